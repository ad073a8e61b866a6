"""Who may do what to Alice's things: one line per operation, and no operation without.

Alice shops, and owns the vendor Alder, whose coat this is about. Each caller sends what
Alice would send, which is why it can only be the caller that is refused.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import client_of
from tests.furnished_shop import SECRET, Furnished
from tests.hostile import flaw_in, furnished, send, state, undone, unlimited
from tests.operations import OPERATIONS, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

CALLERS = (
    *("nobody", "alice", "bob", "vera", "support", "clerk", "curator"),
    *("sue", "finn", "mona", "paul"),
)

# Each row: nobody, alice, bob (a customer), vera (who sells, but other things), support
# staff, a clerk (order manager), a curator (catalog manager); sue (whose vendor is suspended),
# finn (a fulfiller of Alder), mona (vendor manager), paul (staff without a group). 2 is any
# success.
PUBLIC = "2 2 2 2 2 2 2 2 2 2 2"
EVERYBODY_FOR_THEMSELVES = "401 2 2 2 2 2 2 2 2 2 2"
OWNER = "401 2 404 404 404 404 404 404 404 404 404"
OWNER_OR_WHO_VIEWS_ORDERS = "401 2 404 404 2 2 404 404 404 404 404"
CATALOG = "401 403 403 403 403 403 2 403 403 403 403"
SELLER = "401 2 403 404 403 403 2 403 403 403 403"
ORDER_MOVE = "401 403 403 403 403 2 403 403 403 403 403"
STOCK = "401 403 403 403 403 2 2 403 403 403 403"
# Also who keeps reviews decent.
REVIEW = "401 2 404 404 2 404 2 404 404 404 404"
WEBHOOK = "401 2 403 404 403 403 403 403 403 403 403"
WEBHOOKS = "401 2 403 2 403 403 403 403 403 403 403"

# Finn sees the page, and is not its owner.
OWNER_OF_VENDOR = "401 2 404 404 404 404 404 404 403 404 404"
# Vendor managers of the shop's staff.
STEWARD = "401 403 403 403 403 403 403 403 403 2 403"
# Members of a vendor by their least role, about that vendor's own things.
FULFILLERS = "401 2 403 2 403 403 403 403 2 403 403"
MANAGERS = "401 2 403 2 403 403 403 403 403 403 403"
# The same, about one thing of Alder's that others do not find.
ONE_FOR_FULFILLERS = "401 2 403 404 403 403 403 403 2 403 403"
ONE_FOR_MANAGERS = "401 2 403 404 403 403 403 403 403 403 403"

ACCESS = {
    "DELETE /api/auth/user/": EVERYBODY_FOR_THEMSELVES,
    "DELETE /api/store/addresses/{id}/": OWNER,
    "DELETE /api/store/cart-items/{id}/": OWNER,
    "DELETE /api/store/categories/{slug}/": CATALOG,
    "DELETE /api/store/commissions/{id}/": STEWARD,
    "DELETE /api/store/products/{product_pk}/reviews/{id}/": REVIEW,
    "DELETE /api/store/products/{product_slug}/images/{id}/": SELLER,
    "DELETE /api/store/products/{product_slug}/variants/{id}/": SELLER,
    "DELETE /api/store/products/{slug}/": SELLER,
    "DELETE /api/store/webhooks/{id}/": WEBHOOK,
    "DELETE /api/store/wishlists/{id}/": OWNER,
    "DELETE /api/vendor/invitations/{id}/": ONE_FOR_MANAGERS,
    "DELETE /api/vendor/members/{id}/": ONE_FOR_MANAGERS,
    "DELETE /api/vendor/products/{product_slug}/images/{id}/": ONE_FOR_MANAGERS,
    "DELETE /api/vendor/products/{product_slug}/variants/{id}/": ONE_FOR_MANAGERS,
    "DELETE /api/vendor/products/{slug}/": ONE_FOR_MANAGERS,
    "GET /api/auth/user/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/store/addresses/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/store/addresses/{id}/": OWNER,
    "GET /api/store/adjustments/": STEWARD,
    "GET /api/store/adjustments/{id}/": STEWARD,
    "GET /api/store/cart-items/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/store/cart-items/{id}/": OWNER,
    "GET /api/store/carts/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/store/categories/": PUBLIC,
    "GET /api/store/categories/{slug}/": PUBLIC,
    "GET /api/store/commissions/": STEWARD,
    "GET /api/store/customers/export/": "401 403 403 403 2 2 403 403 403 403 403",
    "GET /api/store/events/": WEBHOOKS,
    "GET /api/store/ledger/": STEWARD,
    "GET /api/store/ledger/accounts/": STEWARD,
    "GET /api/store/orders/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/store/orders/export/": "401 403 403 403 2 2 403 403 403 403 403",
    "GET /api/store/orders/{id}/": OWNER_OR_WHO_VIEWS_ORDERS,
    "GET /api/store/orders/{id}/history/": OWNER_OR_WHO_VIEWS_ORDERS,
    "GET /api/store/orders/{id}/items/": OWNER_OR_WHO_VIEWS_ORDERS,
    "GET /api/store/orders/{order_id}/parcels/": OWNER_OR_WHO_VIEWS_ORDERS,
    "GET /api/store/payments/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/store/payments/methods/": PUBLIC,
    "GET /api/store/payments/{id}/": OWNER_OR_WHO_VIEWS_ORDERS,
    "GET /api/store/payouts/": STEWARD,
    "GET /api/store/payouts/bank-file/": STEWARD,
    "GET /api/store/payouts/preview/": STEWARD,
    "GET /api/store/payouts/{number}/": STEWARD,
    "GET /api/store/payouts/{number}/statement.csv": STEWARD,
    "GET /api/store/payouts/{number}/statement.pdf": STEWARD,
    "GET /api/store/products/": PUBLIC,
    "GET /api/store/products/export/": "401 403 403 403 2 2 2 403 403 403 403",
    "GET /api/store/products/{product_pk}/reviews/": PUBLIC,
    "GET /api/store/products/{product_slug}/images/": PUBLIC,
    "GET /api/store/products/{product_slug}/images/{id}/": PUBLIC,
    "GET /api/store/products/{product_slug}/variants/": PUBLIC,
    "GET /api/store/products/{product_slug}/variants/{id}/": PUBLIC,
    "GET /api/store/products/{slug}/": PUBLIC,
    "GET /api/store/search/suggest/": PUBLIC,
    "GET /api/store/stock/": STOCK,
    "GET /api/store/stock/movements/": STOCK,
    "GET /api/store/users/me/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/store/vendors/": PUBLIC,
    "GET /api/store/vendors/{slug}/": PUBLIC,
    "GET /api/store/vendors/{slug}/changes/": STEWARD,
    "GET /api/store/warehouses/": STOCK,
    "GET /api/store/warehouses/{id}/": STOCK,
    "GET /api/store/webhooks/": WEBHOOKS,
    "GET /api/store/webhooks/{id}/": WEBHOOK,
    "GET /api/store/webhooks/{id}/deliveries/": WEBHOOK,
    "GET /api/store/wishlists/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/vendor/": FULFILLERS,
    "GET /api/vendor/balance/": MANAGERS,
    "GET /api/vendor/commissions/": MANAGERS,
    "GET /api/vendor/inventory/": FULFILLERS,
    "GET /api/vendor/inventory/movements/": FULFILLERS,
    "GET /api/vendor/inventory/warehouses/": FULFILLERS,
    "GET /api/vendor/inventory/warehouses/{id}/": ONE_FOR_FULFILLERS,
    "GET /api/vendor/invitations/": MANAGERS,
    "GET /api/vendor/ledger/": MANAGERS,
    "GET /api/vendor/members/": FULFILLERS,
    "GET /api/vendor/memberships/": EVERYBODY_FOR_THEMSELVES,
    "GET /api/vendor/orders/": FULFILLERS,
    "GET /api/vendor/orders/export/": FULFILLERS,
    "GET /api/vendor/orders/{id}/": ONE_FOR_FULFILLERS,
    "GET /api/vendor/orders/{id}/history/": ONE_FOR_FULFILLERS,
    "GET /api/vendor/payouts/": MANAGERS,
    "GET /api/vendor/payouts/{number}/": ONE_FOR_MANAGERS,
    "GET /api/vendor/payouts/{number}/statement.csv": ONE_FOR_MANAGERS,
    "GET /api/vendor/payouts/{number}/statement.pdf": ONE_FOR_MANAGERS,
    "GET /api/vendor/products/": MANAGERS,
    "GET /api/vendor/products/export/": MANAGERS,
    "GET /api/vendor/products/{product_slug}/images/": ONE_FOR_MANAGERS,
    "GET /api/vendor/products/{product_slug}/images/{id}/": ONE_FOR_MANAGERS,
    "GET /api/vendor/products/{product_slug}/variants/": ONE_FOR_MANAGERS,
    "GET /api/vendor/products/{product_slug}/variants/{id}/": ONE_FOR_MANAGERS,
    "GET /api/vendor/products/{slug}/": ONE_FOR_MANAGERS,
    "GET /api/vendor/summary/": MANAGERS,
    "PATCH /api/auth/user/": EVERYBODY_FOR_THEMSELVES,
    "PATCH /api/store/addresses/{id}/": OWNER,
    "PATCH /api/store/cart-items/{id}/": OWNER,
    "PATCH /api/store/categories/{slug}/": CATALOG,
    "PATCH /api/store/products/{product_pk}/reviews/{id}/": OWNER,
    "PATCH /api/store/products/{product_slug}/images/{id}/": SELLER,
    "PATCH /api/store/products/{product_slug}/variants/{id}/": SELLER,
    "PATCH /api/store/products/{slug}/": SELLER,
    "PATCH /api/store/users/me/": EVERYBODY_FOR_THEMSELVES,
    "PATCH /api/store/vendors/{slug}/": OWNER_OF_VENDOR,
    "PATCH /api/store/warehouses/{id}/": CATALOG,
    "PATCH /api/store/webhooks/{id}/": WEBHOOK,
    "PATCH /api/vendor/inventory/warehouses/{id}/": ONE_FOR_MANAGERS,
    "PATCH /api/vendor/members/{id}/": ONE_FOR_MANAGERS,
    "PATCH /api/vendor/products/{product_slug}/images/{id}/": ONE_FOR_MANAGERS,
    "PATCH /api/vendor/products/{product_slug}/variants/{id}/": ONE_FOR_MANAGERS,
    "PATCH /api/vendor/products/{slug}/": ONE_FOR_MANAGERS,
    "POST /api/auth/email/resend/": PUBLIC,
    "POST /api/auth/email/verify/": PUBLIC,
    "POST /api/auth/jwt/create/": PUBLIC,
    "POST /api/auth/jwt/refresh/": PUBLIC,
    "POST /api/auth/jwt/verify/": PUBLIC,
    # Another's refresh token ends nothing; another's password is a wrong one.
    "POST /api/auth/logout/": "401 2 401 401 401 401 401 401 401 401 401",
    "POST /api/auth/password/change/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/auth/password/reset/": PUBLIC,
    "POST /api/auth/password/reset/confirm/": PUBLIC,
    "POST /api/auth/registration/": PUBLIC,
    "POST /api/store/addresses/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/store/adjustments/": STEWARD,
    "POST /api/store/adjustments/{id}/approve/": STEWARD,
    "POST /api/store/adjustments/{id}/reject/": STEWARD,
    "POST /api/store/cart-items/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/store/carts/add_item/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/store/carts/clear/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/store/categories/": CATALOG,
    "POST /api/store/commissions/": STEWARD,
    "POST /api/store/commissions/{id}/end/": STEWARD,
    # The carts of the others are empty.
    "POST /api/store/orders/": "401 2 409 409 409 409 409 409 409 409 409",
    "POST /api/store/orders/{id}/cancel/": "401 2 404 404 403 2 404 404 404 404 404",
    "POST /api/store/orders/{id}/deliver/": ORDER_MOVE,
    "POST /api/store/orders/{id}/process/": ORDER_MOVE,
    "POST /api/store/orders/{id}/refund/": ORDER_MOVE,
    "POST /api/store/orders/{id}/ship/": ORDER_MOVE,
    "POST /api/store/orders/{order_id}/parcels/{id}/cancel/": ORDER_MOVE,
    "POST /api/store/orders/{order_id}/parcels/{id}/deliver/": ORDER_MOVE,
    "POST /api/store/orders/{order_id}/parcels/{id}/process/": ORDER_MOVE,
    "POST /api/store/orders/{order_id}/parcels/{id}/ship/": ORDER_MOVE,
    "POST /api/store/payments/": OWNER,
    # Without keys of Stripe there is nothing to receive.
    "POST /api/store/payments/webhooks/stripe/": "404 404 404 404 404 404 404 404 404 404 404",
    # The method is "test": its payer says how it ends, or who handles payments. Finn's vendor
    # sells a part of the order only, and so has no say in what is paid for all of it.
    "POST /api/store/payments/{id}/confirm/": "401 2 404 404 403 2 404 404 404 404 404",
    "POST /api/store/payments/{id}/resolve/": "401 403 404 404 403 2 404 404 404 404 404",
    "POST /api/store/payouts/run/": STEWARD,
    "POST /api/store/payouts/{number}/fail/": STEWARD,
    "POST /api/store/payouts/{number}/send/": STEWARD,
    "POST /api/store/payouts/{number}/settle/": STEWARD,
    "POST /api/store/products/": "401 2 403 2 403 403 2 403 403 403 403",
    "POST /api/store/products/bulk/": CATALOG,
    "POST /api/store/products/{product_pk}/reviews/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/store/products/{product_slug}/images/": SELLER,
    "POST /api/store/products/{product_slug}/variants/": SELLER,
    "POST /api/store/products/{slug}/approve/": CATALOG,
    "POST /api/store/products/{slug}/decline/": CATALOG,
    "POST /api/store/stock/adjust/": STOCK,
    "POST /api/store/stock/bulk/": STOCK,
    "POST /api/store/stock/receive/": STOCK,
    "POST /api/store/vendors/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/store/vendors/{slug}/approve/": STEWARD,
    "POST /api/store/vendors/{slug}/logo/": OWNER_OF_VENDOR,
    "POST /api/store/vendors/{slug}/reapply/": OWNER,
    "POST /api/store/vendors/{slug}/reject/": STEWARD,
    "POST /api/store/vendors/{slug}/suspend/": STEWARD,
    "POST /api/store/warehouses/": CATALOG,
    "POST /api/store/webhooks/": WEBHOOKS,
    "POST /api/store/webhooks/{id}/deliveries/{delivery_id}/redeliver/": WEBHOOK,
    "POST /api/store/webhooks/{id}/resume/": WEBHOOK,
    "POST /api/store/webhooks/{id}/rotate-secret/": WEBHOOK,
    "POST /api/store/webhooks/{id}/test/": WEBHOOK,
    "POST /api/store/wishlists/": EVERYBODY_FOR_THEMSELVES,
    "POST /api/store/wishlists/{id}/move-to-cart/": OWNER,
    "POST /api/vendor/import/": MANAGERS,
    "POST /api/vendor/inventory/adjust/": ONE_FOR_FULFILLERS,
    "POST /api/vendor/inventory/bulk/": ONE_FOR_FULFILLERS,
    "POST /api/vendor/inventory/receive/": ONE_FOR_FULFILLERS,
    "POST /api/vendor/inventory/warehouses/": MANAGERS,
    "POST /api/vendor/invitations/": MANAGERS,
    "POST /api/vendor/invitations/accept/": "401 2 403 403 403 403 403 403 403 403 403",
    "POST /api/vendor/orders/{id}/cancel/": ONE_FOR_MANAGERS,
    "POST /api/vendor/orders/{id}/deliver/": ONE_FOR_FULFILLERS,
    "POST /api/vendor/orders/{id}/process/": ONE_FOR_FULFILLERS,
    "POST /api/vendor/orders/{id}/ship/": ONE_FOR_FULFILLERS,
    "POST /api/vendor/products/": MANAGERS,
    "POST /api/vendor/products/bulk/": ONE_FOR_MANAGERS,
    "POST /api/vendor/products/{product_slug}/images/": ONE_FOR_MANAGERS,
    "POST /api/vendor/products/{product_slug}/variants/": ONE_FOR_MANAGERS,
    "PUT /api/store/addresses/{id}/": OWNER,
    "PUT /api/store/cart-items/{id}/": OWNER,
    "PUT /api/store/categories/{slug}/": CATALOG,
    "PUT /api/store/products/{product_slug}/images/{id}/": SELLER,
    "PUT /api/store/products/{product_slug}/variants/{id}/": SELLER,
    "PUT /api/store/products/{slug}/": SELLER,
    "PUT /api/vendor/products/{product_slug}/images/{id}/": ONE_FOR_MANAGERS,
    "PUT /api/vendor/products/{product_slug}/variants/{id}/": ONE_FOR_MANAGERS,
    "PUT /api/vendor/products/{slug}/": ONE_FOR_MANAGERS,
}

# Who may read what is between Alice and the shop, such as the address of an order.
READERS = ("alice", "support", "clerk")
# Finn packs the parcel, and so reads where it goes.
READERS_OF_PARTS = (*READERS, "finn")


def _seller() -> User:
    vera = make_user()
    make_vendor("Vera's vases", owner=vera)
    return vera


def _member(role: VendorMember.Role) -> User:
    user = make_user()
    VendorMember.objects.create(vendor=Vendor.objects.get(name="Alder"), user=user, role=role)
    return user


def _seller_of_nothing() -> User:
    sue = make_user()
    make_vendor("Sue's suits", owner=sue, status=Vendor.Status.SUSPENDED)
    return sue


PEOPLE: dict[str, Callable[[], User | None]] = {
    "nobody": lambda: None,
    "alice": lambda: User.objects.get(email="alice@example.test"),
    "bob": make_user,
    "vera": _seller,
    "support": lambda: make_staff("support"),
    "clerk": lambda: make_staff("order managers"),
    "curator": lambda: make_staff("catalog managers"),
    "sue": _seller_of_nothing,
    "finn": lambda: _member(VendorMember.Role.FULFILLER),
    "mona": lambda: make_staff("vendor managers"),
    "paul": make_staff,
}


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, lambda: make_user("alice@example.test")) as shop:
        yield shop


def test_says_of_every_operation_who_may() -> None:
    assert sorted(ACCESS) == [operation.name for operation in OPERATIONS]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_lets_in_whom_it_should(shop: Furnished, operation: Operation) -> None:
    raw, media_type = shop.content(operation)
    expected = dict(zip(CALLERS, ACCESS[operation.name].split(), strict=True))
    is_part = operation.template.startswith("/api/vendor/orders/")
    readers, wrong = READERS_OF_PARTS if is_part else READERS, {}
    for caller in CALLERS:
        with undone():
            client, before = client_of(PEOPLE[caller]()), state()
            path = shop.address(operation)
            response = send(client, operation.method, path, raw, content_type=media_type)
            got = "2" if 200 <= response.status_code < 300 else str(response.status_code)
            if got != expected[caller]:
                wrong[caller] = (got, response.content[:200])
            if got != "2":
                assert not flaw_in(response)
                assert state() == before
            elif operation.method == "GET" and caller not in readers:
                assert SECRET.encode() not in response.content, caller
    assert not wrong

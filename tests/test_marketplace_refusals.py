"""What a marketplace says no to: each a clear 4xx over HTTP, and nothing is changed by it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.commissions.tests.make import begun_ago, make_rate
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.sellers import Seller, make_colleague, make_seller, part_of, split_order
from shop.vendors import services as vendors
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import APPLICATION
from tests.api import client_of, codes

pytestmark = pytest.mark.django_db

STORE, VENDOR = "/api/store", "/api/vendor"
Role = VendorMember.Role


@dataclass
class Market:
    """Vera and Otto sell, and share an order of Alice's that is paid; Mona decides for the shop."""

    alice: User
    mona: User
    vera: Seller
    otto: Seller
    order: Order


@pytest.fixture
def market() -> Market:
    alice, mona = make_user("alice@example.test"), make_staff("vendor managers")
    vera, otto = make_seller("Vera's Vases"), make_seller("Otto's Coats")
    return Market(alice, mona, vera, otto, split_order(alice, vera, otto))


def everything() -> dict[str, list[Any]]:
    """Every row that the shop keeps."""
    models = [model for model in apps.get_models() if model.__module__.startswith("shop.")]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models
    }


def refused(
    user: User, path: str, data: Any = None, *, by: str = "post", **headers: str
) -> tuple[int, str]:
    """The status and the one code; nothing may have changed."""
    client = client_of(user)
    before = everything()
    response = getattr(client, by)(path, data or {}, headers=headers)
    now = everything()
    assert [name for name in now if now[name] != before[name]] == []
    (code,) = codes(response)
    return response.status_code, code


# --- Vendors --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Veras Vases", "VERAS  VASES ", "Véras Vases", "veras-vases"])
def test_a_name_is_applied_for_once(market: Market, name: str) -> None:
    answer = refused(market.alice, f"{STORE}/vendors/", APPLICATION | {"name": name})
    assert answer == (409, "name_taken")


def test_a_vendor_is_approved_once(market: Market) -> None:
    path = f"{STORE}/vendors/{market.vera.vendor.slug}"
    assert refused(market.mona, f"{path}/approve/") == (409, "illegal_move")
    assert refused(market.mona, f"{path}/reject/", {"reason": "No."}) == (409, "illegal_move")
    assert refused(market.mona, f"{path}/suspend/", {"reason": " "})[0] == 400


def test_nobody_decides_about_the_own_vendor(market: Market) -> None:
    vendors.suspend_vendor(vendor=market.vera.vendor, actor=market.mona, reason="Why not.")
    path = f"{STORE}/vendors/{market.vera.vendor.slug}"
    for decision in ("approve", "reject", "suspend"):
        answer = refused(market.vera.user, f"{path}/{decision}/", {"reason": "Me."})
        assert answer == (403, "permission_denied")
    assert refused(market.vera.user, f"{path}/reapply/") == (409, "illegal_move")


@pytest.mark.parametrize(
    "wish",
    [
        *({"payout_hold_days": 0}, {"payout_minimum": "0.01"}, {"payout_schedule": "daily"}),
        *({"products_need_approval": False}, {"status": "approved"}, {"is_house": True}),
    ],
)
def test_nobody_sets_the_terms_of_the_own_vendor(market: Market, wish: dict[str, Any]) -> None:
    """Refused, or not heard."""
    path, client = f"{STORE}/vendors/{market.vera.vendor.slug}/", client_of(market.vera.user)
    Vendor.objects.filter(pk=market.vera.vendor.pk).update(products_need_approval=True)
    before = everything()
    assert client.patch(path, wish).status_code in (200, 400, 403)
    assert everything() == before


# --- Members ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FULFILLER, Role.MANAGER])
def test_nobody_raises_the_own_role(market: Market, role: Role) -> None:
    vendor = market.vera.vendor
    member = make_colleague(vendor, role)
    own = vendor.members.get(user=member).pk
    answer = refused(member, f"{VENDOR}/members/{own}/", {"role": "owner"}, by="patch")
    assert answer == (403, "role_too_low")
    wish = {"email": "me.too@example.test", "role": "owner"}
    assert refused(member, f"{VENDOR}/invitations/", wish) == (403, "role_too_low")
    of_owner = vendor.members.get(user=market.vera.user).pk
    assert refused(member, f"{VENDOR}/members/{of_owner}/", by="delete") == (403, "role_too_low")


def test_the_role_is_that_in_the_vendor_which_is_named(market: Market) -> None:
    """Otto owns his vendor, and packs for Vera."""
    member = VendorMember.objects.create(
        vendor=market.vera.vendor, user=market.otto.user, role=Role.FULFILLER
    )
    path, named = f"{VENDOR}/members/{member.pk}/", {"X-Vendor": market.vera.vendor.slug}
    answer = refused(market.otto.user, path, {"role": "owner"}, by="patch", **named)
    assert answer == (403, "role_too_low")
    named = {"X-Vendor": market.otto.vendor.slug}
    answer = refused(market.otto.user, path, {"role": "owner"}, by="patch", **named)
    assert answer == (404, "not_found")
    assert refused(market.otto.user, path, {"role": "owner"}, by="patch") == (
        400,
        "vendor_required",
    )


@pytest.mark.parametrize("end", ["suspended", "removed"])
def test_a_token_opens_nothing_when_its_bearer_may_not_act(market: Market, end: str) -> None:
    vera, part = market.vera, part_of(market.order, market.vera)
    if end == "suspended":
        vendors.suspend_vendor(vendor=vera.vendor, actor=market.mona, reason="Nothing was sent.")
    else:
        VendorMember.objects.filter(user=vera.user).delete()
    code = {"suspended": "vendor_suspended", "removed": "not_a_vendor"}[end]
    slug, sku = vera.variant.product.slug, vera.variant.sku
    for path, data in {
        f"orders/{part.pk}/ship/": {},
        f"orders/{part.pk}/cancel/": {},
        "products/": {"name": "Vase"},
        f"products/{slug}/variants/": {"price": "1.00"},
        "inventory/adjust/": {"variant": sku, "change": -1, "reason": "gone"},
        "inventory/warehouses/": {"name": "Harbor", "code": "harbor"},
        "invitations/": {"email": "max@example.test", "role": "owner"},
    }.items():
        assert refused(vera.user, f"{VENDOR}/{path}", data) == (403, code), path
    for path in ("orders/", "products/", "balance/", "payouts/", "summary/", "members/"):
        assert refused(vera.user, f"{VENDOR}/{path}", by="get") == (403, code), path
    store = f"{STORE}/products/{slug}/"
    assert refused(vera.user, store, {"price": "1.00"}, by="patch")[0] in (403, 404)
    assert refused(vera.user, f"{STORE}/webhooks/", {"url": "https://example.test/"})[0] == 403
    assert refused(vera.user, f"{STORE}/events/", by="get")[0] == 403


# --- Orders -----------------------------------------------------------------------------------


@pytest.mark.parametrize("move", ["process", "ship", "deliver", "cancel"])
def test_nobody_moves_another_vendors_part(market: Market, move: str) -> None:
    part = part_of(market.order, market.otto)
    for named in (part.pk, part.number, market.order.number):
        path = f"{VENDOR}/orders/{named}/{move}/"
        assert refused(market.vera.user, path) == (404, "not_found")
    path = f"{STORE}/orders/{market.order.number}/parcels/{part.number}/{move}/"
    for somebody in (market.vera.user, market.otto.user, market.alice, market.mona):
        assert refused(somebody, path)[0] in (403, 404)


@pytest.mark.parametrize("move", ["process", "ship", "deliver", "cancel"])
def test_nothing_is_done_about_what_nobody_has_paid(market: Market, move: str) -> None:
    part = part_of(split_order(market.alice, market.vera, market.otto, paid=False), market.vera)
    answer = refused(market.vera.user, f"{VENDOR}/orders/{part.pk}/{move}/")
    assert answer == (409, "order_not_paid")


def test_what_has_left_is_neither_sent_again_nor_cancelled(market: Market) -> None:
    part = part_of(market.order, market.vera)
    orders.ship_part(part=part, actor=market.vera.user)
    for move in ("ship", "process", "cancel"):
        answer = refused(market.vera.user, f"{VENDOR}/orders/{part.pk}/{move}/")
        assert answer == (409, "illegal_move")
    clerk = make_staff("order managers")
    path = f"{STORE}/orders/{market.order.number}/cancel/"
    assert refused(clerk, path) == (409, "illegal_move")
    assert refused(market.alice, path) == (409, "illegal_move")


def test_a_parcel_is_sought_in_its_own_order(market: Market) -> None:
    clerk, other = make_staff("order managers"), split_order(market.alice, market.vera)
    part = part_of(market.order, market.vera)
    for named in (part.pk, part.number):
        path = f"{STORE}/orders/{other.number}/parcels/{named}/ship/"
        assert refused(clerk, path) == (404, "not_found")
        wish = {"part": str(named)}
        assert refused(clerk, f"{STORE}/orders/{other.number}/refund/", wish)[0] in (400, 409)


# --- Goods ------------------------------------------------------------------------------------


def test_nobody_touches_another_vendors_goods(market: Market) -> None:
    vera, otto = market.vera.user, market.otto.variant
    product = f"{VENDOR}/products/{otto.product.slug}/"
    assert refused(vera, product, {"price": "1.00"}, by="patch") == (404, "not_found")
    assert refused(vera, product, by="delete") == (404, "not_found")
    assert refused(vera, f"{product}variants/", {"price": "1.00"}) == (404, "not_found")
    own = f"{VENDOR}/products/{market.vera.variant.product.slug}/variants/{otto.pk}/"
    assert refused(vera, own, {"stock": 0}, by="patch") == (404, "not_found")
    for named in (otto.pk, otto.sku):
        taken = {"variant": named, "change": -1, "reason": "mine now"}
        assert refused(vera, f"{VENDOR}/inventory/adjust/", taken)[0] in (400, 404)


# --- Commission -------------------------------------------------------------------------------


def test_commission_of_the_past_stays_what_it_was(market: Market) -> None:
    rule = begun_ago(make_rate(market.vera.vendor, "12"), days=3)
    path = f"{STORE}/commissions/"
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    wish = {"vendor": market.vera.vendor.slug, "percent": "1.00", "valid_from": yesterday}
    assert refused(market.mona, path, wish) == (409, "past_commission")
    ended = refused(market.mona, f"{path}{rule.pk}/end/", {"valid_to": yesterday})
    assert ended == (409, "past_commission")
    assert refused(market.mona, f"{path}{rule.pk}/", by="delete") == (409, "rate_has_begun")
    for somebody in (market.vera.user, market.alice):
        assert refused(somebody, path, wish | {"valid_from": None}) == (403, "permission_denied")

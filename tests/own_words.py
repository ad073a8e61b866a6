"""What the examples of the documentation cannot know: the bodies about a furnished shop.

body = operation.example | own_words(shop).get(operation.name, {})
"""

from typing import TYPE_CHECKING, Any

from shop.accounts import mail_tokens, tokens
from shop.accounts.tests.make import PASSWORD, make_session
from shop.commissions.tests.make import in_days
from shop.vendors.invitation_tokens import token_for

if TYPE_CHECKING:
    from tests.furnished_shop import Furnished

Words = dict[str, dict[str, Any]]


def own_words(shop: "Furnished") -> Words:
    return {**_of_people(shop), **_of_goods(shop), **_of_orders(shop), **_of_vendors(shop)}


def _of_people(shop: "Furnished") -> Words:
    owner = shop.owner
    refresh = tokens.pair_for(make_session(owner))["refresh"]
    return {
        "POST /api/auth/email/verify/": {"token": mail_tokens.verification_token(owner)},
        "POST /api/auth/jwt/create/": {"email": owner.email, "password": PASSWORD},
        "POST /api/auth/jwt/refresh/": {"refresh": refresh},
        "POST /api/auth/jwt/verify/": {"token": refresh},
        "POST /api/auth/logout/": {"refresh": refresh, "all": False},
        "POST /api/auth/password/change/": {"current_password": PASSWORD},
        "POST /api/auth/password/reset/": {"email": owner.email},
        "POST /api/auth/password/reset/confirm/": {
            "uid": mail_tokens.reset_uid(owner),
            "token": mail_tokens.reset_token(owner),
        },
        "POST /api/auth/registration/": {"email": "newcomer@example.test"},
    }


def _of_goods(shop: "Furnished") -> Words:
    goods = {"product": shop.product.slug}
    category = {"parent": shop.parent.slug, "slug": "a-slug", "position": 3}
    product = {"category": shop.parent.slug, "compare_at_price": "99.00"}
    variant = {"sku": "COAT-XL", "options": {"size": "XL"}, "compare_at_price": "99.00"}
    new = product | {"variants": [variant | {"stock": 8}]}
    # A refused item is then a refused request, as elsewhere.
    bulk = {
        "items": [
            {"action": "create", "name": "Linen scarf", "price": "19.00"} | new,
            {"action": "update", **goods, "price": "45.00"},
            {"action": "archive", "product": shop.unreviewed.slug},
        ],
        "all_or_nothing": True,
    }
    words: Words = {
        "POST /api/store/cart-items/": goods,
        "POST /api/store/carts/add_item/": goods,
        "POST /api/store/categories/": category,
        "PUT /api/store/categories/{slug}/": category,
        "POST /api/store/wishlists/": goods,
    }
    for door in ("/api/store", "/api/vendor"):
        variants = f"{door}/products/{{product_slug}}/variants/"
        words |= {
            f"POST {door}/products/": new,
            f"PUT {door}/products/{{slug}}/": product,
            f"POST {door}/products/bulk/": bulk,
            f"POST {variants}": variant,
            f"PUT {variants}{{id}}/": variant,
        }
    for door, warehouse in (
        ("/api/store/stock", shop.warehouse),
        ("/api/vendor/inventory", shop.own_warehouse),
    ):
        at = {"variant": shop.variant.sku, "warehouse": warehouse.code}
        words |= {f"POST {door}/adjust/": at, f"POST {door}/receive/": at}
        counts = {"items": [at | {"on_hand": 40}], "reason": "stock-taking"}
        words |= {f"POST {door}/bulk/": counts | {"all_or_nothing": True}}
    return words


def _of_orders(shop: "Furnished") -> Words:
    written_out = {"full_name": "B", "line1": "1 Lane", "city": "Rome", "country": "IT"}
    line = shop.orders["PAID"].items.get(variant=shop.variant)
    return {
        "POST /api/store/orders/": {
            "shipping_address": shop.address_entry.pk,
            "billing_address": written_out,
        },
        "POST /api/store/orders/{id}/refund/": {"items": [{"item": line.pk, "quantity": 1}]},
        "POST /api/store/payments/": {"order": shop.orders["PENDING"].number},
    }


def _of_vendors(shop: "Furnished") -> Words:
    vendor = {"vendor": shop.vendor.slug}
    return {
        "POST /api/store/vendors/": {"name": "Newcomers"},
        "POST /api/vendor/invitations/": {"email": "third@example.test"},
        "POST /api/vendor/invitations/accept/": {"token": token_for(shop.invited)},
        "POST /api/store/adjustments/": vendor,
        "POST /api/store/commissions/": {
            **vendor,
            "category": shop.parent.slug,
            "valid_from": _midnight_in(20),
        },
        "POST /api/store/commissions/{id}/end/": {"valid_to": _midnight_in(30)},
        "POST /api/store/payouts/run/": {"vendors": [shop.vendor.slug]},
    }


def _midnight_in(days: int) -> str:
    day = in_days(days).date()
    return f"{day:%Y-%m-%d}T00:00:00Z"

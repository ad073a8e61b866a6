"""Alice and Vera, who have the same: each shops, and owns a vendor. Neither has what is hers.

All that others could read of Vera's bears her `MARK`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from shop.accounts.tests.make import make_user
from shop.inventory.models import Warehouse
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_order
from shop.products import services as products
from shop.products.models import Product
from shop.products.tests.make import make_product
from shop.reviews.tests.make import make_review
from tests.furnished_shop import Furnished, furnish
from tests.hostile import furnished

MARK = "-of-vera"


@dataclass(frozen=True)
class Shop:
    alice: Furnished
    vera: Furnished
    house: dict[str, str]
    waiting: dict[str, str]
    bobs_review: str
    ids: dict[str, int]


@contextmanager
def two_sellers(blocker: Any) -> Iterator[Shop]:
    """The shop of a module, as `hostile.furnished` makes one."""
    with furnished(blocker, lambda: make_user("alice@example.test")) as alice:
        vera = furnish(make_user("vera@example.test"), MARK)
        house = make_product("Hook", sizes=["S"])
        waiting = make_product("Apron", vendor=alice.applicant, sizes=["S"])
        of_house = _collections(house) | {
            "warehouses": Warehouse.objects.get(is_default=True).code,
            "orders": _part_of(make_order(make_user(), variants=[house.variants.get()])).number,
        }
        yield Shop(
            alice=alice,
            vera=vera,
            house=of_house,
            waiting=_collections(waiting),
            bobs_review=str(make_review(alice.product, user=make_user()).pk),
            ids=_ids(),
        )


def _collections(product: Product) -> dict[str, str]:
    image = products.add_image(product=product, remote_url="https://cdn.example.com/a.jpg")
    variant = str(product.variants.get().pk)
    return {"products": product.slug, "variants": variant, "images": str(image.pk)}


def _part_of(order: Order) -> VendorOrder:
    return order.parts.get()


def _ids() -> dict[str, int]:
    """The ids of what paths may also name by slug, code or number."""
    return {
        **{one.slug: one.pk for one in Product.objects.defer("search")},
        **{one.code: one.pk for one in Warehouse.objects.all()},
        **{one.number: one.pk for one in Order.objects.all()},
        **{one.number: one.pk for one in VendorOrder.objects.all()},
    }

"""What a shopper keeps, as the API shows it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from shop.accounts.models import User
from shop.products import rows as product_rows
from shop.products.images import image_url
from shop.products.models import PUBLIC_STATUSES, Product
from shop.vendors.models import Vendor
from shop.wishlist.models import WishlistItem

Row = dict[str, Any]

_COLUMNS = ("id", "created_at", "product_id")


def kept_by(user: User) -> QuerySet[WishlistItem]:
    return WishlistItem.objects.filter(user=user)


def visible_to(user: User) -> QuerySet[WishlistItem]:
    """What `user` keeps of goods that have a public page; the others come back when these do."""
    return kept_by(user).filter(
        product__status__in=PUBLIC_STATUSES, product__vendor__status=Vendor.Status.APPROVED
    )


def rows_of(items: QuerySet[WishlistItem]) -> "QuerySet[WishlistItem, Row]":
    """`items`, newest first, as plain rows; `shown` makes answers of a page of them."""
    rows: QuerySet[WishlistItem, Row] = items.order_by("-id").values(*_COLUMNS)
    return rows


def row_of(item: WishlistItem) -> Row:
    return {name: getattr(item, name) for name in _COLUMNS}


def shown(rows: Iterable[Row]) -> list[Row]:
    """The answers to a page of rows: one more query, for their products."""
    rows = list(rows)
    products = product_rows.listed_by_id([row["product_id"] for row in rows])
    # A product may be deleted, and its wishes with it, between the two.
    kept = [row for row in rows if row["product_id"] in products]
    return [_shown(row, products[row["product_id"]]) for row in kept]


def _shown(row: Row, product: Row) -> Row:
    file, remote_url = product["file"], product["remote_url"]
    return {
        "id": row["id"],
        "product": {
            "id": product["id"],
            "name": product["name"],
            "slug": product["slug"],
            "price": product["price"],
            "currency": product["currency"],
            "in_stock": product["stock"] > 0 and product["status"] == Product.Status.ACTIVE,
            "image": image_url(file=file, remote_url=remote_url) if file or remote_url else None,
        },
        "created_at": row["created_at"],
    }

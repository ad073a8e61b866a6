"""What a shopper keeps, as the API shows it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from shop.accounts.models import User
from shop.inventory import querysets as inventory
from shop.products.images import image_url
from shop.products.models import PUBLIC_STATUSES, Product
from shop.vendors.models import Vendor
from shop.wishlist.models import WishlistItem

Row = dict[str, Any]

_COLUMNS = (
    *("id", "created_at", "product_id", "product__name", "product__slug", "product__price"),
    *("product__currency", "product__status"),
)


def kept_by(user: User) -> QuerySet[WishlistItem]:
    return WishlistItem.objects.filter(user=user)


def visible_to(user: User) -> QuerySet[WishlistItem]:
    """What `user` keeps of goods that have a public page; the others come back when these do."""
    return kept_by(user).filter(
        product__status__in=PUBLIC_STATUSES, product__vendor__status=Vendor.Status.APPROVED
    )


def rows_of(items: QuerySet[WishlistItem]) -> "QuerySet[WishlistItem, Row]":
    """`items`, newest first, as plain rows; `shown` makes answers of a page of them."""
    main_image = FilteredRelation("product__images", condition=Q(product__images__is_main=True))
    file, remote_url = F("main_image__file"), F("main_image__remote_url")
    rows = items.annotate(main_image=main_image).order_by("-id")
    values: QuerySet[WishlistItem, Row] = rows.values(
        *_COLUMNS, main_file=file, main_remote_url=remote_url
    )
    return values


def shown(rows: Iterable[Row]) -> list[Row]:
    """The answers to a page of rows: one more query, for what is in stock."""
    rows = list(rows)
    stock = inventory.available_by_product([row["product_id"] for row in rows])
    return [_shown(row, stock[row["product_id"]]) for row in rows]


def _shown(row: Row, stock: int) -> Row:
    file, remote_url = row["main_file"] or "", row["main_remote_url"] or ""
    return {
        "id": row["id"],
        "product": {
            "id": row["product_id"],
            "name": row["product__name"],
            "slug": row["product__slug"],
            "price": row["product__price"],
            "currency": row["product__currency"],
            "in_stock": stock > 0 and row["product__status"] == Product.Status.ACTIVE,
            "image": image_url(file=file, remote_url=remote_url) if file or remote_url else None,
        },
        "created_at": row["created_at"],
    }

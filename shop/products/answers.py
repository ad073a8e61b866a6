"""What the API answers about goods, built from rows: few queries, plain dicts.

`outputs.py` documents the shapes. Amounts are `Decimal`, times `datetime`: the
renderer writes them. `…_for_editor` answer people who may change the product and
show what is hidden from others.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from shop.core.errors import NotFound
from shop.core.references import reference
from shop.inventory import querysets as inventory
from shop.products import querysets
from shop.products.images import image_url, thumbnail_urls
from shop.products.models import Product, ProductImage, Variant
from shop.products.options import Options
from shop.products.querysets import Somebody
from shop.vendors.models import Vendor

Answer = dict[str, Any]
Row = Mapping[str, Any]

_AS_THEY_ARE = (
    *("id", "name", "slug", "price", "compare_at_price", "currency", "status"),
    *("review_count", "created_at", "updated_at"),
)
_COLUMNS = (
    *_AS_THEY_ARE,
    *("average_rating", "category_id", "category__name", "category__slug"),
    *("vendor_id", "vendor__name", "vendor__slug", "vendor__status"),
)
_TEXTS = ("description", "tags", "meta_title", "meta_description")
_OF_VARIANTS = (
    *("id", "sku", "options", "own_price", "compare_at_price", "barcode", "weight_grams"),
    *("position", "is_active"),
)


class ProductList:
    """`products` as answers, for a paginator: `count()`, and slices that read their rows.

    A slice takes two queries however long it is: the rows, and what is in stock.
    """

    def __init__(self, products: QuerySet[Product]) -> None:
        self._products = products

    def count(self) -> int:
        return self._products.count()

    def __getitem__(self, page: slice) -> list[Answer]:
        main_image = FilteredRelation("images", condition=Q(images__is_main=True))
        file, remote_url = F("main_image__file"), F("main_image__remote_url")
        # The ids of the page come from an index alone; only its own rows are read and joined.
        of_page = Product.objects.filter(pk__in=self._products.values("pk")[page])
        rows = (
            of_page.order_by(*self._products.query.order_by)
            .annotate(main_image=main_image)
            .values(*_COLUMNS, main_file=file, main_remote_url=remote_url)
        )
        stock = inventory.available_by_product([row["id"] for row in rows])
        return [_product(row, stock=stock[row["id"]], image=_main_image_url(row)) for row in rows]


def product(slug: str, user: Somebody) -> Answer:
    """The page of the product that `slug` (or an id) names; `NotFound` if `user` may not see it."""
    row = _visible(slug, user)
    return _page(row, _variants_for(user, row))


def product_for_editor(product_id: int) -> Answer:
    row = _row(Q(pk=product_id))
    return _page(row, _variants(row))


def variants_of(slug: str, user: Somebody) -> list[Answer]:
    """The variants of the product that `slug` names, in their order; else `NotFound`."""
    return _variants_for(user, _visible(slug, user))


def variant(slug: str, variant_id: int, user: Somebody) -> Answer:
    return _one(variants_of(slug, user), variant_id)


def variant_for_editor(variant: Variant) -> Answer:
    return _one(_variants(_row(Q(pk=variant.product_id))), variant.pk)


def images_of(slug: str, user: Somebody) -> list[Answer]:
    """The images of the product that `slug` names, the main one among them; else `NotFound`."""
    return _images(_visible(slug, user)["id"])


def image(slug: str, image_id: int, user: Somebody) -> Answer:
    return _one(images_of(slug, user), image_id)


def image_for_editor(image: ProductImage) -> Answer:
    return _one(_images(image.product_id), image.pk)


def _one(answers: list[Answer], wanted_id: int) -> Answer:
    for answer in answers:
        if answer["id"] == wanted_id:
            return answer
    raise NotFound


def _row(condition: Q) -> Row:
    found = Product.objects.filter(condition).values(*_COLUMNS, *_TEXTS, "base_price")
    row: Row | None = found.first()
    if row is None:
        raise NotFound
    return row


def _visible(slug: str, user: Somebody) -> Row:
    row = _row(reference(slug))
    if not querysets.may_see(
        user,
        status=row["status"],
        vendor_id=row["vendor_id"],
        vendor_status=row["vendor__status"],
    ):
        raise NotFound
    return row


def _product(row: Row, *, stock: int, image: str | None) -> Answer:
    category = {
        "id": row["category_id"],
        "name": row["category__name"],
        "slug": row["category__slug"],
    }
    vendor = {"id": row["vendor_id"], "name": row["vendor__name"], "slug": row["vendor__slug"]}
    return {name: row[name] for name in _AS_THEY_ARE} | {
        "category": category,
        "vendor": vendor,
        "stock": stock,
        "in_stock": stock > 0 and _is_buyable(row),
        "average_rating": float(row["average_rating"]),
        "image": image,
    }


def _page(row: Row, variants: list[Answer]) -> Answer:
    images = _images(row["id"])
    main = next((image["image"] for image in images if image["is_main"]), None)
    stock = sum(variant["stock"] for variant in variants if variant["is_active"])
    return (
        _product(row, stock=stock, image=main)
        | {name: row[name] for name in _TEXTS}
        | {"variants": variants, "images": images}
    )


def _is_buyable(row: Row) -> bool:
    is_active: bool = row["status"] == Product.Status.ACTIVE
    return is_active and row["vendor__status"] == Vendor.Status.APPROVED


def _variants_for(user: Somebody, product_row: Row) -> list[Answer]:
    variants = _variants(product_row)
    active = [variant for variant in variants if variant["is_active"]]
    # Who is asking matters, and is asked of the database, only where something is hidden.
    if len(active) < len(variants) and querysets.may_see_hidden(
        user, vendor_id=product_row["vendor_id"]
    ):
        return variants
    return active


def _variants(product_row: Row) -> list[Answer]:
    found = Variant.objects.filter(product_id=product_row["id"]).order_by("position", "id")
    rows = list(found.values(*_OF_VARIANTS))
    stock = inventory.available_by_variant([row["id"] for row in rows])
    return [_variant(row, product_row, stock[row["id"]]) for row in rows]


def _variant(row: Row, product_row: Row, stock: int) -> Answer:
    own_price = row["own_price"]
    is_buyable = row["is_active"] and _is_buyable(product_row)
    return {
        "id": row["id"],
        "sku": row["sku"],
        "size": Options(row["options"]).size,
        "options": row["options"],
        "price": product_row["base_price"] if own_price is None else own_price,
        "compare_at_price": row["compare_at_price"],
        "currency": product_row["currency"],
        "stock": stock,
        "in_stock": is_buyable and stock > 0,
        "barcode": row["barcode"],
        "weight_grams": row["weight_grams"],
        "position": row["position"],
        "is_active": row["is_active"],
    }


def _images(product_id: int) -> list[Answer]:
    found = ProductImage.objects.filter(product_id=product_id).order_by("position", "id")
    return [
        {
            "id": row["id"],
            "image": image_url(file=row["file"], remote_url=row["remote_url"]),
            "thumbnails": thumbnail_urls(file=row["file"], remote_url=row["remote_url"]),
            "alt_text": row["alt_text"],
            "position": row["position"],
            "is_main": row["is_main"],
        }
        for row in found.values("id", "file", "remote_url", "alt_text", "position", "is_main")
    ]


def _main_image_url(row: Row) -> str | None:
    file, remote_url = row["main_file"], row["main_remote_url"]
    # Both are NULL when no image is the main one.
    return image_url(file=file, remote_url=remote_url) if file or remote_url else None

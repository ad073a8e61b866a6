"""What the API answers about goods, built from rows: few queries, plain dicts.

`outputs.py` documents the shapes. Amounts are `Decimal`, times `datetime`: the
renderer writes them. `…_for_editor` answer people who may change the product and
show what is hidden from others; so do `own_…`, which find the goods of one vendor only.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from shop.core.errors import NotFound
from shop.core.keysets import Found, Places, Window
from shop.products import counts, querysets, rows
from shop.products.images import image_url, thumbnail_urls
from shop.products.models import Product, ProductImage, Variant
from shop.products.options import Options
from shop.products.querysets import Order, Somebody
from shop.products.rows import Row
from shop.vendors.models import Vendor

Answer = dict[str, Any]

_TEXTS = ("description", "tags", "meta_title", "meta_description")


class ProductList:
    """`products` as answers, for a paginator: `count()`, and slices that read their rows.

    A slice is one statement however long it is.
    """

    def __init__(self, products: QuerySet[Product], order: Order) -> None:
        self._products = products
        # Composed once, for the count and for the page.
        self._found, self._params = products.order_by().values("pk").query.sql_with_params()
        self._order = order

    def count(self) -> int:
        return counts.count(self._found, self._params)

    def __getitem__(self, page: slice) -> list[Answer]:
        ordered = f"{self._found} ORDER BY {self._order.sql}"
        found = rows.page_of(ordered, [*self._params, *self._order.params], page)
        return [self._answer(row) for row in found]

    @property
    def order(self) -> str:
        return f"{self._order.sql} {self._order.params}"

    def window(self, window: Window, /) -> Found:
        columns = self._order.columns
        if columns is None:
            return Places(self).window(window)
        products = self._products
        for condition in columns.conditions(window, named=False):
            products = products.filter(RawSQL(condition, window.key or (), BooleanField()))  # noqa: S611 (from constants)
        found, params = products.order_by().values("pk").query.sql_with_params()
        ordered = f"{found} ORDER BY {columns.order_by(window)}"
        page = rows.page_of(ordered, params, slice(window.limit))
        return [(columns.key_of(row), self._answer(row)) for row in page]

    def _answer(self, row: Row) -> Answer:
        return _product(row, stock=row["stock"], image=image_of(row))


class OwnProductList(ProductList):
    """For the members of their vendor: counted as they are at this moment."""

    def count(self) -> int:
        return counts.exact(self._found, self._params)

    def _answer(self, row: Row) -> Answer:
        return super()._answer(row) | {"submitted_at": row["submitted_at"]}


def product(slug: str, user: Somebody) -> Answer:
    """The page of the product that `slug` (or an id) names; `NotFound` if `user` may not see it."""
    row = _visible(slug, user)
    return _page(row, _variants_for(user, row))


def product_for_editor(product_id: int) -> Answer:
    row = _found(rows.product_by_id(product_id))
    return _page(row, _variants(row))


def products_by_id(product_ids: Collection[int], user: Somebody) -> dict[int, Answer]:
    """The pages of those of these products that `user` may see, in as many statements as of one."""
    found = rows.products_by_id(product_ids)
    variants, images = rows.variants_of_each(found), rows.images_of_each(found)
    trusted = _trusting(user, found, variants)
    return {
        product_id: _page_of(
            row,
            _shown(row, variants[product_id], trusted),
            [_image(image) for image in images[product_id]],
        )
        for product_id, row in found.items()
        if row["vendor_id"] in trusted or _is_public(row)
    }


def variants_by_product(product_ids: Collection[int], user: Somebody) -> dict[int, list[Answer]]:
    """The variants, as `user` may see them, of these products that `user` may see."""
    found = rows.products_by_id(product_ids)
    variants = rows.variants_of_each(found)
    trusted = _trusting(user, found, variants)
    return {
        product_id: _shown(row, variants[product_id], trusted)
        for product_id, row in found.items()
        if row["vendor_id"] in trusted or _is_public(row)
    }


def images_by_product(product_ids: Collection[int], _: Somebody) -> dict[int, list[Answer]]:
    """The images of these products, which the reader may see."""
    found = rows.images_of_each(product_ids)
    return {product_id: [_image(row) for row in images] for product_id, images in found.items()}


def own_product(slug: str, vendor: Vendor) -> Answer:
    row = _own(slug, vendor)
    waiting = {name: row[name] for name in ("submitted_at", "decline_reason")}
    return _page(row, _variants(row)) | waiting


def own_variants_of(slug: str, vendor: Vendor) -> list[Answer]:
    return _variants(_own(slug, vendor))


def own_images_of(slug: str, vendor: Vendor) -> list[Answer]:
    return _images(_own(slug, vendor)["id"])


def variants_of(slug: str, user: Somebody) -> list[Answer]:
    """The variants of the product that `slug` names, in their order; else `NotFound`."""
    return _variants_for(user, _visible(slug, user))


def variant_for_editor(variant: Variant) -> Answer:
    return one_of(_variants(_found(rows.product_by_id(variant.product_id))), variant.pk)


def images_of(slug: str, user: Somebody) -> list[Answer]:
    """The images of the product that `slug` names, the main one among them; else `NotFound`."""
    return _images(_visible(slug, user)["id"])


def image_for_editor(image: ProductImage) -> Answer:
    return one_of(_images(image.product_id), image.pk)


def one_of(answers: Sequence[Answer], wanted_id: int) -> Answer:
    """The one with this id, of variants or images; else `NotFound`."""
    for answer in answers:
        if answer["id"] == wanted_id:
            return answer
    raise NotFound


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def _visible(slug: str, user: Somebody) -> Row:
    row = _found(rows.product_named(slug))
    if not querysets.may_see(
        user,
        status=row["status"],
        vendor_id=row["vendor_id"],
        vendor_status=row["vendor_status"],
    ):
        raise NotFound
    return row


def _own(slug: str, vendor: Vendor) -> Row:
    row = _found(rows.product_named(slug))
    if row["vendor_id"] != vendor.pk:
        raise NotFound
    return row


def _product(row: Row, *, stock: int, image: str | None) -> Answer:
    return {
        "id": row["id"],
        "name": row["name"],
        "slug": row["slug"],
        "category": {
            "id": row["category_id"],
            "name": row["category_name"],
            "slug": row["category_slug"],
        },
        "vendor": {
            "id": row["vendor_id"],
            "name": row["vendor_name"],
            "slug": row["vendor_slug"],
        },
        "price": row["price"],
        "compare_at_price": row["compare_at_price"],
        "currency": row["currency"],
        "stock": stock,
        "in_stock": stock > 0 and _is_buyable(row),
        "status": row["status"],
        "average_rating": float(row["average_rating"]),
        "review_count": row["review_count"],
        "image": image,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _page(row: Row, variants: list[Answer]) -> Answer:
    return _page_of(row, variants, _images(row["id"]))


def _page_of(row: Row, variants: list[Answer], images: list[Answer]) -> Answer:
    main = next((image["image"] for image in images if image["is_main"]), None)
    stock = sum(variant["stock"] for variant in variants if variant["is_active"])
    return (
        _product(row, stock=stock, image=main)
        | {name: row[name] for name in _TEXTS}
        | {"variants": variants, "images": images}
    )


def _is_buyable(row: Row) -> bool:
    is_active: bool = row["status"] == Product.Status.ACTIVE
    return is_active and row["vendor_status"] == Vendor.Status.APPROVED


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
    return [_variant(row, product_row) for row in rows.variants_of(product_row["id"])]


def _trusting(
    user: Somebody, found: Mapping[int, Row], variants: Mapping[int, list[Row]]
) -> Collection[int]:
    """The vendors that let `user` see what they hide; asked only if something is hidden."""
    hiding = {
        row["vendor_id"]
        for product_id, row in found.items()
        if not _is_public(row) or not all(one["is_active"] for one in variants[product_id])
    }
    return querysets.vendors_open_to(user, hiding)


def _shown(product_row: Row, variants: Sequence[Row], trusted: Collection[int]) -> list[Answer]:
    sees_all = product_row["vendor_id"] in trusted
    return [_variant(row, product_row) for row in variants if sees_all or row["is_active"]]


def _is_public(row: Row) -> bool:
    return querysets.is_public(status=row["status"], vendor_status=row["vendor_status"])


def _variant(row: Row, product_row: Row) -> Answer:
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
        "stock": row["stock"],
        "in_stock": is_buyable and row["stock"] > 0,
        "barcode": row["barcode"],
        "weight_grams": row["weight_grams"],
        "position": row["position"],
        "is_active": row["is_active"],
    }


def _images(product_id: int) -> list[Answer]:
    return [_image(row) for row in rows.images_of(product_id)]


def _image(row: Row) -> Answer:
    return {
        "id": row["id"],
        "image": image_of(row),
        "thumbnails": thumbnail_urls(file=row["file"], remote_url=row["remote_url"]),
        "alt_text": row["alt_text"],
        "position": row["position"],
        "is_main": row["is_main"],
    }


def image_of(row: Row) -> str | None:
    file, remote_url = row["file"], row["remote_url"]
    # Both are NULL on lists when no image is the main one.
    return image_url(file=file, remote_url=remote_url) if file or remote_url else None

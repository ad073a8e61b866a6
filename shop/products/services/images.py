"""Pictures of products. A product that has any has exactly one main one."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

from shop.core.errors import ImageNotAcceptable, NotFound
from shop.core.events import publish
from shop.core.transactions import atomic
from shop.products import images
from shop.products.events import ProductUpdated
from shop.products.models import Product, ProductImage
from shop.products.services.figures import refresh_price
from shop.products.services.locks import hold_product

_FOLDER = "productimage"
_PLAIN = ("alt_text", "position")


def add_image(
    *,
    product: Product,
    file: File | None = None,  # type: ignore[type-arg]  # not generic at run time
    remote_url: str = "",
    alt_text: str = "",
    position: int | None = None,
    is_main: bool | None = None,
) -> ProductImage:
    """An uploaded `file`, or the address of a picture kept elsewhere; placed last by default.

    The first image becomes the main one whatever `is_main` says. Raises
    `ImageNotAcceptable`. The file is read and encoded before the transaction begins, and
    a transaction that fails leaves no file behind.
    """
    if bool(file) == bool(remote_url):
        raise ImageNotAcceptable("Give either a file or an address.", attr="image")
    picture = images.prepare(file) if file else None
    with images.stored(picture, folder=_FOLDER) as name, transaction.atomic():
        hold_product(product.pk)
        of_product = ProductImage.objects.filter(product=product)
        last = of_product.aggregate(last=Max("position"))["last"]
        if position is None:
            position = 0 if last is None else last + 1
        image = ProductImage.objects.create(
            product=product, file=name, remote_url=remote_url, alt_text=alt_text, position=position
        )
        if is_main or not of_product.filter(is_main=True).exists():
            _make_main(image)
        _tell(product.pk)
    return image


@atomic
def update_image(*, image: ProductImage, changes: Mapping[str, Any]) -> ProductImage:
    """Set `alt_text`, `position`, `is_main`; the latter moves the flag from or to another image.

    The only image of a product stays the main one.
    """
    image = _lock(image)
    values = {name: changes[name] for name in _PLAIN if name in changes}
    for name, value in values.items():
        setattr(image, name, value)
    image.save(update_fields=[*values, "updated_at"])
    is_main = changes.get("is_main", image.is_main)
    if is_main != image.is_main:
        successor = image if is_main else _first_other(image)
        if successor is not None:
            _make_main(successor)
            image.is_main = is_main
    _tell(image.product_id)
    return image


@atomic
def delete_image(*, image: ProductImage) -> None:
    """The next image becomes the main one when this was; the files go after commit."""
    image = _lock(image)
    name = image.file.name or ""
    successor = _first_other(image) if image.is_main else None
    image.delete()
    if successor is not None:
        _make_main(successor)
    transaction.on_commit(lambda: images.remove(name))
    _tell(image.product_id)


def _lock(image: ProductImage) -> ProductImage:
    """The image as it is now, its product locked: one change of a product's images at a time."""
    hold_product(image.product_id)
    locked = ProductImage.objects.filter(pk=image.pk).first()
    if locked is None:
        raise NotFound
    return locked


def _first_other(image: ProductImage) -> ProductImage | None:
    others = ProductImage.objects.filter(product_id=image.product_id).exclude(pk=image.pk)
    return others.order_by("position", "id").first()


def _make_main(image: ProductImage) -> None:
    """The unique index is checked row by row: the old main one steps back first."""
    of_product = ProductImage.objects.filter(product_id=image.product_id)
    of_product.filter(is_main=True).exclude(pk=image.pk).update(is_main=False)
    of_product.filter(pk=image.pk).update(is_main=True)
    image.is_main = True


def _tell(product_id: int) -> None:
    refresh_price(product_ids=[product_id])
    publish(ProductUpdated(product_id=product_id))

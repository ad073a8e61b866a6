"""services.delete_product."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from pytest_django import DjangoCaptureOnCommitCallbacks

from shop.accounts.tests.make import make_user
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders.models import Order, OrderItem
from shop.products import services
from shop.products.images import THUMBNAILS, thumbnail_name
from shop.products.models import Product, Variant
from shop.products.tests.make import make_product
from shop.products.tests.pictures import upload

pytestmark = pytest.mark.django_db


def order(variant: Variant) -> None:
    """Written by hand: what an order needs beside its line does not matter here."""
    placed = Order.objects.create(
        number="NX-1", user=make_user(), email="a@example.test", currency="USD",
        subtotal=10, total_price=10,
    )  # fmt: skip
    OrderItem.objects.create(
        order=placed, product=variant.product, variant=variant, vendor=variant.product.vendor,
        product_name="x", product_slug="x", sku=variant.sku, quantity=1, price=10, line_total=10,
    )  # fmt: skip


def test_deletes_what_nobody_ordered_with_all_that_belongs_to_it() -> None:
    product = make_product(sizes=["S", "M"])
    product_id = product.pk
    assert services.delete_product(product=product)
    assert not Product.objects.filter(pk=product_id).exists()
    assert not Variant.objects.filter(product_id=product_id).exists()
    assert not StockLevel.objects.exists()
    assert OutboxEvent.objects.filter(name="product.deleted").count() == 1


def test_archives_what_was_ordered() -> None:
    product = make_product(sizes=["S", "M"])
    order(product.variants.all()[1])
    assert not services.delete_product(product=product)
    product.refresh_from_db()
    assert product.status == Product.Status.INACTIVE
    assert product.variants.count() == 2
    assert StockLevel.objects.count() == 2
    assert OutboxEvent.objects.get(name="product.archived").payload["product_id"] == product.pk
    assert not OutboxEvent.objects.filter(name="product.deleted").exists()


def test_removes_the_files_after_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    product = make_product()
    name = services.add_image(product=product, file=upload()).file.name or ""
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_product(product=product)
        assert default_storage.exists(name)
    for each in (name, *(thumbnail_name(name, size) for size in THUMBNAILS)):
        assert not Path(settings.MEDIA_ROOT, each).exists()

"""services.delete_product; tests/test_delete_ordered_goods.py has what was ordered."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Model
from django.db.models.deletion import Collector
from pytest_django import DjangoCaptureOnCommitCallbacks

from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.products import services
from shop.products.images import THUMBNAILS, thumbnail_name
from shop.products.models import Product, Variant
from shop.products.services.cascade import deletions_of
from shop.products.tests.make import make_product
from shop.products.tests.pictures import upload

pytestmark = pytest.mark.django_db


def test_deletes_what_nobody_ordered_with_all_that_belongs_to_it() -> None:
    product = make_product(sizes=["S", "M"])
    product_id = product.pk
    assert services.delete_product(product=product)
    assert not Product.objects.filter(pk=product_id).exists()
    assert not Variant.objects.filter(product_id=product_id).exists()
    assert not StockLevel.objects.exists()
    assert OutboxEvent.objects.filter(name="product.deleted").count() == 1


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


def test_deletes_from_every_table_that_django_would() -> None:
    product = make_product()
    rows: tuple[Model, ...] = (product, product.variants.get())
    for row in rows:
        django = Collector(using="default", origin=row)
        django.collect([row])
        models = {*django.data, *(rows.model for rows in django.fast_deletes)}
        deleted = re.findall(r"DELETE FROM (\w+)", " ".join(deletions_of(type(row))))
        assert sorted(deleted) == sorted(model._meta.db_table for model in models)

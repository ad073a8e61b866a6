"""Deleting what somebody ordered keeps it, out of the public's sight."""

import threading

import pytest
from django.db import connection, transaction

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel
from shop.orders.tests.make import make_order
from shop.products import services
from shop.products.models import Product, Variant
from shop.products.tests.make import make_product


@pytest.mark.django_db
def test_a_product_is_archived() -> None:
    product = make_product(sizes=["S", "M"])
    make_order(make_user(), variants=[product.variants.all()[1]])
    assert not services.delete_product(product=product)
    product.refresh_from_db()
    assert product.status == Product.Status.INACTIVE
    assert product.variants.count() == 2
    assert StockLevel.objects.count() == 2
    assert OutboxEvent.objects.get(name="product.archived").payload["product_id"] == product.pk
    assert not OutboxEvent.objects.filter(name="product.deleted").exists()


@pytest.mark.django_db
def test_a_variant_is_switched_off() -> None:
    product = make_product(sizes=["S", "M"])
    small = product.variants.get(options__size="S")
    make_order(make_user(), variants=[small])
    assert not services.delete_variant(variant=small)
    assert not Variant.objects.get(pk=small.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_being_placed_counts() -> None:
    product, alice = make_product(), make_user()
    placed = threading.Event()

    def place(shopper: User) -> None:
        try:
            with transaction.atomic():
                make_order(shopper, variants=[product.variants.get()])
                placed.set()
                # Long enough for the deletion to arrive and wait.
                threading.Event().wait(0.5)
        finally:
            connection.close()

    shopper = threading.Thread(target=place, args=[alice])
    shopper.start()
    assert placed.wait(10)
    assert services.delete_product(product=product) is False
    shopper.join()
    product.refresh_from_db()
    assert product.status == Product.Status.INACTIVE

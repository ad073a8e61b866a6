"""What happens when two people write the catalogue at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection

from shop.core.errors import DomainError
from shop.products import services
from shop.products.errors import CategoryCycle, CategoryInUse, CategoryIsGone, SkuTaken, SlugTaken
from shop.products.models import Category, Product
from shop.products.tests.make import house_vendor, make_category, make_product

pytestmark = pytest.mark.django_db(transaction=True)


def together(*actions: Callable[[], Any]) -> list[Any]:
    """What each action returned, or refused with, when all start at once."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return action()
        except DomainError as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def create(category: Category, **fields: Any) -> Callable[[], Product]:
    vendor = house_vendor()
    return lambda: services.create_product(
        vendor=vendor, name="Shirt", category=category, price=Decimal(1), **fields
    )


def move(category: Category, parent: Category) -> Callable[[], Category]:
    return lambda: services.update_category(category=category, changes={"parent": parent})


def test_two_moves_make_no_cycle() -> None:
    for _ in range(5):
        first, second = make_category(), make_category()
        results = together(move(first, second), move(second, first))
        assert results.count(CategoryCycle) == 1


def test_the_same_name_gives_everybody_a_slug_of_their_own() -> None:
    category = make_category()
    products = together(*[create(category) for _ in range(6)])
    assert len({product.slug for product in products}) == 6


@pytest.mark.parametrize(
    ("fields", "refusal"), [({"slug": "mine"}, SlugTaken), ({"sku": "MINE"}, SkuTaken)]
)
def test_one_gets_the_slug_or_the_sku(fields: dict[str, str], refusal: type[DomainError]) -> None:
    category = make_category()
    results = together(*[create(category, **fields) for _ in range(4)])
    assert results.count(refusal) == 3
    assert Product.objects.count() == 1


def test_a_category_is_deleted_or_gets_the_product() -> None:
    for _ in range(5):
        category = make_category()
        kept = Category.objects.get(pk=category.pk)
        delete = partial(services.delete_category, category=category)
        created, deleted = together(create(kept), delete)
        assert (created is CategoryIsGone) != (deleted is CategoryInUse)


def test_one_of_many_first_images_is_the_main_one() -> None:
    product = make_product()
    address = "https://images.example/1.jpg"
    together(*[lambda: services.add_image(product=product, remote_url=address)] * 4)
    assert product.images.count() == 4
    assert product.images.filter(is_main=True).count() == 1

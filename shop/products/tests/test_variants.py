"""services.create_variant, update_variant, delete_variant, refresh_price."""

from decimal import Decimal

import pytest

from shop.core.errors import NotFound
from shop.products import services
from shop.products.errors import DuplicateOptions, LastVariant, OptionsNotAcceptable, SkuTaken
from shop.products.models import Product, Variant
from shop.products.tests.make import make_product

pytestmark = pytest.mark.django_db


def price_of(product: Product) -> Decimal:
    product.refresh_from_db()
    price: Decimal = product.price
    return price


def test_is_placed_last_with_its_stock() -> None:
    product = make_product(sizes=["S", "M"], price="10.00")
    variant = services.create_variant(
        product=product, options={"Size": " L "}, price=Decimal(8), stock=3
    )
    assert (variant.options, variant.position) == ({"size": "L"}, 2)
    assert variant.stock_levels.get().available == 3
    assert price_of(product) == Decimal(8)


def test_refuses_options_that_another_variant_has() -> None:
    product = make_product(sizes=["S"])
    with pytest.raises(DuplicateOptions):
        services.create_variant(product=product, options={"size": "S"})
    assert product.variants.count() == 1


def test_refuses_a_sku_that_is_taken() -> None:
    product = make_product(sizes=["S"])
    with pytest.raises(SkuTaken):
        services.create_variant(
            product=product, options={"size": "M"}, sku=product.variants.get().sku
        )


def test_refuses_a_product_that_is_gone() -> None:
    product = make_product()
    Product.objects.all().delete()
    with pytest.raises(NotFound):
        services.create_variant(product=product, options={"size": "M"})


def test_changes_what_is_named() -> None:
    product = make_product(sizes=["S", "M"], price="10.00", stock=5)
    small = product.variants.get(options__size="S")
    services.update_variant(
        variant=small,
        changes={"sku": "X", "price": Decimal(7), "stock": 9, "options": {"size": "XS"}},
    )
    small.refresh_from_db()
    assert (small.sku, small.own_price, small.size) == ("X", Decimal(7), "XS")
    assert small.stock_levels.get().available == 9
    assert price_of(product) == Decimal(7)
    services.update_variant(variant=small, changes={"price": None})
    assert price_of(product) == Decimal(10)


def test_refuses_to_change_into_another_variants_options() -> None:
    small, medium = make_product(sizes=["S", "M"]).variants.all()
    with pytest.raises(DuplicateOptions):
        services.update_variant(variant=small, changes={"options": medium.options})
    with pytest.raises(SkuTaken):
        services.update_variant(variant=small, changes={"sku": medium.sku})
    with pytest.raises(OptionsNotAcceptable):
        services.update_variant(variant=small, changes={"options": {"größe": "M"}})


def test_one_that_is_switched_off_no_longer_counts_for_the_price() -> None:
    product = make_product(sizes=["S", "M"], price="10.00")
    small, medium = product.variants.all()
    services.update_variant(variant=small, changes={"price": Decimal(7)})
    services.update_variant(variant=small, changes={"is_active": False})
    assert price_of(product) == Decimal(10)
    with pytest.raises(LastVariant):
        services.update_variant(variant=medium, changes={"is_active": False})
    with pytest.raises(LastVariant):
        services.delete_variant(variant=medium)


def test_is_deleted_when_nobody_ordered_it() -> None:
    product = make_product(sizes=["S", "M"], price="10.00")
    small = product.variants.get(options__size="S")
    services.update_variant(variant=small, changes={"price": Decimal(7)})
    assert services.delete_variant(variant=small)
    assert [variant.size for variant in product.variants.all()] == ["M"]
    assert price_of(product) == Decimal(10)
    with pytest.raises(NotFound):
        services.delete_variant(variant=Variant(pk=10**9, product=product))


def test_the_last_one_is_not_deleted() -> None:
    variant = make_product().variants.get()
    with pytest.raises(LastVariant):
        services.delete_variant(variant=variant)


def test_prices_of_many_products_are_refreshed_at_once() -> None:
    products = [make_product(sizes=["S", "M"]) for _ in range(3)]
    for number, product in enumerate(products, start=1):
        product.variants.filter(options__size="M").update(own_price=number)
    services.refresh_price(product_ids=[product.pk for product in products])
    assert [price_of(product) for product in products] == [1, 2, 3]


def test_rating_is_kept_on_the_product() -> None:
    product, other = make_product(), make_product()
    services.set_rating(product_id=product.pk, average=Decimal("4.25"), count=8)
    product.refresh_from_db()
    other.refresh_from_db()
    assert (product.average_rating, product.review_count) == (Decimal("4.25"), 8)
    assert (other.average_rating, other.review_count) == (Decimal(0), 0)

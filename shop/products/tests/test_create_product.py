"""services.create_product."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel, StockMovement
from shop.products import services
from shop.products.errors import (
    CategoryIsGone,
    DuplicateOptions,
    HasVariants,
    OptionsNotAcceptable,
    PriceNotAcceptable,
    SkuTaken,
    SlugIsNumber,
    SlugTaken,
)
from shop.products.models import Category, Product, SlugRedirect, Variant
from shop.products.services import NewVariant
from shop.products.tests.make import house_vendor, make_category, make_product

pytestmark = pytest.mark.django_db


def create(**fields: Any) -> Product:
    fields = {
        "vendor": house_vendor(),
        "name": "Blue Shirt",
        "category": fields.get("category") or make_category(),
        "price": Decimal("20.00"),
    } | fields
    return services.create_product(**fields)


def sizes(*names: str, **fields: Any) -> list[NewVariant]:
    return [NewVariant(options={"size": name}, **fields) for name in names]


def statements(variants: int) -> int:
    category, vendor = make_category(), house_vendor()
    many = sizes(*(f"size {n}" for n in range(variants)), stock=3)
    with CaptureQueriesContext(connection) as captured:
        create(category=category, vendor=vendor, variants=many)
    return len(captured)


def test_gives_a_simple_product_its_one_variant() -> None:
    product = create(stock=7, sku="BLUE-1")
    variant = product.variants.get()
    assert (variant.sku, variant.options, variant.own_price) == ("BLUE-1", {}, None)
    assert variant.stock_levels.get().available == 7
    assert StockMovement.objects.get(level__variant=variant).quantity == 7
    assert (product.slug, product.price, product.currency) == ("blue-shirt", Decimal(20), "USD")
    assert OutboxEvent.objects.filter(
        name="product.created", payload__product_id=product.pk
    ).exists()


def test_shows_the_lowest_price_of_its_variants() -> None:
    variants = [*sizes("S"), *sizes("M", price=Decimal("15.50")), *sizes("L", price=Decimal(30))]
    product = create(variants=variants)
    product.refresh_from_db()
    assert (product.base_price, product.price) == (Decimal("20.00"), Decimal("15.50"))
    assert [variant.size for variant in product.variants.all()] == ["S", "M", "L"]


def test_makes_up_a_sku_for_each_variant() -> None:
    product = create(variants=sizes("S", "M"))
    skus = set(product.variants.values_list("sku", flat=True))
    assert len(skus) == 2
    assert all(skus)


def test_takes_as_many_statements_for_fifty_variants_as_for_one() -> None:
    make_product()  # so that the shop has its warehouse
    assert statements(1) == statements(50)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Crème brûlée", "creme-brulee"),
        ("  --Odd__name--  ", "odd__name"),
        ("1984", "product-1984"),
        ("x" * 200, "x" * 200),
    ],
)
def test_makes_a_slug_from_the_name(name: str, slug: str) -> None:
    assert create(name=name).slug == slug


def test_makes_up_a_slug_when_the_name_has_no_latin_letters() -> None:
    slug = create(name="青いシャツ").slug
    assert slug.startswith("product-")
    assert create(name="青いシャツ").slug != slug


def test_numbers_slugs_of_the_same_name_and_leaves_old_addresses_alone() -> None:
    first = create(category=(category := make_category()))
    SlugRedirect.objects.create(slug="blue-shirt-2", product=first)
    assert create(category=category).slug == "blue-shirt-3"
    for _ in range(8):
        create(category=category)
    assert Product.objects.filter(slug__startswith="blue-shirt").count() == 10


def test_refuses_a_slug_that_is_taken() -> None:
    make_product(slug="mine")
    with pytest.raises(SlugTaken) as refusal:
        create(slug="mine")
    assert refusal.value.problems[0].attr == "slug"
    assert not Product.objects.filter(name="Blue Shirt").exists()


def test_takes_over_the_old_address_of_another() -> None:
    SlugRedirect.objects.create(slug="classic", product=make_product())
    create(slug="classic")
    assert not SlugRedirect.objects.exists()


def test_refuses_a_slug_of_digits() -> None:
    with pytest.raises(SlugIsNumber):
        create(slug="1984")


def test_refuses_a_sku_that_is_taken_and_writes_nothing() -> None:
    taken = Variant.objects.get(product=make_product()).sku
    before = Product.objects.count(), StockLevel.objects.count()
    with pytest.raises(SkuTaken):
        create(sku=taken, stock=5)
    assert (Product.objects.count(), StockLevel.objects.count()) == before


def test_names_the_variant_that_repeats_a_sku() -> None:
    with pytest.raises(SkuTaken) as refusal:
        create(variants=[*sizes("S", sku="A"), *sizes("M", sku="B"), *sizes("L", sku="A")])
    assert refusal.value.problems[0].attr == "variants.2.sku"


def test_refuses_two_variants_with_the_same_options() -> None:
    variants = [
        NewVariant(options={"size": "M", "Color": "Blue "}),
        NewVariant(options={"color": "Blue", "size": "M"}),
    ]
    with pytest.raises(DuplicateOptions) as refusal:
        create(variants=variants)
    assert refusal.value.problems[0].attr == "variants.1.options"


@pytest.mark.parametrize(
    "options",
    [
        {"a": "1", "b": "2", "c": "3", "d": "4"},
        {"größe": "M"},
        {"size": ""},
        {"size": "x" * 101},
        {"size": 5},
        {"size": "M", "Size": "L"},
        {"": "M"},
    ],
)
def test_refuses_odd_options(options: dict[str, Any]) -> None:
    with pytest.raises(OptionsNotAcceptable):
        create(variants=[NewVariant(options=options)])


@pytest.mark.parametrize("field", [{"stock": 1}, {"sku": "A"}])
def test_refuses_stock_and_sku_beside_variants(field: dict[str, Any]) -> None:
    with pytest.raises(HasVariants):
        create(variants=sizes("M"), **field)


def test_refuses_a_negative_price() -> None:
    with pytest.raises(PriceNotAcceptable):
        create(price=Decimal(-1))


def test_refuses_a_category_that_was_deleted_meanwhile() -> None:
    category = make_category()
    Category.objects.all().delete()
    with pytest.raises(CategoryIsGone):
        create(category=category)


def test_sanitizes_the_description() -> None:
    html = (
        '<p onclick="x()">Soft <b>cotton</b><script>alert(1)</script></p>'
        '<a href="javascript:x">y</a>'
    )
    description = create(description=html).description
    assert description.startswith("<p>Soft <b>cotton</b></p><a")
    assert "javascript" not in description
    assert "script" not in description

"""What the catalogue's inputs take and refuse."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.serializers import Serializer

from shop.products import services
from shop.products.models import Category
from shop.products.serializers import (
    CategoryInput,
    CategoryPatch,
    ImageInput,
    ProductInput,
    ProductPatch,
    ProductPut,
    VariantInput,
    VariantPatch,
)
from shop.products.services import NewVariant
from shop.products.tests.make import house_vendor, make_category
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor

WRONG_TEXTS: list[Any] = [5, True, None, [], {}, ["x"], "", "   ", "\0", "x\ud800"]
WRONG_PRICES: list[Any] = [
    *(True, None, [], {}, "", "abc", "NaN", "Infinity", "1e3", " 1", "1,5", "٣", "-0.01", -1),
    *("1.234", "1000000000", 10**30, Decimal("0.001"), Decimal("1e20"), "9" * 5000),
]
WRONG_INTEGERS: list[Any] = [True, None, "5", 1.5, Decimal("2.0"), [], {}, -1, 10**9 + 1, 2**63]
WRONG_REFERENCES: list[Any] = [True, None, 1.5, [], {}, "nope", "", 0, -1, 2**63, "9" * 5000, "\0"]


@pytest.fixture
def category(db: None) -> Category:
    return make_category("Shirts")


def full(**fields: Any) -> dict[str, Any]:
    return {"name": "Shirt", "category": "shirts", "price": "10.00"} | fields


def errors_of(serializer: Serializer[Any]) -> set[str]:
    assert not serializer.is_valid()
    return set(serializer.errors)


def code_of(serializer: Serializer[Any], field: str) -> str:
    assert not serializer.is_valid()
    return str(serializer.errors[field][0].code)


def test_product_becomes_the_arguments_of_its_service(category: Category) -> None:
    sent = ProductInput(
        data=full(
            price=12,
            stock=3,
            tags=["new", " new ", "blue"],
            compare_at_price=None,
            vendor=make_vendor("Vera").slug,
        )
    )
    assert sent.is_valid(), sent.errors
    product = services.create_product(**sent.validated_data)
    assert (product.category, product.price, product.tags) == (
        category,
        Decimal(12),
        ["new", "blue"],
    )
    assert (product.vendor.name, product.variants.get().stock_levels.get().available) == ("Vera", 3)


def test_variants_become_new_variants(category: Category) -> None:
    variants = [
        {"size": "M", "stock": 2},
        {"options": {"Color": "Blue"}, "size": "L", "price": "8.50", "sku": None},
    ]
    sent = ProductInput(data=full(variants=variants))
    assert sent.is_valid(), sent.errors
    assert sent.validated_data["variants"] == [
        NewVariant(options={"size": "M"}, stock=2),
        NewVariant(options={"size": "L", "color": "Blue"}, price=Decimal("8.50")),
    ]


@pytest.mark.parametrize("value", WRONG_TEXTS)
@pytest.mark.parametrize("field", ["name", "sku", "slug"])
def test_texts_are_texts(category: Category, field: str, value: Any) -> None:
    assert errors_of(ProductInput(data=full(**{field: value}))) == {field}


@pytest.mark.parametrize(
    ("field", "longest"), [("name", 200), ("sku", 100), ("meta_title", 200), ("slug", 220)]
)
def test_texts_have_a_greatest_length(category: Category, field: str, longest: int) -> None:
    assert ProductInput(data=full(**{field: "x" * longest})).is_valid()
    too_long = ProductInput(data=full(**{field: "x" * (longest + 1)}))
    assert code_of(too_long, field) == "max_length"


@pytest.mark.parametrize("value", WRONG_PRICES)
def test_prices_are_amounts_of_the_currency(category: Category, value: Any) -> None:
    assert errors_of(ProductInput(data=full(price=value))) == {"price"}


@pytest.mark.parametrize("value", ["0", "999999999.99", 5, Decimal("1.5")])
def test_prices_come_as_strings_or_numbers(category: Category, value: Any) -> None:
    sent = ProductInput(data=full(price=value))
    assert sent.is_valid(), sent.errors
    assert sent.validated_data["price"] == Decimal(value)


def test_prices_have_the_digits_of_the_currency(category: Category, settings: Any) -> None:
    settings.SHOP_CURRENCY = "JPY"
    assert errors_of(ProductInput(data=full(price="10.50"))) == {"price"}
    assert ProductInput(data=full(price="1000")).is_valid()
    settings.SHOP_CURRENCY = "KWD"
    assert ProductInput(data=full(price="10.505")).is_valid()


@pytest.mark.parametrize("value", WRONG_INTEGERS)
def test_stock_is_a_whole_number(category: Category, value: Any) -> None:
    assert errors_of(ProductInput(data=full(stock=value))) == {"stock"}


@pytest.mark.parametrize("value", WRONG_REFERENCES)
@pytest.mark.parametrize("field", ["category", "vendor"])
def test_references_name_what_is_there(category: Category, field: str, value: Any) -> None:
    assert errors_of(ProductInput(data=full(**{field: value}))) == {field}


def test_references_are_slugs_or_ids(category: Category) -> None:
    for value in (category.pk, str(category.pk), category.slug):
        sent = ProductInput(data=full(category=value))
        assert sent.is_valid(), sent.errors
        assert sent.validated_data["category"] == category
    assert code_of(ProductInput(data=full(category="nope")), "category") == "does_not_exist"


def test_only_approved_vendors_can_be_named(category: Category) -> None:
    pending = make_vendor(status=Vendor.Status.PENDING)
    assert code_of(ProductInput(data=full(vendor=pending.pk)), "vendor") == "does_not_exist"
    assert ProductInput(data=full(vendor=house_vendor().pk)).is_valid()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "12345"),
        ("slug", "a b"),
        ("slug", "é"),
        ("status", "sold"),
        ("status", True),
        ("status", []),
        ("description", "é" * 50_001),
        ("description", 5),
        ("tags", "new"),
        ("tags", {"a": 1}),
        ("tags", [5]),
        ("tags", [""]),
        ("tags", ["x" * 51]),
        ("tags", ["x"] * 51),
        ("variants", {}),
        ("variants", []),
        ("variants", ["x"]),
        ("variants", [{"size": "M"}] * 251),
        ("variants", None),
    ],
)
def test_refuses_other_nonsense(category: Category, field: str, value: Any) -> None:
    assert errors_of(ProductInput(data=full(**{field: value}))) == {field}


@pytest.mark.parametrize("field", ["name", "category", "price"])
@pytest.mark.parametrize("serializer", [ProductInput, ProductPut])
def test_needs_name_category_and_price(
    category: Category, serializer: type[Serializer[Any]], field: str
) -> None:
    data = full()
    del data[field]
    assert code_of(serializer(data=data), field) == "required"


def test_a_patch_holds_what_was_sent(category: Category) -> None:
    for patch, data in [
        (ProductPatch, {"status": "draft"}),
        (CategoryPatch, {"parent": None}),
        (VariantPatch, {"is_active": False}),
        (ProductPatch, {}),
    ]:
        sent = patch(data=data)
        assert sent.is_valid(), sent.errors
        assert sent.validated_data == data


@pytest.mark.parametrize(
    "options",
    [
        *(None, [], "M", {}, {"a": "1", "b": "2", "c": "3", "d": "4"}, {"size": 5}),
        *({"size": None}, {"size": ["M"]}, {"size": ""}, {"größe": "M"}, {"x" * 31: "M"}),
        *({"size": "x" * 101}, {"size": "M", " SIZE ": "L"}),
    ],
)
def test_options_are_short_names_with_short_texts(options: Any) -> None:
    assert errors_of(VariantInput(data={"options": options})) == {"options"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "options"),
        ({"size": "M", "options": {"size": "L"}}, "size"),
        ({"size": "M", "options": {"a": "1", "b": "2", "c": "3"}}, "size"),
        ({"size": 5}, "size"),
        ({"size": "M", "weight_grams": "5"}, "weight_grams"),
        ({"size": "M", "low_stock_threshold": -1}, "low_stock_threshold"),
    ],
)
def test_variants_refuse(data: dict[str, Any], field: str) -> None:
    assert errors_of(VariantInput(data=data)) == {field}


def test_a_flag_is_true_or_false() -> None:
    values: list[Any] = ["true", 1, "yes", None, [], {}]
    for value in values:
        assert errors_of(VariantPatch(data={"is_active": value})) == {"is_active"}


def test_a_category_takes_a_parent_or_none(category: Category) -> None:
    sent = CategoryInput(data={"name": "Polo", "parent": "shirts", "position": 2})
    assert sent.is_valid(), sent.errors
    assert services.create_category(**sent.validated_data).parent == category
    assert errors_of(CategoryInput(data={"name": "Polo", "parent": "nope"})) == {"parent"}
    assert errors_of(CategoryInput(data={"name": "Polo", "image": "text"})) == {"image"}


def test_an_image_comes_as_a_form() -> None:
    data: MultiValueDict[str, Any] = QueryDict("is_main=true&position=3&alt_text=", mutable=True)
    data["image"] = SimpleUploadedFile("a.png", b"x")
    sent = ImageInput(data=data)
    assert sent.is_valid(), sent.errors
    assert sent.validated_data["file"].name == "a.png"
    assert {k: v for k, v in sent.validated_data.items() if k != "file"} == {
        "is_main": True,
        "position": 3,
        "alt_text": "",
    }


def test_an_image_comes_as_an_address() -> None:
    sent = ImageInput(data={"remote_url": "https://images.example/a.png"})
    assert sent.is_valid(), sent.errors
    assert sent.validated_data == {"remote_url": "https://images.example/a.png"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "image"),
        ({"image": "text"}, "image"),
        ({"remote_url": "ftp://images.example/a.png"}, "remote_url"),
        ({"remote_url": "javascript:alert(1)"}, "remote_url"),
        ({"remote_url": "https://images.example/" + "a" * 500}, "remote_url"),
        ({"remote_url": 5}, "remote_url"),
        ({"remote_url": "https://images.example/a.png", "is_main": "true"}, "is_main"),
        ({"remote_url": "https://images.example/a.png", "position": "1"}, "position"),
    ],
)
def test_images_refuse(data: dict[str, Any], field: str) -> None:
    assert errors_of(ImageInput(data=data)) == {field}

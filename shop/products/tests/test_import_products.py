"""manage.py import_products: what becomes of the files' products."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.core.models import OutboxEvent
from shop.inventory import services as inventory
from shop.inventory.models import StockLevel
from shop.inventory.querysets import available_by_variant
from shop.products.importing import running
from shop.products.models import Category, Product, SlugRedirect, Variant
from shop.products.tests.imports import DATA, counts, import_text, rows, run_import
from shop.products.tests.make import make_product
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db

HEADER = "handle,name,category,price,compare_at_price,sku,stock,option.size,image,tags\n"


def available(sku: str) -> int:
    variant = Variant.objects.get(sku=sku)
    return available_by_variant([variant.pk])[variant.pk]


def prices(product: Product) -> dict[str, Decimal]:
    """By sku, as shoppers see them."""
    return {
        v.sku: product.base_price if v.own_price is None else v.own_price
        for v in product.variants.all()
    }


def test_reads_a_shopify_export() -> None:
    assert run_import(DATA / "shopify.csv").counts == counts(created=3)

    jacket = Product.objects.get(slug="rain-jacket")
    assert (jacket.name, jacket.status, jacket.vendor.is_house) == ("Rain Jacket", "active", True)
    assert jacket.description == "<p>Dry in\nany rain.</p>"
    assert jacket.category.name == "Jackets"
    assert jacket.tags == ["Outdoor", "rain"]
    assert jacket.meta_title == "Rain jacket | Northwind"
    assert jacket.meta_description == "A jacket for rain."
    assert jacket.currency == "USD"
    assert (jacket.price, jacket.base_price, jacket.compare_at_price) == (89, 89, 119)
    variants = [
        (v.sku, v.options, v.own_price, v.compare_at_price, v.weight_grams, v.barcode)
        for v in jacket.variants.order_by("position")
    ]
    assert variants == [
        ("RJ-S-BLUE", {"size": "S", "color": "Blue"}, None, 119, 450, "0012345678905"),
        ("RJ-M-BLUE", {"size": "M", "color": "Blue"}, 95, 119, 470, ""),
        ("RJ-M-RED", {"size": "M", "color": "Red"}, None, None, 470, ""),
    ]
    assert [available(sku) for sku in ("RJ-S-BLUE", "RJ-M-BLUE", "RJ-M-RED")] == [5, 0, 2]
    pictures = [(i.remote_url[-10:], i.alt_text, i.is_main) for i in jacket.images.all()]
    assert pictures == [
        ("rain-1.jpg", "From the front", True),
        ("rain-2.jpg", "From behind", False),
        ("rain-3.jpg", "", False),
        ("n-blue.jpg", "", False),
        ("in-red.jpg", "", False),
    ]


def test_reads_what_shopify_leaves_blank() -> None:
    run_import(DATA / "shopify.csv")

    hat = Product.objects.get(slug="hat")
    assert hat.status == "draft"
    assert (hat.category.name, hat.category.slug) == ("Men", "men")
    assert hat.compare_at_price is None
    variant = hat.variants.get()
    assert (variant.sku, variant.options, variant.weight_grams) == ("hat", {}, None)
    socks = Product.objects.get(slug="wool-socks")
    assert (socks.status, socks.description) == ("inactive", "Warm &amp; soft")
    assert socks.variants.get().sku == "wool-socks.one-size"
    assert available("wool-socks.one-size") == 0


def test_reads_shopifys_newer_column_names(tmp_path: Path) -> None:
    text = (
        "Title,URL handle,Option1 name,Option1 value,SKU,Price,Compare-at price,"
        "Inventory quantity,Product image URL,Status\n"
        "Cup,cup,,,CUP-1,12.5,20,3,https://pictures.example/cup.jpg,Draft\n"
    )
    assert import_text(tmp_path, text).counts == counts(created=1)
    cup = Product.objects.get(slug="cup")
    assert (cup.price, cup.compare_at_price, cup.status) == (Decimal("12.5"), 20, "draft")
    assert (cup.images.count(), available("CUP-1")) == (1, 3)


def test_reads_nexus_csv() -> None:
    assert run_import(DATA / "nexus.csv").counts == counts(created=3)

    chair = Product.objects.get(slug="garden-chair")
    parent = chair.category.parent
    assert parent is not None
    assert (parent.name, chair.category.name, chair.category.slug) == (
        "Outdoor",
        "Chairs",
        "chairs",
    )
    assert Product.objects.get(slug="office-chair").category.slug == "office-chairs"
    assert chair.tags == ["oak", "garden"]
    assert chair.variants.get().weight_grams == 7500
    shirt = Product.objects.get(slug="t-shirt")
    assert prices(shirt) == {"TS-S-W": 15, "TS-M-W": 15, "TS-M-B": Decimal("17.50")}
    assert shirt.images.get().is_main


def test_reads_nexus_json() -> None:
    assert run_import(DATA / "nexus.jsonl").counts == counts(created=2)

    lamps = Category.objects.get(slug="home-lamps")
    assert lamps.parent == Category.objects.get(slug="home", parent=None)
    assert Category.objects.filter(slug="home-rugs", parent__slug="home").exists()
    amber = Product.objects.get(slug="amber-lamp")
    assert amber.category == lamps
    assert prices(amber) == {"P1-S": Decimal("19.99"), "P1-L": Decimal("24.99")}
    assert amber.variants.get(sku="P1-L").compare_at_price == Decimal("29.99")
    assert amber.variants.get(sku="P1-S").options == {"size": "S"}
    cobalt = Product.objects.get(slug="Cobalt_Lamp-2")
    assert (cobalt.status, cobalt.variants.get().options) == ("draft", {"color": "Cobalt"})


@pytest.mark.parametrize("name", ["shopify.csv", "nexus.csv", "nexus.jsonl"])
def test_changes_nothing_the_second_time(name: str) -> None:
    first = run_import(DATA / name)
    before = (rows(), list(Product.objects.values_list("slug", "updated_at").order_by("pk")))

    second = run_import(DATA / name)

    assert second.counts == counts(skipped=first.counts["created"])
    assert (
        rows(),
        list(Product.objects.values_list("slug", "updated_at").order_by("pk")),
    ) == before


def test_writes_nothing_in_a_dry_run() -> None:
    result = run_import(DATA / "shopify.csv", dry_run=True)

    assert result.counts == counts(created=3)
    assert result.lines[-1] == "Dry run: nothing was written."
    assert rows() == (0, 0, 0, 0)
    assert not OutboxEvent.objects.exists()
    assert not StockLevel.objects.exists()


def test_updates_what_differs(tmp_path: Path) -> None:
    import_text(tmp_path, HEADER + "mug,Mug,Kitchen,10,,MUG,5,,https://a.example/1.jpg,a\n")
    created = Product.objects.get()

    text = HEADER + "mug,Big Mug,Table,8,12,MUG,7,,https://a.example/2.jpg,\n"
    assert import_text(tmp_path, text).counts == counts(updated=1)

    mug = Product.objects.get()
    assert (mug.pk, mug.name, mug.category.name) == (created.pk, "Big Mug", "Table")
    assert (mug.price, mug.compare_at_price, available("MUG")) == (8, 12, 7)
    assert mug.tags == ["a"], "a blank cell keeps what was there"
    assert [image.remote_url for image in mug.images.all()] == ["https://a.example/2.jpg"]
    assert mug.updated_at > created.updated_at
    assert mug.created_at == created.created_at


def test_counts_a_change_of_stock_alone_as_an_update(tmp_path: Path) -> None:
    import_text(tmp_path, HEADER + "mug,Mug,Kitchen,10,,MUG,5,,,\n")
    variant = Variant.objects.get()
    inventory.reserve_stock(reference="order:1", quantities={variant.pk: 2})

    assert import_text(tmp_path, HEADER + "mug,Mug,,10,,MUG,5,,,\n").counts == counts(updated=1)

    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved, level.available) == (7, 2, 5)


def test_takes_the_same_number_of_statements_for_2_and_50_products(tmp_path: Path) -> None:
    def statements(number: int) -> int:
        lines = [f"p{number}-{i},P,Kitchen,10,,,5,,,\n" for i in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert import_text(tmp_path, HEADER + "".join(lines)).counts["created"] == number
        return len(captured)

    statements(1)  # makes the category
    assert statements(2) == statements(50)


def test_finds_a_product_by_its_sku_and_keeps_its_address(tmp_path: Path) -> None:
    import_text(tmp_path, HEADER + "mug,Mug,Kitchen,10,,MUG,5,,,\n")
    text = HEADER + "new-mug,New Mug,,10,,MUG,5,,,\n"
    assert import_text(tmp_path, text).counts == counts(updated=1)
    assert import_text(tmp_path, text).counts == counts(skipped=1)
    assert Product.objects.get().slug == "mug"


def test_finds_a_product_by_an_old_address(tmp_path: Path) -> None:
    product = make_product("Mug", slug="new-address")
    SlugRedirect.objects.create(slug="mug", product=product)
    text = HEADER + "mug,Mug 2,,10,,,5,,,\n"
    assert import_text(tmp_path, text).counts == counts(updated=1)
    assert Product.objects.get().slug == "new-address"
    assert Variant.objects.count() == 1, "the made sku found the variant by its options"


def test_keeps_variants_that_the_file_does_not_name(tmp_path: Path) -> None:
    import_text(tmp_path, HEADER + "tee,Tee,,10,,T-S,5,S,,\ntee,,,12,,T-M,5,M,,\n")

    assert import_text(tmp_path, HEADER + "tee,Tee,,11,,T-S,5,S,,\n").counts == counts(updated=1)

    tee = Product.objects.get()
    assert prices(tee) == {"T-S": 11, "T-M": 12}
    assert tee.price == 11
    assert tee.variants.filter(is_active=True).count() == 2


def test_stops_selling_without_a_size_what_comes_in_sizes_now(tmp_path: Path) -> None:
    import_text(tmp_path, HEADER + "tee,Tee,,10,,T,5,,,\n")
    import_text(tmp_path, HEADER + "tee,Tee,,12,,T-S,5,S,,\ntee,,,13,,T-M,5,M,,\n")
    tee = Product.objects.get()
    active = dict(tee.variants.values_list("sku", "is_active"))
    assert active == {"T": False, "T-S": True, "T-M": True}
    assert tee.price == 12


def test_lets_two_variants_swap_their_skus(tmp_path: Path) -> None:
    import_text(tmp_path, HEADER + "tee,Tee,,10,,A,5,S,,\ntee,,,10,,B,6,M,,\n")
    small = Variant.objects.get(sku="A")
    text = HEADER + "tee,Tee,,10,,B,5,S,,\ntee,,,10,,A,6,M,,\n"
    assert import_text(tmp_path, text).counts == counts(updated=1)
    small.refresh_from_db()
    assert (small.sku, small.size, available("A"), available("B")) == ("A", "M", 6, 5)


def test_keeps_a_merchants_own_sku_where_the_file_has_none(tmp_path: Path) -> None:
    text = HEADER + "tee,Tee,,10,,,5,S,,\n"
    import_text(tmp_path, text)
    Variant.objects.update(sku="MY-OWN")
    assert import_text(tmp_path, text).counts == counts(skipped=1)
    assert Variant.objects.get().sku == "MY-OWN"


def test_leaves_pictures_of_the_shops_own_alone(tmp_path: Path) -> None:
    product = make_product("Mug", slug="mug")
    product.images.create(file="productimage/a.png", is_main=True)
    import_text(tmp_path, HEADER + "mug,Mug,,10,,,5,,https://a.example/1.jpg,\n")
    assert [image.file.name for image in product.images.all()] == ["productimage/a.png"]


def test_gives_the_goods_to_the_vendor(tmp_path: Path) -> None:
    vendor = make_vendor("Northwind")
    run_import(DATA / "shopify.csv", vendor=vendor.slug)
    assert set(Product.objects.values_list("vendor", flat=True)) == {vendor.pk}


def test_refuses_an_unknown_vendor() -> None:
    result = run_import(DATA / "shopify.csv", vendor="nobody")
    assert result.error == "There is no vendor with the slug 'nobody'."
    assert rows() == (0, 0, 0, 0)


def test_tells_the_other_apps(tmp_path: Path) -> None:
    text = HEADER + "mug,Mug,Kitchen,10,,MUG,5,,,\n"
    import_text(tmp_path, text)
    import_text(tmp_path, text)
    import_text(tmp_path, text.replace(",10,", ",11,"))
    names = list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["category.changed", "product.created", "product.updated"]


def test_finds_a_category_again_after_it_was_moved(tmp_path: Path) -> None:
    text = HEADER + "mug,Mug,Kitchen,10,,MUG,5,,,\n"
    import_text(tmp_path, text)
    home = Category.objects.create(name="Home", slug="home")
    Category.objects.filter(slug="kitchen").update(parent=home)
    assert import_text(tmp_path, text).counts == counts(skipped=1)
    assert Category.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("many", "is_tidy"), [(1, True), (2, False)])
def test_tidies_the_tables_after_many_products(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int, is_tidy: bool
) -> None:
    monkeypatch.setattr(running, "MANY", many)
    before = vacuums()
    assert import_text(tmp_path, f"{HEADER}lamp,Lamp,,5,,L,3,,,\n").counts == counts(created=1)
    assert vacuums() == [count + is_tidy for count in before]


def vacuums() -> list[int]:
    """How often each table that an import writes was vacuumed by hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = ANY(%s) ORDER BY relname",
            [["products_product", "products_variant", "inventory_stocklevel"]],
        )
        return [count for (count,) in cursor.fetchall()]

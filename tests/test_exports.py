"""GET …/export/ of products, orders and customers: what is in the files, and what is not."""

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.services import erase_user
from shop.accounts.tests.make import make_staff, make_user
from shop.core import exports
from shop.inventory import services as inventory
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments.tests.make import make_payment, pay
from shop.products import services as products
from shop.products.models import Product, ProductImage, Variant
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import client_of, codes

pytestmark = pytest.mark.django_db

PRODUCTS, ORDERS, CUSTOMERS = (
    f"/api/store/{name}/export/" for name in ("products", "orders", "customers")
)
OWN_PRODUCTS, OWN_ORDERS = (f"/api/vendor/{name}/export/" for name in ("products", "orders"))
SHEETS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
CATALOG = Path(__file__).parent.parent / "shop" / "products" / "tests" / "data" / "nexus.csv"

Rows = list[dict[str, str]]


@pytest.fixture
def staff() -> APIClient:
    return client_of(User.objects.create_superuser("boss@example.test", "x", username="boss"))


@pytest.fixture
def vases() -> Vendor:
    return make_vendor("Vera's vases")


def fetched(client: APIClient, path: str, **query: str) -> bytes:
    response: Any = client.get(path, query)
    assert response.status_code == 200, response.getvalue()
    content: bytes = response.getvalue()
    assert int(response["Content-Length"]) == len(content)
    return content


def table(client: APIClient, path: str, **query: str) -> Rows:
    text = fetched(client, path, **query).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def objects(client: APIClient, path: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(fetched(client, path, file_format="json", **query))
    return found


def workbook(content: bytes) -> list[list[tuple[str, str]]]:
    """Kind and text of each cell, line by line: "n" are numbers, "inlineStr" texts."""
    book = zipfile.ZipFile(io.BytesIO(content))
    root = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not root.findall(".//s:f", SHEETS), "a formula"
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.findall("s:c", SHEETS)]
        for row in root.findall(".//s:row", SHEETS)
    ]


def columns_of(rows: Rows, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


# --- Products ---------------------------------------------------------------------------


def test_of_products_a_line_for_each_variant(staff: APIClient) -> None:
    shirts = make_category("Shirts", parent=make_category("Fashion"))
    make_product("Shirt", category=shirts, sizes=["S", "M"], price="49.00", stock=8)
    make_product("Mug", category=shirts, status=Product.Status.DRAFT, price="5.00")
    rows = table(staff, PRODUCTS)
    shown = columns_of(rows, "handle", "category", "option.size", "price", "stock", "status")
    assert shown == [
        ("shirt", "Fashion > Shirts", "S", "49.00", "8", "active"),
        ("shirt", "", "M", "49.00", "8", ""),
        ("mug", "Fashion > Shirts", "", "5.00", "10", "draft"),
    ]
    assert rows[0]["currency"] == "USD"
    assert rows[0]["created_at"].endswith("Z")


def test_products_can_be_imported_again(
    staff: APIClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_products", str(CATALOG))
    risky = make_product('=HYPERLINK("x")', category=make_category("+1"), price="5.00")
    products.update_product(
        product=risky, changes={"sku": "-1", "compare_at_price": Decimal("7.00")}
    )
    for number in range(3):
        products.add_image(product=risky, remote_url=f"https://cdn.example.com/{number}.jpg")
    first = fetched(staff, PRODUCTS)
    before = _catalog()
    (tmp_path / "products.csv").write_bytes(first)
    capsys.readouterr()
    call_command("import_products", str(tmp_path / "products.csv"))
    said = capsys.readouterr().out
    assert "refused         0" in said, said
    assert _catalog() == before
    call_command("import_products", str(tmp_path / "products.csv"))
    assert "skipped         4" in capsys.readouterr().out


def _catalog() -> list[Any]:
    # A product's own price before is, after an import, also that of its cheapest variant.
    goods = ("slug", "name", "category__slug", "description", "status", "price", "tags")
    variants = ("sku", "options", "own_price", "barcode", "weight_grams", "stock_levels__on_hand")
    return [
        *Product.objects.order_by("slug").values(*goods, "compare_at_price", "meta_title"),
        *Variant.objects.order_by("sku").values(*variants),
        *ProductImage.objects.order_by("remote_url").values("remote_url", "alt_text", "is_main"),
    ]


def test_no_cell_is_a_formula(staff: APIClient) -> None:
    make_product("=1+1", slug="evil")
    assert table(staff, PRODUCTS)[0]["name"] == "'=1+1"
    lines = workbook(fetched(staff, PRODUCTS, file_format="xlsx"))
    assert ("inlineStr", "=1+1") in lines[1]
    assert objects(staff, PRODUCTS)[0]["name"] == "=1+1"


def test_the_workbook_has_numbers_and_texts(staff: APIClient) -> None:
    product = make_product("Mug", price="5.50", stock=3)
    header, line = workbook(fetched(staff, PRODUCTS, file_format="xlsx"))
    assert [text for _, text in header][:5] == [
        *("handle", "name", "category", "description", "price")
    ]
    assert {("n", "5.50"), ("n", "3"), ("n", str(product.pk)), ("inlineStr", "mug")} <= set(line)


def test_the_workbook_says_that_a_long_text_is_cut(staff: APIClient) -> None:
    make_product("Book", description="x" * 40_000)
    _, line = workbook(fetched(staff, PRODUCTS, file_format="xlsx"))
    (long,) = [text for _, text in line if len(text) > 1000]
    assert len(long) == 32_767
    assert long.endswith("(more in CSV and JSON)")


def test_json_has_products_whole(staff: APIClient) -> None:
    product = make_product("Shirt", sizes=["S", "M"], stock=4)
    harbor = inventory.create_warehouse(name="Harbor", code="harbor")
    small = product.variants.get(options={"size": "S"})
    inventory.receive_stock(variant_id=small.pk, quantity=2, warehouse=harbor)
    (shirt,) = objects(staff, PRODUCTS)
    assert [(v["sku"], v["stock"], v["available"]) for v in shirt["variants"]] == [
        (small.sku, 4, 6),
        (product.variants.get(options={"size": "M"}).sku, 4, 4),
    ]
    assert (shirt["slug"], shirt["price"], shirt["currency"]) == ("shirt", "10.00", "USD")


def test_of_nothing_a_file_with_nothing(staff: APIClient) -> None:
    assert table(staff, PRODUCTS) == []
    assert objects(staff, PRODUCTS) == []
    assert len(workbook(fetched(staff, PRODUCTS, file_format="xlsx"))) == 1


def test_products_are_filtered_as_in_their_list(staff: APIClient) -> None:
    mugs = make_category("Mugs")
    make_product("Cheap", category=mugs, price="1.00")
    make_product("Dear", category=mugs, price="100.00", status=Product.Status.INACTIVE)
    make_product("Shirt", price="50.00")

    def names(**query: str) -> list[str]:
        return [row["name"] for row in table(staff, PRODUCTS, **query)]

    assert names(category="mugs") == ["Cheap", "Dear"]
    assert names(min_price="20") == ["Dear", "Shirt"]
    assert names(status="inactive") == ["Dear"]
    assert names(search="shirt") == ["Shirt"]
    for query in ({"min_price": "x"}, {"category": "none"}, {"file_format": "pdf"}):
        response = staff.get(PRODUCTS, query)
        assert (response.status_code, len(codes(response))) == (400, 1)


def test_reads_in_batches_whose_statements_do_not_grow(
    staff: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    category = make_category()
    counts = []
    for _ in range(2):
        for _ in range(10):
            make_product(category=category, sizes=["S", "M"])
        with CaptureQueriesContext(connection) as captured:
            assert len(table(staff, PRODUCTS)) in (20, 40)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    whole = fetched(staff, PRODUCTS)
    for module in ("shop.products.exporting", "shop.orders.exporting"):
        monkeypatch.setattr(f"{module}.BATCH", 3)
    assert fetched(staff, PRODUCTS) == whole


def test_an_outage_in_the_middle_is_no_file(
    staff: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product(), make_product()
    read = exports.Export.objects

    def break_off(export: exports.Export) -> Any:
        yield next(read(export))
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(exports.Export, "objects", break_off)
    for file_format in exports.MEDIA_TYPES:
        response = staff.get(PRODUCTS, {"file_format": file_format})
        assert (response.status_code, codes(response)) == (503, ["service_unavailable"])
        assert "Content-Disposition" not in response


def test_is_called_after_what_it_holds_and_the_day(staff: APIClient) -> None:
    today = f"{timezone.now():%Y-%m-%d}"
    for file_format, media_type in exports.MEDIA_TYPES.items():
        response: Any = staff.get(CUSTOMERS, {"file_format": file_format})
        name = f'attachment; filename="customers-{today}.{file_format}"'
        assert response["Content-Disposition"] == name
        assert response["Content-Type"].split(";")[0] == media_type
        assert response.getvalue()


# --- Orders and customers ---------------------------------------------------------------


def test_of_orders_a_line_each(staff: APIClient) -> None:
    alice = make_user("alice@example.test")
    mug = make_product("Mug", price="5.00").variants.get()
    order = make_order(alice, variants=[mug])
    pay(order)
    make_order(alice, variants=[mug])
    Order.objects.filter(pk=order.pk).update(shipping_address={"city": "Rome", "country": "IT"})
    (paid,) = table(staff, ORDERS, status="paid")
    assert columns_of([paid], "number", "status", "customer_email", "total_price", "currency") == [
        (order.number, "PAID", "alice@example.test", str(order.total_price), "USD")
    ]
    quantity = order.items.get().quantity
    assert (paid["items"], paid["quantity"]) == (f"{quantity} x {mug.sku}", str(quantity))
    assert paid["paid_at"].endswith("Z")
    assert (paid["to_city"], paid["to_country"]) == ("Rome", "IT")
    oldest_first = [row["number"] for row in objects(staff, ORDERS)]
    assert oldest_first == list(Order.objects.order_by("pk").values_list("number", flat=True))


def test_orders_of_a_time(staff: APIClient) -> None:
    mug = make_product().variants.get()
    early, late = (make_order(make_user(), variants=[mug]) for _ in range(2))
    Order.objects.filter(pk=early.pk).update(placed_at="2026-01-31T12:00:00Z")
    between = {"placed_after": "2026-01-31T12:00:00Z", "placed_before": "2026-02-01T00:00:00Z"}
    assert [row["number"] for row in table(staff, ORDERS, **between)] == [early.number]
    after = table(staff, ORDERS, placed_after=between["placed_before"])
    assert [row["number"] for row in after] == [late.number]
    assert staff.get(ORDERS, {"placed_after": "yesterday"}).status_code == 400


def test_of_customers_nothing_that_opens_an_account(staff: APIClient) -> None:
    ada = make_user("ada@example.test", first_name="Ada", phone_number="+442079460000")
    gone = make_user("gone@example.test")
    erase_user(user=gone)
    make_staff("support", email="sam@example.test")
    (row,) = table(staff, CUSTOMERS)
    assert list(row) == [
        *("id", "email", "first_name", "last_name", "phone_number", "is_verified", "is_active"),
        "date_joined",
    ]
    assert (row["email"], row["phone_number"]) == ("ada@example.test", "'+442079460000")
    assert ada.password.encode() not in fetched(staff, CUSTOMERS, file_format="json")
    User.objects.filter(pk=ada.pk).update(date_joined="2020-01-01T00:00:00Z")
    assert table(staff, CUSTOMERS, joined_after="2021-01-01T00:00:00Z") == []
    assert len(table(staff, CUSTOMERS, joined_before="2021-01-01T00:00:00Z")) == 1


# --- Sellers, and who may ---------------------------------------------------------------


def test_sellers_export_their_own_only(vases: Vendor) -> None:
    vase = make_product("Vase", vendor=vases, price="30.00")
    coat = make_product("Coat", price="90.00")
    order = make_order(make_user(), variants=[vase.variants.get(), coat.variants.get()])
    make_order(make_user(), variants=[coat.variants.get()])
    make_payment(order)
    vera = client_of(make_seller(vases))
    assert [row["handle"] for row in table(vera, OWN_PRODUCTS)] == ["vase"]
    (part,) = objects(vera, OWN_ORDERS)
    assert part["number"] == order.parts.get(vendor=vases).number
    assert [item["product_name"] for item in part["items"]] == ["Vase"]
    for path in (OWN_PRODUCTS, OWN_ORDERS):
        for file_format in ("csv", "json"):
            content = fetched(vera, path, file_format=file_format)
            for word in (b"Coat", b"coat", b"payment", b"provider", order.user.email.encode()):
                assert word not in content
    (line,) = table(vera, OWN_ORDERS)
    assert line["order_number"] == order.number


def test_refuses_whom_it_should(vases: Vendor) -> None:
    support = make_staff("support")
    seeing_no_users = make_staff("catalog managers")
    finn = make_seller(vases, VendorMember.Role.FULFILLER)
    for user, path, status in (
        (None, PRODUCTS, 401),
        (make_user(), PRODUCTS, 403),
        (make_seller(vases), ORDERS, 403),
        (support, CUSTOMERS, 200),
        (seeing_no_users, CUSTOMERS, 403),
        (make_staff(), ORDERS, 403),
        (finn, OWN_PRODUCTS, 403),
        (finn, OWN_ORDERS, 200),
        (make_user(), OWN_ORDERS, 403),
    ):
        response: Any = client_of(user).get(path)
        assert (response.status_code, bool(response.getvalue())) == (status, True), (user, path)

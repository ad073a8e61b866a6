"""POST /api/vendor/import/: the importer, held to the goods of one vendor."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.core.locks import number_of
from shop.inventory.models import StockMovement
from shop.products.importing import pictures, running
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/vendor/import/"
HEADER = "handle,name,price,sku,stock,category,status,image"


@pytest.fixture
def vendor() -> Vendor:
    make_category("Pots")
    return make_vendor("Vera")


@pytest.fixture
def vera(vendor: Vendor) -> User:
    return make_seller(vendor)


@pytest.fixture
def client(vera: User) -> APIClient:
    return client_of(vera)


def send(client: APIClient, text: str | bytes, **fields: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    key = fields.pop("key", None)
    headers = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
    sent = {"file": SimpleUploadedFile("goods.csv", content), **fields}
    return client.post(URL, sent, format="multipart", **headers)


def csv(*rows: str) -> str:
    return "\n".join([HEADER, *rows])


def counts(response: Any) -> tuple[int, int, int, int]:
    assert response.status_code == 200, response.content
    answer = body(response)
    return answer["created"], answer["updated"], answer["skipped"], answer["refused"]


def reasons(response: Any) -> dict[int, str]:
    return {problem["line"]: problem["reason"] for problem in body(response)["problems"]}


def test_imports_a_csv_as_goods_of_the_acting_vendor(
    client: APIClient, vendor: Vendor, vera: User
) -> None:
    text = csv("pot,Pot,9.90,POT,7,Pots,,", "jar,Jar,-1,JAR,1,Pots,,")
    response = send(client, text)
    assert body(response) == {
        "format": "nexus-csv",
        "dry_run": False,
        "created": 1,
        "updated": 0,
        "skipped": 0,
        "refused": 1,
        "problems": [{"line": 3, "handle": "jar", "reason": "the price '-1' is negative"}],
    }
    product = Product.objects.get()
    assert (product.vendor, product.status, product.category.slug) == (vendor, "active", "pots")
    movement = StockMovement.objects.get()
    assert (movement.quantity, movement.actor) == (7, vera)
    assert counts(send(client, text)) == (0, 0, 1, 1)
    assert counts(send(client, csv("pot,Pot,8.00,POT,7,Pots,,"))) == (0, 1, 0, 0)


def test_imports_what_shopify_and_the_bench_write(client: APIClient, vendor: Vendor) -> None:
    shopify = (
        "Handle,Title,Option1 Name,Option1 Value,Variant Price,Type\n"
        "shirt,Shirt,Size,M,5.00,pots\nshirt,,,L,5.00,\n"
    )
    assert counts(send(client, shopify)) == (1, 0, 0, 0)
    lines = [
        {"kind": "category", "id": 1, "name": "Pots", "slug": "pots"},
        {"kind": "category", "id": 2, "name": "New", "slug": "new"},
        *(
            {"kind": "product", "name": name, "category": key, "variants": [{"price_cents": 100}]}
            for name, key in (("Bowl", 1), ("Cup", 2))
        ),
    ]
    response = send(client, "\n".join(map(json.dumps, lines)), format="nexus-json")
    assert counts(response) == (1, 0, 0, 1)
    assert reasons(response) == {4: "the shop has no category 'New'"}
    assert set(Product.objects.values_list("name", "vendor")) == {
        ("Shirt", vendor.pk),
        ("Bowl", vendor.pk),
    }


def test_makes_no_categories(client: APIClient) -> None:
    text = csv("a,A,1,A,1,Pots > Large,,", "b,B,1,B,1,Unheard of,,", "c,C,1,C,1,,,")
    response = send(client, text)
    assert reasons(response) == {
        2: "the shop has no category 'Pots > Large'",
        3: "the shop has no category 'Unheard of'",
        4: "the shop has no category 'Uncategorized'",
    }
    assert list(Category.objects.values_list("slug", flat=True)) == ["pots"]


def test_puts_what_has_no_category_where_the_seller_says(client: APIClient) -> None:
    make_category("Vases")
    text = csv("a,A,1,A,1,Unheard of,,", "b,B,1,B,1,,,", "c,C,1,C,1,Vases,,")
    assert counts(send(client, text, category="pots")) == (3, 0, 0, 0)
    places = dict(Product.objects.values_list("slug", "category__slug"))
    assert places == {"a": "pots", "b": "pots", "c": "vases"}
    # Staff filed one elsewhere: it stays there.
    Product.objects.filter(slug="a").update(category=Category.objects.get(slug="vases"))
    assert counts(send(client, text, category="pots")) == (0, 0, 3, 0)
    assert send(client, text, category="none").status_code == 400


def test_never_touches_goods_of_others_nor_says_what_they_are(client: APIClient) -> None:
    secret = make_product("Secret", vendor=make_vendor("Other"), status=Product.Status.DRAFT)
    (variant,) = secret.variants.all()
    secret.old_slugs.create(slug="once")
    before = list(Product.objects.values()), list(Variant.objects.values())
    mine = make_product("Mine", slug="mine", vendor=Vendor.objects.get(name="Vera"))
    rows = [
        f"{secret.slug},Mine,1,X1,1,Pots,,",
        "once,Mine,1,X2,1,Pots,,",
        f"new,Mine,1,{variant.sku},1,Pots,,",
        f"mine,Mine,1,{variant.sku},1,Pots,,",
    ]
    response = send(client, csv(*rows))
    assert counts(response) == (0, 0, 0, 4)
    taken = "its handle or one of its skus is taken"
    assert reasons(response) == {
        2: taken,
        3: taken,
        4: f"the sku '{variant.sku}' is taken",
        5: f"the sku '{variant.sku}' stands on line 4 already",
    }
    assert reasons(send(client, csv(rows[2]))) == {2: taken}
    assert reasons(send(client, csv(rows[3]))) == {2: f"the sku '{variant.sku}' is taken"}
    two_owners = (
        "handle,name,price,sku,option.size\n"
        f"both,Both,1,{variant.sku},S\nboth,,1,{mine.variants.get().sku},M\n"
    )
    assert reasons(send(client, two_owners)) == {2: "one of its skus is taken"}
    others = Product.objects.exclude(pk=mine.pk), Variant.objects.exclude(product=mine)
    assert tuple(list(rows.values()) for rows in others) == before


def test_tries_all_and_writes_nothing_in_a_dry_run(client: APIClient) -> None:
    response = send(client, csv("pot,Pot,9.90,POT,7,Pots,,"), dry_run="true")
    assert counts(response) == (1, 0, 0, 0)
    assert body(response)["dry_run"]
    assert not Product.objects.exists()


def test_holds_back_what_needs_approval(client: APIClient, vendor: Vendor) -> None:
    vendor.products_need_approval = True
    vendor.save()
    sold = make_product("Sold", slug="sold", vendor=vendor)
    text = csv(
        "a,A,1,A,1,Pots,,",
        "b,B,1,B,1,Pots,active,",
        "c,C,1,C,1,Pots,draft,",
        f"sold,Sold,10,{sold.variants.get().sku},10,,active,",
    )
    assert counts(send(client, text)) == (3, 0, 1, 0)
    found = dict(Product.objects.values_list("slug", "status"))
    assert found == {"a": "draft", "b": "draft", "c": "draft", "sold": "active"}
    waiting = Product.objects.filter(submitted_at__isnull=False).order_by("slug")
    assert list(waiting.values_list("slug", flat=True)) == ["a", "b"]
    assert counts(send(client, text)) == (0, 0, 4, 0)


def test_fetches_no_pictures(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "fetch", None)
    monkeypatch.setattr("socket.socket.connect", None)
    address = "http://169.254.169.254/latest/a.png"
    assert counts(send(client, csv(f"pot,Pot,1,POT,1,Pots,,{address}"))) == (1, 0, 0, 0)
    image = ProductImage.objects.get()
    assert (image.remote_url, image.file.name) == (address, "")


def test_refuses_more_than_fits_into_a_request(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MAX_PRODUCTS", 2)
    rows = [f"p{number},P,1,S{number},1,Pots,," for number in range(3)]
    assert counts(send(client, csv(*rows[:2]))) == (2, 0, 0, 0)
    response = send(client, csv(*rows))
    assert (response.status_code, codes(response)) == (400, ["import_too_large"])
    assert "Split the file" in body(response)["errors"][0]["detail"]
    monkeypatch.setattr(running, "MAX_VARIANTS", 1)
    assert codes(send(client, csv(*rows[:2]))) == ["import_too_large"]
    assert Product.objects.count() == 2


@pytest.mark.parametrize(
    "content",
    [b" ", b"a,b\n1,2\n", HEADER.encode(), b"{", b"\xff\xfe\x00", b'handle,name,price\n"', b"\0"],
)
def test_refuses_what_is_no_catalogue(client: APIClient, content: bytes) -> None:
    response = send(client, content)
    assert (response.status_code, codes(response)) == (400, ["file_not_acceptable"])
    assert body(response)["errors"][0]["attr"] == "file"


def test_refuses_a_request_without_a_file(client: APIClient) -> None:
    assert client.post(URL, {}, format="multipart").status_code == 400
    assert client.post(URL, {"file": "text"}, format="multipart").status_code == 400
    assert send(client, b"").status_code == 400
    assert send(client, csv(), format="xml").status_code == 400
    assert client.post(URL, {"file": "text"}).status_code == 415
    assert send(client, b"x" * 9_100_000).status_code == 413


def test_repeats_its_answer_for_one_key(client: APIClient) -> None:
    text = csv("pot,Pot,9.90,POT,7,Pots,,")
    first, again = (send(client, text, key="k") for _ in range(2))
    assert counts(first) == counts(again) == (1, 0, 0, 0)
    assert again["Idempotent-Replayed"] == "true"
    other = send(client, csv("jar,Jar,1,JAR,1,Pots,,"), key="k")
    assert codes(other) == ["idempotency_key_reused"]
    assert Product.objects.count() == 1


def test_is_for_managers_of_a_vendor_that_is_not_suspended(
    client: APIClient, vendor: Vendor
) -> None:
    text = csv("pot,Pot,9.90,POT,7,Pots,,")
    fulfiller = client_of(make_seller(vendor, VendorMember.Role.FULFILLER))
    assert codes(send(fulfiller, text)) == ["role_too_low"]
    assert send(client_of(), text).status_code == 401
    Vendor.objects.filter(pk=vendor.pk).update(status=Vendor.Status.SUSPENDED)
    assert codes(send(client, text)) == ["vendor_suspended"]
    assert not Product.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_runs_once_at_a_time_for_a_vendor_and_beside_those_of_others() -> None:
    make_category("Pots")
    vendor = make_vendor()
    client, text = client_of(make_seller(vendor)), csv("pot,Pot,9.90,POT,7,Pots,,")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            for name in (running.LOCK, f"{running.LOCK} {vendor.pk + 1}"):
                cursor.execute("SELECT pg_advisory_lock(%s)", [number_of(name)])
            assert counts(send(client, text)) == (1, 0, 0, 0)
            name = f"{running.LOCK} {vendor.pk}"
            cursor.execute("SELECT pg_advisory_lock(%s)", [number_of(name)])
            response = send(client, text)
    finally:
        other.close()
    assert (response.status_code, codes(response)) == (409, ["import_running"])
    assert response["Retry-After"]

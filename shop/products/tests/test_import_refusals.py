"""manage.py import_products: one product is refused, the others go on, and the exit code is 1."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from django.db import IntegrityError, OperationalError

from shop.products.importing import writing
from shop.products.models import Product, Variant
from shop.products.tests.imports import counts, import_text, rows
from shop.products.tests.make import make_product
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db

HEADER = "handle,name,price,sku,stock,option.size,option.a,option.b,option.c,image,tags,category\n"
GOOD = "good,Good,5,GOOD,1,,,,,,,\n"
TWINS = [{"price_cents": 5, "sku": "A", "size": size} for size in ("S", "M")]


def csv_of(*lines: str) -> str:
    return HEADER + GOOD + "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("bad,Bad,-5,B,1,,,,,,,", "the price '-5' is negative"),
        ("bad,Bad,1e400,B,1,,,,,,,", "the price '1e400' is not a number like 1234.50"),
        ('bad,Bad,"1,50",B,1,,,,,,,', "the price '1,50' is not a number like 1234.50"),
        ("bad,Bad,NaN,B,1,,,,,,,", "the price 'NaN' is not a number like 1234.50"),
        (
            "bad,Bad,99999999999,B,1,,,,,,,",
            "the price '99999999999' is larger than 999,999,999.999",
        ),
        ("bad,Bad,1.999,B,1,,,,,,,", "the price 1.999 has more decimals than USD (0.01)"),
        ("bad,Bad,,B,1,,,,,,,", "the price is missing"),
        ("bad,,5,B,1,,,,,,,", "the title is missing"),
        ("bad,Bad,5,B,-1,,,,,,,", "the stock '-1' is negative"),
        ("bad,Bad,5,B,9223372036854775808,,,,,,,", "is larger than 1,000,000,000"),
        ("bad,Bad,5,B,many,,,,,,,", "the stock 'many' is not a whole number"),
        ("bad,Bad,5,B,1,S,x,y,z,,,", "At most 3 options are possible"),
        (f"bad,{'x' * 201},5,B,1,,,,,,,", "the title has 201 characters; 200 are possible"),
        ("bad,B\0ad,5,B,1,,,,,,,", "the title contains a NUL character"),
        (f"bad,Bad,5,{'x' * 101},1,,,,,,,", "the sku has 101 characters; 100 are possible"),
        (f"bad,Bad,5,B,1,,,,,,{'x' * 51},", "the tag has 51 characters; 50 are possible"),
        ("bad,Bad,5,B,1,,,,,ftp://a.example/1.jpg,,", "is not an http or https address"),
        ("bad,Bad,5,B,1,,,,,javascript:alert(1),,", "is not an http or https address"),
        ("2024,Bad,5,B,1,,,,,,,", "the handle '2024' is all digits"),
        ("日本,Bad,5,B,1,,,,,,,", "the handle has no letter a-z or digit"),
        (",Bad,5,B,1,,,,,,,", "the handle is missing"),
        ("bad,Bad,5,B,1,,,,,,,A > > B", "the category 'A > > B' has an empty step"),
        ("bad,Bad,5,GOOD,1,,,,,,,", "the sku 'GOOD' stands on line 2 already"),
    ],
)
def test_names_the_line_and_the_reason(tmp_path: Path, line: str, reason: str) -> None:
    result = import_text(tmp_path, csv_of(line))

    assert result.counts == counts(created=1, refused=1)
    assert reason in result.refusals[3]
    assert result.error == "1 of the file's products were refused."
    assert list(Product.objects.values_list("slug", flat=True)) == ["good"]


def test_refuses_all_of_a_product_for_one_bad_variant(tmp_path: Path) -> None:
    result = import_text(
        tmp_path, csv_of("tee,Tee,5,T-S,1,S,,,,,,", "tee,,-1,T-M,1,M,,,,,,", "mug,Mug,5,M,1,,,,,,,")
    )
    assert result.counts == counts(created=2, refused=1)
    assert result.refusals == {4: "the price '-1' is negative"}
    assert not Variant.objects.filter(sku__startswith="T-").exists()


def test_refuses_the_same_options_twice(tmp_path: Path) -> None:
    result = import_text(tmp_path, csv_of("tee,Tee,5,A,1,S,,,,,,", "tee,,5,B,1,S,,,,,,"))
    assert result.refusals == {4: "the variant with 'S' stands on line 3 already"}


def test_refuses_a_handle_that_comes_back_later(tmp_path: Path) -> None:
    result = import_text(tmp_path, csv_of("mug,Mug,5,M,1,,,,,,,", "good,Good,6,G2,1,,,,,,,"))
    assert result.refusals == {4: "this handle began on line 2; its rows must stand together"}


def test_refuses_the_handle_of_another_vendors_product(tmp_path: Path) -> None:
    make_product("Bad", slug="bad", vendor=make_vendor("Northwind"))
    result = import_text(tmp_path, csv_of("bad,Bad,5,B,1,,,,,,,"))
    assert result.refusals == {3: "'bad' is a product of the vendor 'northwind'"}


def test_refuses_the_sku_of_another_product(tmp_path: Path) -> None:
    import_text(tmp_path, csv_of("mug,Mug,5,MUG,1,,,,,,,", "cup,Cup,5,CUP,1,,,,,,,"))
    result = import_text(tmp_path, csv_of("cup,Cup,5,MUG,1,,,,,,,"))
    assert result.refusals == {3: "the sku 'MUG' belongs to the product 'mug'"}


def test_refuses_skus_of_several_products(tmp_path: Path) -> None:
    import_text(tmp_path, csv_of("mug,Mug,5,MUG,1,,,,,,,", "cup,Cup,5,CUP,1,,,,,,,"))
    result = import_text(tmp_path, csv_of("set,Set,5,MUG,1,S,,,,,,", "set,,5,CUP,1,M,,,,,,"))
    assert result.refusals == {3: "its skus belong to several products: 'cup' and 'mug'"}


def test_refuses_to_lead_a_sku_away_from_a_product_of_the_same_file(tmp_path: Path) -> None:
    import_text(tmp_path, csv_of("mug,Mug,5,MUG,1,,,,,,,"))
    result = import_text(tmp_path, csv_of("cup,Cup,5,MUG,1,,,,,,,", "mug,Mug,5,MUG-2,1,,,,,,,"))
    assert result.counts == counts(updated=1, skipped=1, refused=1)
    assert result.refusals == {3: "the sku 'MUG' belongs to the product 'mug'"}


def test_finds_the_one_product_that_the_database_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = writing._apply

    def refuse_one(changes: Sequence[Any], *rest: Any) -> None:
        apply(changes, *rest)
        if any(change.product.slug == "p13" for change in changes):
            raise IntegrityError("not this one")

    monkeypatch.setattr(writing, "_apply", refuse_one)
    lines = [f"p{number},P,5,,1,,,,,,,C{number}" for number in range(20)]
    result = import_text(tmp_path, csv_of(*lines))

    assert result.counts == counts(created=20, refused=1)
    assert result.refusals == {16: "the database refuses it: not this one"}
    assert rows() == (20, 20, 20, 0), "and nothing of it stays, not even its category"


def test_tries_again_after_a_deadlock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apply, attempts = writing._apply, []

    def refuse_twice(changes: Sequence[Any], *rest: Any) -> None:
        attempts.append(len(changes))
        if len(attempts) < 3:
            raise OperationalError from psycopg.errors.DeadlockDetected()
        apply(changes, *rest)

    monkeypatch.setattr(writing, "_apply", refuse_twice)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert import_text(tmp_path, csv_of()).counts == counts(created=1)
    assert attempts == [1, 1, 1]


def test_ends_when_the_database_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(changes: Sequence[Any], *rest: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(writing, "_apply", fail)
    result = import_text(tmp_path, csv_of())
    assert result.error == "The database stopped answering: server closed the connection"
    assert result.counts == counts()
    assert rows() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"category": 9}, "there is no category '9' in the file"),
        ({"category": [1]}, "there is no category '[1]' in the file"),
        ({"name": 5}, "name is not a text"),
        ({"name": None}, "the title is missing"),
        ({"slug": "123"}, "the handle '123' is all digits"),
        ({"variants": []}, "there is no variant"),
        ({"variants": [5]}, "variants is not a list of objects"),
        ({"variants": [{"price_cents": "5"}]}, "price_cents is not a whole number"),
        ({"variants": [{"price_cents": True}]}, "price_cents is not a whole number"),
        ({"variants": [{"price_cents": 5.5}]}, "price_cents is not a whole number"),
        ({"variants": [{"price_cents": -5}]}, "the price '-0.05' is negative"),
        ({"variants": [{"price_cents": 2**63}]}, "is larger than 999,999,999.999"),
        ({"variants": [{"price_cents": 5, "options": {"size": 5}}]}, "options are texts"),
        ({"variants": TWINS}, "the sku 'A' stands on this line already"),
        ({"variants": [{"price_cents": 5}] * 2}, "the variant with 'no options' stands on"),
        ({"tags": "a"}, "tags is not a list"),
        ({"status": "sold"}, "the status 'sold' is unknown"),
        ({"images": [{"url": "/local.png"}]}, "is not an http or https address"),
        ({"description": "x" * 50_001}, "the description has 50001 characters"),
    ],
)
def test_refuses_a_bad_json_product(tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    category = {"kind": "category", "id": 1, "parent": None, "name": "A", "slug": "a"}
    good = {
        "kind": "product",
        "category": 1,
        "name": "Good",
        "variants": [{"sku": "G", "price_cents": 100}],
    }
    bad = good | {"name": "Bad", "variants": [{"sku": "B", "price_cents": 100}]} | fields
    text = "\n".join(orjson.dumps(entry).decode() for entry in (category, good, bad))

    result = import_text(tmp_path, text, name="catalogue.jsonl")

    assert result.counts == counts(created=1, refused=1)
    assert reason in result.refusals[3]
    assert list(Product.objects.values_list("slug", flat=True)) == ["good"]

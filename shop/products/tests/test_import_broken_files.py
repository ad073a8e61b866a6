"""manage.py import_products: nothing of a file that cannot be trusted is written."""

import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from shop.core.locks import number_of
from shop.products.importing.running import LOCK
from shop.products.tests.imports import DATA, assert_broken, import_text, rows, run_import

pytestmark = pytest.mark.django_db

SHOPIFY = (DATA / "shopify.csv").read_text(encoding="utf-8")
NEXUS = (DATA / "nexus.csv").read_text(encoding="utf-8")
CATEGORY = '{"kind": "category", "id": 1, "parent": null, "name": "A", "slug": "a"}\n'


def test_names_the_wrong_delimiter(tmp_path: Path) -> None:
    assert_broken(import_text(tmp_path, SHOPIFY.replace(",", ";")), "semicolons (;)")
    assert_broken(import_text(tmp_path, SHOPIFY.replace(",", "\t"), format="shopify"), "tabs")
    assert_broken(import_text(tmp_path, NEXUS.replace(",", "|")), "bars (|)")


def test_names_the_missing_columns(tmp_path: Path) -> None:
    text = "Handle,Title,Option1 Name,Tags\nmug,Mug,,\n"
    assert_broken(import_text(tmp_path, text), "lacks columns: Option1 Value, Variant Price")
    assert_broken(import_text(tmp_path, "handle,name\nmug,Mug\n"), "lacks a column: price")


def test_names_a_column_that_stands_twice(tmp_path: Path) -> None:
    text = "handle,name,price,Price\nmug,Mug,1,2\n"
    assert_broken(import_text(tmp_path, text), "names a column twice: price")


def test_names_the_byte_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "latin1.csv"
    path.write_bytes("handle,name,price\nmug,Mug,5\ncafe,Café,5\n".encode("latin-1"))
    assert_broken(run_import(path), "Line 3, byte 9 is not UTF-8 (0xe9)")


def test_names_utf_16(tmp_path: Path) -> None:
    path = tmp_path / "utf16.csv"
    path.write_text(NEXUS, encoding="utf-16")
    assert_broken(run_import(path), "UTF-16")


def test_reads_a_byte_order_mark(tmp_path: Path) -> None:
    assert import_text(tmp_path, "\N{BYTE ORDER MARK}" + NEXUS).counts["created"] == 3


def test_reads_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "windows.csv"
    path.write_bytes(SHOPIFY.replace("\n", "\r\n").encode())
    assert run_import(path).counts["created"] == 3


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_refuses_an_empty_file(tmp_path: Path, text: str) -> None:
    assert_broken(import_text(tmp_path, text), "empty")


def test_refuses_a_header_alone(tmp_path: Path) -> None:
    assert_broken(import_text(tmp_path, "handle,name,price\n"), "no product")


def test_refuses_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    assert_broken(run_import(tmp_path), "is a folder")
    assert_broken(run_import(tmp_path / "none.csv"), "No such file")
    assert_broken(run_import(Path("/dev/zero")), "not an ordinary file")


def test_refuses_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        # Root may read everything; the tests often run as root.
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.csv"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)
    assert_broken(run_import(path), "cannot be read: Permission denied")


def test_refuses_a_line_with_other_columns_than_the_header(tmp_path: Path) -> None:
    text = "handle,name,price\nmug,Mug,5\ncup,Cup, red,5\n"
    assert_broken(import_text(tmp_path, text), "Line 3 has 4 columns and the header 3")


def test_refuses_a_quotation_that_never_ends(tmp_path: Path) -> None:
    text = 'handle,name,price\nmug,"Mug,5\ncup,Cup,5\n'
    assert_broken(import_text(tmp_path, text), "Line 2 is not CSV")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("[1, 2]\n", "Line 2 is not a JSON object"),
        ("{broken\n", "Line 2 is not JSON"),
        ('{"kind": "product", "name": NaN}\n', "Line 2 is not JSON"),
        ('{"kind": "order"}\n', "the kind 'order' is neither category nor product"),
        ('{"name": "Mug"}\n', "the kind 'None' is neither category nor product"),
        (CATEGORY, "Line 2: the category 1 stands on line 1 already"),
        ('{"kind": "category", "id": 2, "parent": 9, "name": "B"}\n', "no category 9"),
        ('{"kind": "category", "id": 2, "parent": 2, "name": "B"}\n', "stands below itself"),
        (
            '{"kind": "category", "id": 2, "name": "B", "slug": "a"}\n',
            "the slug 'a' stands on line",
        ),
        ('{"kind": "category", "id": 2, "name": "B", "slug": "12"}\n', "digits only"),
        ('{"kind": "category", "id": [2], "name": "B"}\n', "id of a category"),
        ('{"kind": "category", "id": 2, "name": ""}\n', "1 to 150 characters"),
        ('{"kind": "product", "name": "P"}\n' + CATEGORY, "Line 3: categories stand before"),
    ],
)
def test_refuses_broken_json(tmp_path: Path, lines: str, words: str) -> None:
    assert_broken(import_text(tmp_path, CATEGORY + lines, name="c.jsonl"), words)


def test_refuses_a_category_cycle(tmp_path: Path) -> None:
    text = (
        '{"kind": "category", "id": 1, "parent": 2, "name": "A", "slug": "a"}\n'
        '{"kind": "category", "id": 2, "parent": 1, "name": "B", "slug": "b"}\n'
    )
    assert_broken(import_text(tmp_path, text), "stands below itself")


@pytest.mark.parametrize(
    ("start", "block"),
    [
        (b"", b"\0"),
        (b"", b"\xff\x00garbage\n"),
        (b"", b"lorem ipsum dolor sit amet\n"),
        (b"", b"{" * 100),
        (b"Handle,Title,Option1 Name,Option1 Value,Variant Price\n", b"lorem ipsum\n"),
        (b"handle,name,price\n", b'"never ends\n'),
        (CATEGORY.encode(), b"x" * 1000),
    ],
)
def test_refuses_50_mb_of_garbage_at_once(tmp_path: Path, start: bytes, block: bytes) -> None:
    path = tmp_path / "garbage"
    with path.open("wb") as file:
        file.write(start)
        for _ in range(50):
            file.write(block * (1_000_000 // len(block)))
    began = time.monotonic()
    assert_broken(run_import(path))
    assert time.monotonic() - began < 2


def test_refuses_50_mb_of_products_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "garbage.csv"
    with path.open("w") as file:
        file.write("handle,name,price\n")
        file.writelines(f"{'x' * 100}-{number},x,-1\n" for number in range(450_000))
    began = time.monotonic()
    assert_broken(run_import(path), "1,001 of the first 1,001 products are refused", "line 2")
    assert time.monotonic() - began < 2


def test_refuses_to_run_twice_at_once() -> None:
    address = connection.get_connection_params()
    with psycopg.connect(
        host=address["host"],
        port=address.get("port"),
        user=address["user"],
        password=address.get("password"),
        dbname=address["dbname"],
    ) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [number_of(LOCK)])
        result = run_import(DATA / "nexus.csv")
        assert "Another import is running" in result.error
        assert rows() == (0, 0, 0, 0)

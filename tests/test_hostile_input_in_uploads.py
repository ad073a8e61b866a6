"""Forms with files that no browser sends: refused in one shape, with nothing changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from shop.products.tests.pictures import upload
from tests.api import body, client_of
from tests.forms import END, FORM, NAME, file_part, part
from tests.furnished_shop import Furnished, file_for
from tests.hostile import flaw_in, furnished, root, send, state, undone, unlimited
from tests.operations import UPLOADS, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db
IMPORT = next(one for one in UPLOADS if one.template == "/api/vendor/import/")
every_upload = pytest.mark.parametrize("operation", UPLOADS, ids=lambda one: one.name)

PNG = upload().read()
MALFORMED = {
    "no boundary": ("multipart/form-data", part(NAME % b"name") + END),
    "an empty boundary": ("multipart/form-data; boundary=", END),
    "an endless boundary": ("multipart/form-data; boundary=" + "x" * 5000, END),
    "an exotic boundary": ("multipart/form-data; boundary=\xff", END),
    "broken base64": (FORM, part(NAME % b"name" + b"\r\nContent-Transfer-Encoding: base64") + END),
    "1,001 fields": (FORM, part(NAME % b"name") * 1001 + END),
    "101 files": (FORM, file_part("image", PNG) * 101 + END),
    "a text of 3 MB": (FORM, part(NAME % b"name", b"x" * 3_000_000) + END),
    "JSON": (FORM, b'{"name": "a"}'),
    "a NUL": (FORM, part(NAME % b"name", b"a\0b") + part(NAME % b"alt_text", b"a\0b") + END),
}
NO_PICTURES = {
    "nothing": b"",
    "text": b"text",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "half a PNG": PNG[: len(PNG) // 2],
    "a PNG with another size in its header": PNG[:16] + b"\x7f\xff\xff\xff" * 2 + PNG[24:],
    "a GIF": upload("GIF", mode="P").read(),
    "a BMP": upload("BMP").read(),
    "a TIFF": upload("TIFF").read(),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
}
NO_CATALOGS = {
    "nothing": b"",
    "text": b"text",
    "a picture": PNG,
    "a NUL": b"handle,name,price\na,A\0,1.00\n",
    "UTF-16": "handle,name,price\na,A,1.00\n".encode("utf-16"),
    "bytes that are no UTF-8": b"handle,name,price\na,\xff,1.00\n",
    "an open quote": b'handle,name,price\na,"A,1.00\n' + b"x" * 200_000,
    "another header": b"a,b,c\n1,2,3\n",
    "a column twice": b"handle,name,price,price\na,A,1.00,2.00\n",
    "half a line of JSON": b'{"handle": "a"',
    "a lone surrogate": b'{"handle": "a", "name": "\\ud800", "price": "1.00"}\n',
    "10,000 lists in each other": b'{"handle": ' + b"[" * 10_000 + b"\n",
    "an endless price": b"handle,name,price\na,A," + b"9" * 5000 + b"\n",
    "too many products": b"handle,name,price\n"
    + b"".join(b"a%d,A,1.00\n" % number for number in range(2001)),
}
FILE_NAMES = [
    b"../../etc/passwd",
    b"..\\..\\a.png",
    b"",
    b"a\0.png",
    b"\xff.png",
    b"x" * 5000,
    b"/",
]


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, root) as shop:
        yield shop


@pytest.fixture
def client(shop: Furnished) -> APIClient:
    return client_of(shop.owner)


@every_upload
def test_takes_the_honest_form(
    shop: Furnished, client: APIClient, operation: Operation, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    form, path = shop.form(operation), shop.address(operation)
    response = send(client, operation.method, path, form, content_type=FORM)
    assert 200 <= response.status_code < 300, response.content


@every_upload
def test_refuses_malformed_forms(shop: Furnished, client: APIClient, operation: Operation) -> None:
    path, before = shop.address(operation), state()
    for name, (content_type, form) in MALFORMED.items():
        with undone():
            response = send(client, operation.method, path, form, content_type=content_type)
            assert response.status_code < 500, (name, response.content)
            if response.status_code >= 400:
                assert not (wrong := flaw_in(response, 400, 413, 415)), (name, wrong)
                assert state() == before


@pytest.mark.parametrize(
    "operation",
    [one for one in UPLOADS if "image" in one.form["properties"]],
    ids=lambda one: one.name,
)
def test_refuses_what_is_no_picture(
    shop: Furnished,
    client: APIClient,
    operation: Operation,
) -> None:
    path, fields, before = shop.address(operation), shop.fields(operation), state()
    for name, content in NO_PICTURES.items():
        form = fields + file_part("image", content) + END
        with undone():
            response = send(client, operation.method, path, form, content_type=FORM)
            assert not (wrong := flaw_in(response, 400)), (name, wrong)
            assert state() == before
    huge = fields + file_part("image", b"\0" * 9_100_000) + END
    assert not flaw_in(send(client, operation.method, path, huge, content_type=FORM), 413)
    assert state() == before


@pytest.mark.parametrize("name", NO_CATALOGS)
def test_imports_nothing_from_what_is_no_catalog(
    shop: Furnished, client: APIClient, name: str
) -> None:
    """What is no catalog at all is refused; what has products that cannot be, is reported."""
    form = shop.fields(IMPORT) + file_part("file", NO_CATALOGS[name]) + END
    before = state()
    response = send(client, "POST", IMPORT.template, form, content_type=FORM)
    if response.status_code == 200:
        report = body(response)
        assert (report["created"], report["updated"]) == (0, 0)
        assert report["problems"]
    else:
        assert not flaw_in(response, 400)
    assert state() == before


@every_upload
def test_never_trusts_the_name_of_a_file(
    shop: Furnished, client: APIClient, operation: Operation, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    path, fields = shop.address(operation), shop.fields(operation)
    for name in FILE_NAMES:
        form = fields + file_part(operation.file_field, file_for(operation), name) + END
        with undone():
            response = send(client, operation.method, path, form, content_type=FORM)
            assert response.status_code < 500, (name, response.content)
            if response.status_code >= 400:
                assert not flaw_in(response, 400)
    assert {file.name for file in tmp_path.iterdir()} <= {"media"}
    assert {file.suffix for file in tmp_path.rglob("*") if file.is_file()} <= {".png", ".webp"}

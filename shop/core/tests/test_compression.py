"""Compression: by what the client accepts, and never of secrets."""

import gzip
import sys
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from shop.core.http.compression import CompressionMiddleware, accepted

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BODY = b'{"name": "Ocean Blue Shirt"}' * 100
DECODERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "zstd": zstd.decompress}


def answer(response: HttpResponseBase, accepts: str) -> HttpResponseBase:
    request = RequestFactory().get("/api/", headers={"Accept-Encoding": accepts})
    return CompressionMiddleware(lambda _: response)(request)


def ok(body: bytes = BODY, cache_control: str = "public, no-cache") -> HttpResponse:
    sent = {"Cache-Control": cache_control, "ETag": '"0"'}
    return HttpResponse(body, content_type="application/json", headers=sent)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("zstd;q=0, gzip;q=0.1", "gzip"),
        ("*", "zstd"),
        ("*;q=0.5, zstd;q=0", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("GZIP;Q=1", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=nan", None),
        ("gzip;q=7", None),
        ("br", None),
        ("", None),
        (",;,=;q=", None),
    ],
)
def test_takes_the_coding_that_the_client_likes_best(header: str, coding: str | None) -> None:
    assert accepted(header) == coding


@pytest.mark.parametrize("coding", DECODERS)
def test_a_compressed_answer_holds_the_same_bytes(coding: str) -> None:
    response = answer(ok(), coding)
    assert isinstance(response, HttpResponse)
    assert DECODERS[coding](response.content) == BODY
    assert response["Content-Encoding"] == coding
    assert response["Content-Length"] == str(len(response.content))
    assert response["ETag"] == f'"0-{coding}"'
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.django_db  # the end of a request looks after connections
@pytest.mark.parametrize("coding", DECODERS)
def test_a_stream_is_compressed_as_it_flows(coding: str) -> None:
    was_closed = []

    def pieces() -> Iterator[bytes]:
        try:
            yield from [b"", *[BODY] * 3]
        finally:
            was_closed.append(True)

    kept = {"Cache-Control": "private, no-cache"}
    stream = StreamingHttpResponse(pieces(), content_type="text/csv", headers=kept)
    response = answer(stream, coding)
    assert isinstance(response, StreamingHttpResponse)
    assert DECODERS[coding](response.getvalue()) == BODY * 3
    response.close()
    assert was_closed
    assert "Content-Length" not in response


def test_a_small_answer_stays_as_it_is() -> None:
    response = answer(ok(b"{}"), "gzip")
    assert "Content-Encoding" not in response
    assert response["ETag"] == '"0"'


def test_an_answer_without_a_taker_says_that_there_are_others() -> None:
    response = answer(ok(), "br")
    assert "Content-Encoding" not in response
    assert response["Vary"] == "Accept-Encoding"


def test_secrets_are_never_compressed() -> None:
    response = answer(ok(cache_control="no-store"), "gzip, zstd")
    assert "Content-Encoding" not in response


def test_pictures_are_never_compressed() -> None:
    response = ok()
    response["Content-Type"] = "image/webp"
    assert "Content-Encoding" not in answer(response, "gzip")


def test_a_file_keeps_its_length() -> None:
    file = FileResponse(BytesIO(BODY), content_type="text/csv")
    response = answer(file, "gzip")
    assert "Content-Encoding" not in response
    assert response["Content-Length"] == str(len(BODY))

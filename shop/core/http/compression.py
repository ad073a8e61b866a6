"""Answers compressed by what the client accepts: zstd, else gzip.

Only texts, and only what somebody may keep: what is `no-store` holds secrets, and the length
of a compressed answer can give away what stands in it (BREACH). A stream is compressed as it
flows. The worst of clients costs little: the levels are the fast ones.
"""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from shop.core.http import etags
from shop.core.http.caching import is_stored

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SMALLEST = 1024  # bytes; below, the headers weigh more than what is saved
_TEXTS = ("application/json", "application/graphql-response+json", "application/x-ndjson")
_GZIP_LEVEL, _ZSTD_LEVEL = 5, 3
_GZIP_FORMAT = 31  # of zlib: the window of 32 KB, and the head and foot of gzip

Compressor = Any  # with `compress` and `flush`, as those of zlib


class CompressionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _can_be_compressed(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            coding = accepted(request.headers.get("Accept-Encoding", ""))
            if coding is not None:
                _compress(response, coding)
        return response


def accepted(header: str) -> str | None:
    """The coding that the client likes best of those we have; zstd where it likes two alike."""
    weights = dict(_weights(header))
    rest = weights.get("*", 0.0)
    best = max(etags.CODINGS, key=lambda coding: weights.get(coding, rest))
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None


def _weights(header: str) -> Iterator[tuple[str, float]]:
    for part in header.lower().split(",", 20)[:20]:
        name, *parameters = (word.strip() for word in part.split(";"))
        yield name.removeprefix("x-"), next(map(_weight, parameters), 1.0)


def _weight(parameter: str) -> float:
    try:
        weight = float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _can_be_compressed(response: HttpResponseBase) -> bool:
    if response.has_header("Content-Encoding") or not is_stored(response):
        return False
    kind = response.get("Content-Type", "").split(";")[0]
    if not (kind.startswith("text/") or kind in _TEXTS):
        return False
    content: Any = response
    # A file is sent as it is: its address says all of it, and so does its length.
    return not _is_file(response) if response.streaming else len(content.content) >= SMALLEST


def _is_file(response: Any) -> bool:
    return hasattr(response, "file_to_stream") and response.file_to_stream is not None


def _compress(response: Any, coding: str) -> None:
    if response.streaming:
        response.streaming_content = _flowing(response.streaming_content, _compressor(coding))
        del response["Content-Length"]
    else:
        compressor = _compressor(coding)
        response.content = compressor.compress(response.content) + compressor.flush()
        response["Content-Length"] = str(len(response.content))
    response["Content-Encoding"] = coding
    if response.has_header("ETag"):
        response["ETag"] = etags.of_coding(response["ETag"], coding)


def _flowing(pieces: Iterable[bytes], compressor: Compressor) -> Iterator[bytes]:
    for piece in pieces:
        if compressed := compressor.compress(piece):
            yield compressed
    yield compressor.flush()


def _compressor(coding: str) -> Compressor:
    if coding == "zstd":
        return zstd.ZstdCompressor(level=_ZSTD_LEVEL)
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)

"""Cursors: marks between two rows of a list, for clients that walk it.

They are signed together with the name of the list's order. Whatever the shop did not write for this
order is refused, so that the values inside need no checks.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.crypto import constant_time_compare, salted_hmac

from shop.core import keysets
from shop.core.errors import Invalid
from shop.core.keysets import Key, Keyset, Window

START = ""
_SEAL_BYTES = 12


class CursorNotValid(Invalid):
    code = "invalid"
    detail = "This is not a cursor of this list."


@dataclass(frozen=True)
class Stretch:
    """Some rows in their order, and the cursors to go on with; None: there is no more."""

    rows: list[Any]
    next: str | None
    previous: str | None


def stretch(rows: Any, cursor: str, size: int) -> Stretch:
    """Up to `size` of `rows` (as `keysets.of` takes them) from `cursor` on, `START` to begin.

    Nothing is counted. Raises `CursorNotValid`.
    """
    keyset = keysets.of(rows)
    key, backward = _read(keyset, cursor)
    # One more, to know whether something follows.
    found = keyset.window(Window(key=key, backward=backward, limit=size + 1))
    page, is_more = found[:size], len(found) > size
    if backward:
        page.reverse()
    follows, precedes = (True, is_more) if backward else (is_more, key is not None)
    # Where all rows have gone, the other way begins at that end of the list.
    last, first = (page[-1][0], page[0][0]) if page else ((), ())
    return Stretch(
        rows=[row for _, row in page],
        next=_written(keyset, last, backward=False) if follows else None,
        previous=_written(keyset, first, backward=True) if precedes else None,
    )


def _written(keyset: Keyset, key: Key, *, backward: bool) -> str:
    content = orjson.dumps([backward, *key], default=str)
    return base64.urlsafe_b64encode(_seal(keyset, content) + content).decode().rstrip("=")


def _read(keyset: Keyset, cursor: str) -> tuple[Key | None, bool]:
    if cursor == START:
        return None, False
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorNotValid(attr="cursor") from None
    seal, content = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
    if not constant_time_compare(seal, _seal(keyset, content)):
        raise CursorNotValid(attr="cursor")
    backward, *key = orjson.loads(content)
    return tuple(key) or None, backward


def _seal(keyset: Keyset, content: bytes) -> bytes:
    sealed = salted_hmac(
        "nexus.cursor", keyset.order.encode() + b"\0" + content, algorithm="sha256"
    )
    return sealed.digest()[:_SEAL_BYTES]

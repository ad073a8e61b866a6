"""Relay connections over everything that REST shows in pages.

`nodes` is what a paginator takes too: it has `count()` and is sliced. Cursors are places in the
list; a page asks for one row more than it shows, so that only `totalCount` counts.
"""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import strawberry
from django.utils.translation import gettext as _
from strawberry import relay

from shop.core.cursors import CursorNotValid
from shop.core.errors import Invalid

DEFAULT_PAGE = 12
MAX_PAGE = 100
MAX_PLACE = 10_000_000

NodeType = TypeVar("NodeType", bound=Any)
_CURSOR = re.compile(r"at:([0-9]{1,8})")


class PageSizeNotValid(Invalid):
    code = "invalid"

    def __init__(self, *, attr: str, least: int = 0, most: int = MAX_PAGE) -> None:
        detail = _("Give a whole number from {least} to {most}.").format(least=least, most=most)
        super().__init__(detail, attr=attr)


class PageNotClear(Invalid):
    code = "invalid"
    detail = "Give either first or last."


class Rows(Protocol):
    """What can be shown in pages: a queryset, or what `shop.core.pagination` takes."""

    def count(self) -> int: ...

    def __getitem__(self, page: slice, /) -> Any: ...


@dataclass(frozen=True)
class Listed:
    """What is read as a whole, for a connection."""

    rows: Sequence[Any]

    def count(self) -> int:
        return len(self.rows)

    def __getitem__(self, page: slice, /) -> Sequence[Any]:
        return self.rows[page]


@strawberry.type(description="A list in pages, as Relay has it.")
class Connection(relay.Connection[NodeType], Generic[NodeType]):
    counted: strawberry.Private[Callable[[], int]]

    @strawberry.field(description="Of all pages. Counted only when it is asked for.")
    def total_count(self) -> int:
        return self.counted()


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which rows: the arguments of a connection."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def start_and_stop(self, count: Callable[[], int]) -> tuple[int, int]:
        """The places of the first row and of the one behind the last; raises `Invalid`."""
        first, last = _size(self.first, "first"), _size(self.last, "last")
        if first is not None and last is not None:
            raise PageNotClear(attr="last")
        start = _place(self.after, "after") + 1 if self.after is not None else 0
        stop = _place(self.before, "before") if self.before is not None else None
        if last is not None:
            stop = min(count(), MAX_PLACE if stop is None else stop)
            return max(start, stop - last), max(start, stop)
        end = start + (DEFAULT_PAGE if first is None else first)
        return start, max(start, end if stop is None else min(end, stop))


def connection(
    kind: type[Connection[Any]],
    rows: Rows,
    page: Page,
    *,
    as_nodes: Callable[[Sequence[Any]], Sequence[Any]] = lambda found: found,
) -> Any:
    """The `page` of `rows` as a connection; `as_nodes` makes nodes of the rows of a page."""
    start, stop = page.start_and_stop(rows.count)
    # One more, to know whether something follows.
    found = list(rows[start : stop + 1])
    nodes = as_nodes(found[: stop - start])
    edges = [
        relay.Edge(node=node, cursor=_cursor(place)) for place, node in enumerate(nodes, start)
    ]
    info = relay.PageInfo(
        has_next_page=len(found) > stop - start,
        has_previous_page=start > 0,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return kind(edges=edges, page_info=info, counted=rows.count)


def _size(given: int | None, name: str) -> int | None:
    if given is not None and not 0 <= given <= MAX_PAGE:
        raise PageSizeNotValid(attr=name)
    return given


def _cursor(place: int) -> str:
    return base64.b64encode(b"at:%d" % place).decode()


def _place(cursor: str, name: str) -> int:
    try:
        text = base64.b64decode(cursor, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise CursorNotValid(attr=name) from None
    found = _CURSOR.fullmatch(text)
    if found is None or int(found[1]) > MAX_PLACE:
        raise CursorNotValid(attr=name)
    return int(found[1])

"""Reading a list from one of its rows on, wherever that row stands by now.

A key holds what a row has in the columns of the order, the last of which is unique. Whoever goes
on behind a key reads an index from there: no row comes twice or is left out because others came or
went, and the thousandth page costs what the first costs.

What a paginator takes becomes such a list by `of`. One that composes its own statement has `order`
and `window`, and writes its conditions with `Columns`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol, cast

from django.db.models import Q, QuerySet

Key = tuple[Any, ...]
Found = list[tuple[Key, Any]]


@dataclass(frozen=True, kw_only=True)
class Window:
    """`limit` rows behind the one with `key`, or before it when `backward`; nearest first.

    Without a key: from the beginning, or from the end.
    """

    limit: int
    key: Key | None = None
    backward: bool = False


class Keyset(Protocol):
    """A list that is read through windows. `order` names its order, for `shop.core.cursors`."""

    @property
    def order(self) -> str: ...

    def window(self, window: Window, /) -> Found:
        """The rows in `window`, each with its key."""


@dataclass(frozen=True)
class Columns:
    """An order in SQL, all up or all down. Values go in as `%(key_0)s`, `%(key_1)s`, …"""

    names: tuple[str, ...]
    descending: bool = False

    def order_by(self, window: Window | None = None) -> str:
        """What follows ORDER BY."""
        down = self.descending != (window is not None and window.backward)
        return ", ".join(f"{name} DESC" if down else name for name in self.names)

    def conditions(self, window: Window, *, named: bool = True) -> list[str]:
        """One, that a row lies in `window`; or none. `named=False`: with `%s` for each value."""
        if window.key is None:
            return []
        sign = "<" if self.descending != window.backward else ">"
        values = [f"%(key_{place})s" if named else "%s" for place in range(len(self.names))]
        return [f"({', '.join(self.names)}) {sign} ({', '.join(values)})"]

    def params(self, window: Window) -> dict[str, Any]:
        """The values of `conditions`, by name."""
        return {f"key_{place}": value for place, value in enumerate(window.key or ())}

    def key_of(self, row: dict[str, Any]) -> Key:
        """Of a row whose columns are named as these, without their tables."""
        return tuple(row[name.rpartition(".")[2]] for name in self.names)


class OrderedRows:
    """A queryset as a `Keyset`. What `values` leaves out cannot be part of its order."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._rows = rows
        names = rows.query.order_by or rows.model._meta.ordering or ("pk",)
        self._columns = [
            (name.removeprefix("-"), name.startswith("-")) for name in cast("Sequence[str]", names)
        ]
        self.order = f"{rows.model._meta.label}:{','.join(map(str, names))}"

    def window(self, window: Window, /) -> Found:
        return [(self.key_of(row), row) for row in self.within(window)]

    def within(self, window: Window) -> QuerySet[Any, Any]:
        """The rows in `window`, not read yet."""
        order = [f"{'-' if down != window.backward else ''}{name}" for name, down in self._columns]
        rows = self._rows.filter(self._beyond(window.key, backward=window.backward))
        return rows.order_by(*order)[: window.limit]

    def key_of(self, row: Any) -> Key:
        """Of an instance, or of a row of `values`."""
        if isinstance(row, dict):
            return tuple(row[name] for name, _ in self._columns)
        return tuple(reduce(getattr, name.split("__"), row) for name, _ in self._columns)

    def _beyond(self, key: Key | None, *, backward: bool) -> Q:
        beyond = Q()
        if key is None:
            return beyond
        for (name, down), value in reversed(list(zip(self._columns, key, strict=True))):
            sign = "lt" if down != backward else "gt"
            further = Q(**{f"{name}__{sign}": value})
            # The first half is what an index is entered by.
            tied = Q(**{f"{name}__{sign}e": value}) & (further | beyond)
            beyond = tied if beyond else further
        return beyond


class Places:
    """Rows that no columns order, such as a sequence: their keys are their places."""

    order = "places"

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def window(self, window: Window, /) -> Found:
        if window.backward:
            end = window.key[0] if window.key else self._length()
            start = max(0, end - window.limit)
        else:
            start = window.key[0] + 1 if window.key else 0
            end = start + window.limit
        found = [((place,), row) for place, row in enumerate(self._rows[start:end], start)]
        return found[::-1] if window.backward else found

    def _length(self) -> int:
        return len(self._rows) if isinstance(self._rows, Sequence) else int(self._rows.count())


def of(rows: Any) -> Keyset:
    """What can be shown in pages, to be read through windows."""
    if isinstance(rows, QuerySet):
        return OrderedRows(rows)
    return cast("Keyset", rows) if hasattr(rows, "window") else Places(rows)

"""What the API answers about categories: one query for a page, one for the whole tree."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from shop.core.errors import NotFound
from shop.core.keysets import Found, OrderedRows, Window
from shop.core.references import reference
from shop.products.images import image_url
from shop.products.models import Category

Answer = dict[str, Any]

_AS_THEY_ARE = ("id", "name", "slug", "description", "position", "created_at", "updated_at")
_PARENT = ("parent_id", "parent__name", "parent__slug")
_ORDER = ("position", "name", "id")


class CategoryList:
    """All categories as answers, for a paginator."""

    def __init__(self) -> None:
        self._rows = _rows(Category.objects.order_by(*_ORDER))
        self._keyset = OrderedRows(self._rows)
        self.order = self._keyset.order

    def count(self) -> int:
        return Category.objects.count()

    def __getitem__(self, page: slice) -> list[Answer]:
        return [_category(row) for row in self._rows[page]]

    def window(self, window: Window, /) -> Found:
        return [(key, _category(row)) for key, row in self._keyset.window(window)]


def category(slug: str) -> Answer:
    """The category that `slug` (or an id) names; else `NotFound`."""
    row = _rows(Category.objects.filter(reference(slug))).first()
    if row is None:
        raise NotFound
    return _category(row)


def by_id(category_ids: Collection[int], _: object) -> dict[int, Answer]:
    """These categories by their ids; everybody sees them all."""
    found = _rows(Category.objects.filter(pk__in=category_ids).order_by())
    return {row["id"]: _category(row) for row in found}


def tree() -> list[Answer]:
    """The top categories, each with its `children`, and so on down."""
    answers = [
        _category(row) | {"children": []} for row in _rows(Category.objects.order_by(*_ORDER))
    ]
    by_id = {answer["id"]: answer for answer in answers}
    for answer in answers:
        if answer["parent"]:
            by_id[answer["parent"]["id"]]["children"].append(answer)
    return [answer for answer in answers if not answer["parent"]]


def _rows(categories: QuerySet[Category]) -> "QuerySet[Category, dict[str, Any]]":
    rows: QuerySet[Category, dict[str, Any]] = categories.values(*_AS_THEY_ARE, *_PARENT, "image")
    return rows


def _category(row: Mapping[str, Any]) -> Answer:
    parent = {"id": row["parent_id"], "name": row["parent__name"], "slug": row["parent__slug"]}
    return {name: row[name] for name in _AS_THEY_ARE} | {
        "parent": parent if row["parent_id"] else None,
        "image": image_url(file=row["image"], remote_url="") or None,
    }

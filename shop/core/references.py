"""References in paths and filters: a slug, or a numeric id (slugs are never all digits)."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from shop.core.errors import NotFound

M = TypeVar("M", bound=Model)

BIGGEST_ID = 2**63 - 1


def reference(value: str | int, *, field: str = "slug") -> Q:
    """The condition for `value`: the id when it is all digits, else `field`."""
    text = str(value)
    if isinstance(value, int) or (text.isascii() and text.isdigit()):
        return Q(pk=int(text)) if len(text) < 20 and int(text) <= BIGGEST_ID else Q(pk__in=[])
    if "\0" in text:
        # From a header: addresses and bodies have none, and PostgreSQL takes none.
        return Q(pk__in=[])
    return Q(**{field: text})


def key_of(value: object) -> int | str | None:
    """What `value` from a body refers by: an id, else a slug; None: it names nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        return None if "\0" in text else text
    return int(text) if len(text) < 20 and int(text) <= BIGGEST_ID else None


def get(queryset: QuerySet[M], value: str | int, *, field: str = "slug") -> M:
    """The row that `value` names among `queryset`, else `NotFound`."""
    row = queryset.filter(reference(value, field=field)).first()
    if row is None:
        raise NotFound
    return row

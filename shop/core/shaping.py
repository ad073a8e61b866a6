"""`?fields=` and `?expand=`: how much of an answer a client reads.

    ?fields=name,price,category.slug     only these, through objects and lists
    ?expand=category,items.product       the whole object instead of its reference

Views that answer JSON to a GET stand on `ShapedReads`. What can be expanded is a table of
the view; what an app above adds to answers of one below is wired in `config/expansions.py`.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.fields import _UnvalidatedField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from shop.core.errors import Invalid

FIELDS, EXPAND = "fields", "expand"
FIELD_PATTERN = r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$"
MAX_LENGTH = 2_000

Shape = Any  # a serializer: its class, or an instance
Loader = Callable[[Collection[Any], Any], Mapping[Any, Any]]
# What lies below each name. Empty: all that is there.
Names = dict[str, "Names"]
# The same of what a serializer documents; None: nobody knows which names there are.
Known = Mapping[str, Any] | None

# What these hold only they know.
_OPEN = (serializers.DictField, serializers.JSONField, _UnvalidatedField)
_NAME = re.compile(FIELD_PATTERN)


class FieldNotKnown(Invalid):
    code = "invalid"
    detail = "There is no such field."


class NotExpandable(Invalid):
    code = "invalid"
    detail = "This cannot be expanded."


@dataclass(frozen=True)
class Expansion:
    """What one name of `expand` brings.

    `load(ids, user)` answers by id, in as many statements for one as for fifty, what the detail
    route would show to `user`; what it leaves out stays a reference. Usually the name is that of
    a reference with an `id`. With `found_by` it is added to the answer: that field of the
    answer, or argument of the address, is what `load` knows it by.
    """

    load: Loader
    shape: Shape
    found_by: str | None = None


Expansions = Mapping[str, Expansion]


class ShapedReads(APIView):
    """Lets clients say how much of an answer they read. Who says nothing pays nothing.

    `expansions` names for each action what can be expanded, by its path in the answer.
    """

    expansions: ClassVar[Mapping[str, Expansions]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = str(request.method).lower()
        if method in ("get", "head") and hasattr(self, method):
            vars(self)[method] = self.shaped(getattr(self, method), request)

    def shaped(self, handler: Callable[..., Response], request: Request) -> Callable[..., Response]:
        """`handler` of a read, answering what `request` asks for."""
        asked = request.query_params
        shape = getattr(handler, "answers_with", None)
        if shape is None or not (FIELDS in asked or EXPAND in asked):
            return handler
        return partial(self._answer_shaped, handler, shape)

    def _answer_shaped(
        self, handler: Callable[..., Response], shape: Shape, request: Request, **kwargs: Any
    ) -> Response:
        expanded = _asked_expansions(request, expansions_of(self))
        names = _asked_fields(request)
        undocumented = [] if names is None else list(_unknown(names, _documented(shape, expanded)))
        response = handler(request, **kwargs)
        rows = _rows(response.data)
        for path in undocumented:
            # Some readers see more than is documented for all.
            if not _is_in(rows, path):
                detail = _("There is no field {name}.").format(name=".".join(path))
                raise FieldNotKnown(detail, attr=FIELDS)
        for path, expansion in expanded.items():
            if names is None or _covers(names, path):
                rows = _expanded(rows, path, expansion, request.user, kwargs)
        response.data = _with_rows(response.data, rows if names is None else _picked(rows, names))
        return response


def expansions_of(view: Any) -> Expansions:
    """What the present action of `view` can expand, by the path in its answer."""
    action = getattr(view, "action", None) or ""
    from_above = _from_above().get(f"{getattr(view, 'basename', '')}.{action}", {})
    own: Mapping[str, Expansions] = getattr(view, "expansions", {})
    return {**own.get(action, {}), **from_above}


@cache
def _from_above() -> Mapping[str, Expansions]:
    found: Mapping[str, Expansions] = import_string(settings.EXPANSIONS)
    return found


# --- What is asked for ----------------------------------------------------------------------


def _words(request: Request, name: str, error: type[Invalid]) -> list[str]:
    """The values of a parameter, separated by commas or given several times; none if empty."""
    given = ",".join(request.query_params.getlist(name))
    if not given:
        return []
    words = given.split(",")
    if len(given) > MAX_LENGTH or not all(map(_NAME.match, words)):
        raise error(attr=name)
    return list(dict.fromkeys(words))


def _asked_fields(request: Request) -> Names | None:
    """None: everything."""
    words = _words(request, FIELDS, FieldNotKnown)
    names: Names = {}
    for word in words:
        below = names
        *steps, last = word.split(".")
        for step in steps:
            if step in below and not below[step]:
                break  # all of it is asked for already
            below = below.setdefault(step, {})
        else:
            below[last] = {}
    return names if words else None


def _asked_expansions(request: Request, possible: Expansions) -> dict[tuple[str, ...], Expansion]:
    words = _words(request, EXPAND, NotExpandable)
    for word in words:
        if word not in possible:
            detail = _("Here can be expanded: {choices}.").format(choices=", ".join(possible))
            raise NotExpandable(detail if possible else None, attr=EXPAND)
    return {tuple(word.split(".")): possible[word] for word in words}


# --- Which names there are ------------------------------------------------------------------


def _documented(shape: Shape, expanded: Mapping[tuple[str, ...], Expansion]) -> Known:
    known = _known(shape)
    if known is not None and "results" in known:
        known = known["results"]  # a list that has its own kind of pages
    for path, expansion in expanded.items():
        known = _known_with(known, path, _known(expansion.shape))
    return known


def _known_with(known: Known, path: tuple[str, ...], below: Known) -> Known:
    if known is None or not path:
        return below
    return {**known, path[0]: _known_with(known.get(path[0], {}), path[1:], below)}


def _known(shape: Shape) -> Known:
    while isinstance(shape, serializers.ListSerializer | serializers.ListField):
        shape = shape.child
    kind = shape if isinstance(shape, type) else type(shape)
    if issubclass(kind, serializers.Serializer):
        return _names_of(kind)
    # Texts, numbers and times hold nothing.
    return None if issubclass(kind, _OPEN) else {}


@cache
def _names_of(kind: type[serializers.Serializer[Any]]) -> Mapping[str, Known]:
    return {name: _known(field) for name, field in kind().fields.items()}


def _unknown(names: Names, known: Known, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths in `names` that `known` does not have."""
    if known is None:
        return
    for name, below in names.items():
        if name in known:
            yield from _unknown(below, known[name], (*above, name))
        elif below:
            yield from _unknown(below, {}, (*above, name))
        else:
            yield (*above, name)


# --- Answers --------------------------------------------------------------------------------


def _rows(answer: Any) -> Any:
    """What the fields are fields of: the results of a list, else the answer itself."""
    is_page = isinstance(answer, Mapping) and isinstance(answer.get("results"), list)
    return answer["results"] if is_page else answer


def _with_rows(answer: Any, rows: Any) -> Any:
    return rows if _rows(answer) is answer else {**answer, "results": rows}


def _is_in(value: Any, path: tuple[str, ...]) -> bool:
    if isinstance(value, list | tuple):
        return any(_is_in(one, path) for one in value)
    if not path:
        return True
    return isinstance(value, Mapping) and path[0] in value and _is_in(value[path[0]], path[1:])


def _covers(names: Names, path: tuple[str, ...]) -> bool:
    """Whether something of what stands at `path` was asked for."""
    below = names
    for step in path:
        if step not in below:
            return False
        below = below[step]
        if not below:
            return True
    return True


def _picked(value: Any, names: Names) -> Any:
    if not names:
        return value
    if isinstance(value, list | tuple):
        return [_picked(one, names) for one in value]
    if isinstance(value, Mapping):
        return {name: _picked(value[name], names[name]) for name in names if name in value}
    return value


def _expanded(
    rows: Any, path: tuple[str, ...], expansion: Expansion, user: Any, arguments: Mapping[str, Any]
) -> Any:
    *holders, name = path

    def key_of(holder: Mapping[str, Any]) -> Any:
        if expansion.found_by is not None:
            return arguments.get(expansion.found_by, holder.get(expansion.found_by))
        reference = holder.get(name)
        return reference.get("id") if isinstance(reference, Mapping) else None

    wanted = {key_of(holder) for holder in _objects_at(rows, holders)} - {None}
    loaded = expansion.load(wanted, user) if wanted else {}

    def put(holder: Mapping[str, Any]) -> Any:
        key = key_of(holder)
        return {**holder, name: loaded[key]} if key in loaded else holder

    return _changed(rows, holders, put)


def _objects_at(value: Any, path: list[str]) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _objects_at(one, path)
    elif isinstance(value, Mapping) and not path:
        yield value
    elif isinstance(value, Mapping):
        yield from _objects_at(value.get(path[0]), path[1:])


def _changed(value: Any, path: list[str], change: Callable[[Any], Any]) -> Any:
    """`value` with every object at `path` changed; nothing is changed in place."""
    if isinstance(value, list | tuple):
        return [_changed(one, path, change) for one in value]
    if not isinstance(value, Mapping):
        return value
    if not path:
        return change(value)
    if path[0] not in value:
        return value
    return {**value, path[0]: _changed(value[path[0]], path[1:], change)}

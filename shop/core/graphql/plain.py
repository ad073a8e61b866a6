"""Fields that need nothing but the object itself, read without the ceremony of a resolver.

A page of 50 products has a thousand values, of which nearly all are a column or a word about the
row. For those, building an `Info`, matching arguments and looking for awaitables costs ten times
what reading them does. What is not plain, what is missing and what fails goes the usual way, which
knows how to tell of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import FileField
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.query_utils import DeferredAttribute
from graphql import (
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    is_leaf_type,
)
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField
from strawberry_django.fields.field import StrawberryDjangoField

Getter = Callable[[Any], Any]
_DEFINITION, _GETTER = "strawberry-definition", "shop-getter"


def find_plain(schema: GraphQLSchema) -> None:
    """Note of each plain field of `schema` how it is read."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                getter = _getter_of(field, kind)
                if getter is not None:
                    field.extensions[_GETTER] = getter


def _getter_of(field: GraphQLField, kind: GraphQLObjectType) -> Getter | None:
    said = field.extensions.get(_DEFINITION)
    if not isinstance(said, StrawberryField) or field.args or said.extensions or said.is_async:
        return None
    if said.base_resolver is not None:
        return _calling(said.base_resolver)
    if isinstance(said, StrawberryDjangoField):
        definition = kind.extensions.get(_DEFINITION)
        model = getattr(definition and definition.origin, "__strawberry_django_definition__", None)
        return _column(model and model.model, said.django_name or said.python_name)
    name, read = said.python_name, said.default_resolver
    return lambda source: read(source, name)


def _calling(resolver: Any) -> Getter | None:
    if resolver.info_parameter or resolver.arguments:
        return None
    function: Callable[..., Any] = resolver._unbound_wrapped_func
    # What is left are places for the object itself: `self`, and a parent under its own name.
    own = (resolver.self_parameter, resolver.parent_parameter, resolver.root_parameter)
    places = sum(parameter is not None for parameter in own)
    if places == 1:
        return function
    return (lambda source: function(source, source)) if places == 2 else None


def _column(model: Any, name: str) -> Getter | None:
    """What is loaded of a row already; else the getter answers `Undefined`."""
    attribute = getattr(model, name, None)
    if isinstance(attribute, ForwardManyToOneDescriptor):
        cached = attribute.field.get_cached_value
        return lambda source: cached(source, Undefined)
    # The attribute of a file is a wrapper around what is loaded.
    if isinstance(attribute, DeferredAttribute) and not isinstance(attribute.field, FileField):
        loaded = attribute.field.attname
        return lambda source: vars(source).get(loaded, Undefined)
    return None


@dataclass(frozen=True)
class _Step:
    """One field of a selection; without `getter` it goes the usual way."""

    name: str
    details: Any
    getter: Getter | None = None
    is_required: bool = False
    # What it is declared as, and its kind: the same but for `!`.
    type: Any = None
    kind: Any = None
    # How a single value goes out; None: it is an object.
    coerce: Getter | None = None


class ShopExecutor(StrawberryGraphQLCoreExecutionContext):
    """Runs a request: plain fields at once, all others as graphql-core does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[tuple[str, int], tuple[Any, list[_Step]]] = {}
        # Strawberry names one also when nothing stands between; asking it costs at every field.
        if self.middleware_manager and not self.middleware_manager.middlewares:
            self.middleware_manager = None

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        results: dict[str, Any] = {}
        for step in self._steps(parent_type, grouped_field_set):
            value = self._plain(step, source_value, path, parent_type.name)
            if value is Undefined:
                at = Path(path, step.name, parent_type.name)
                value = self.execute_field(
                    parent_type, source_value, step.details, at, position_context
                )
            if value is not Undefined:
                results[step.name] = value
        return results

    def _plain(self, step: _Step, source: Any, path: Path | None, parent: str) -> Any:
        """The value of a plain field; `Undefined`: it goes the usual way."""
        if step.getter is None:
            return Undefined
        try:
            value = step.getter(source)
            if value is None and not step.is_required:
                return None
            if value is None or value is Undefined:
                return Undefined
            if step.coerce is None:
                fields = self.collect_subfields(step.kind, step.details).grouped_field_set
                at = Path(path, step.name, parent)
                return self.execute_fields(step.kind, value, at, fields, None)
            coerced = step.coerce(value)
        except Exception as error:
            # As graphql-core does: whatever failed is told of this field.
            at = Path(path, step.name, parent)
            self.handle_field_error(error, step.type, step.details, at)
            return None
        return Undefined if coerced is None else coerced

    def _steps(self, parent: GraphQLObjectType, grouped: Any) -> list[_Step]:
        """How each field of this selection is read; found once in a request."""
        key = (parent.name, id(grouped))
        if key not in self._known:
            steps = [self._step(parent, name, details) for name, details in grouped.items()]
            # The selection is kept with it, so that no other one gets its id.
            self._known[key] = (grouped, steps)
        return self._known[key][1]

    def _step(self, parent: GraphQLObjectType, name: str, details: Any) -> _Step:
        field = self.schema.get_field(parent, details[0].node.name.value)
        getter = field.extensions.get(_GETTER) if field else None
        if field is None or getter is None or self.middleware_manager:
            return _Step(name, details)
        is_required = isinstance(field.type, GraphQLNonNull)
        kind: Any = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        coerce = kind.coerce_output_value if is_leaf_type(kind) else None
        if coerce is None and not isinstance(kind, GraphQLObjectType):
            return _Step(name, details)
        return _Step(name, details, getter, is_required, field.type, kind, coerce)

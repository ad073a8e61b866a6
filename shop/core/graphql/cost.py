"""What a request may cost: how many objects its answer can hold at most.

An object counts 1. What stands in a connection counts as often as `first` or `last` says, 12
times when neither is said; what stands in another list counts 5 times. Pages, edges and single
values count nothing, and neither do `@skip` and `@include`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from shop.core.graphql.connections import DEFAULT_PAGE, MAX_PAGE

LIST = 5
WRAPPERS = ("Connection", "Edge", "PageInfo", "Payload")
Composite = GraphQLObjectType | GraphQLInterfaceType


def cost_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """The cost of `operation`, one of a validated `document`."""
    root = cast("GraphQLObjectType", schema.get_root_type(operation.operation))
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    defaults = {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }
    return _Count(schema, fragments, defaults | dict(variables)).of(operation.selection_set, root)


@dataclass
class _Count:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    _fragments_counted: dict[str, int] = field(default_factory=dict)

    def of(self, selections: SelectionSetNode, parent: Composite) -> int:
        return sum(self._selection(node, parent) for node in selections.selections)

    def _selection(self, node: Any, parent: Composite) -> int:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.of(
                node.selection_set, self._type(condition.name.value) if condition else parent
            )
        return self._field(node, parent)

    def _fragment(self, name: str) -> int:
        if name not in self._fragments_counted:
            fragment = self.fragments[name]
            on = self._type(fragment.type_condition.name.value)
            self._fragments_counted[name] = self.of(fragment.selection_set, on)
        return self._fragments_counted[name]

    def _field(self, node: FieldNode, parent: Composite) -> int:
        definition = parent.fields.get(node.name.value)
        if definition is None or node.selection_set is None:
            return 0  # a single value, or introspection
        kind = cast("Composite", get_named_type(definition.type))
        own = 0 if kind.name.endswith(WRAPPERS) else 1
        return self._times(node, definition.type, kind) * (own + self.of(node.selection_set, kind))

    def _times(self, node: FieldNode, outer: Any, kind: Composite) -> int:
        if kind.name.endswith("Connection"):
            return self._page_size(node)
        inner = outer.of_type if isinstance(outer, GraphQLNonNull) else outer
        is_list = isinstance(inner, GraphQLList) and not kind.name.endswith("Edge")
        return LIST if is_list else 1

    def _page_size(self, node: FieldNode) -> int:
        sizes = [
            self._number(argument.value)
            for argument in node.arguments or ()
            if argument.name.value in ("first", "last")
        ]
        # What is not a number of the right kind is refused later; until then it counts in full.
        known = [min(size, MAX_PAGE) for size in sizes if size is not None]
        return max(known, default=DEFAULT_PAGE)

    def _number(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode):
            return max(0, int(value.value))
        if isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
            if given is None:
                return None
            return max(0, given) if isinstance(given, int) else MAX_PAGE
        return None

    def _type(self, name: str) -> Composite:
        return cast("Composite", self.schema.get_type(name))

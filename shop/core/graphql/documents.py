"""Documents: read, held to the shop's limits and validated, once for each text."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

MAX_LENGTH = 50_000
MAX_TOKENS = 2_000
MAX_DEPTH = 10
MAX_ALIASES = 30
INTROSPECTION = ("__schema", "__type")
# In texts, which are the only place for escapes.
_NUL = re.compile(r"\\u(0000|\{0+\})|\0")


class TooMuch(GraphQLError):
    """The document is beyond a limit of the shop's; `code` says which."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, extensions={"code": code})


@dataclass(frozen=True)
class Checked:
    """What became of a text: a document that may be executed, or why not."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


@cache
def schema() -> Any:
    """The shop's schema: a `strawberry.Schema`."""
    return import_string(settings.GRAPHQL_SCHEMA)


def sha256(text: str) -> str:
    """What tells a document from others."""
    return hashlib.sha256(text.encode()).hexdigest()


def checked(text: str) -> Checked:
    """`text` as a document that keeps to the limits and to the schema, or its errors."""
    if len(text) > MAX_LENGTH:
        detail = _("At most {most} characters are accepted.").format(most=MAX_LENGTH)
        error = TooMuch("document_too_long", detail)
        return Checked(None, (error,))
    return _checked(text, bool(settings.GRAPHQL_INTROSPECTION), get_language())


@lru_cache(maxsize=256)
def _checked(text: str, introspection: bool, _language: str | None) -> Checked:
    """Kept with its errors, which are in a language."""
    if _NUL.search(text):
        return Checked(None, (TooMuch("parse_error", "Texts must not contain NUL characters."),))
    try:
        document = parse(text, max_lexical_tokens=MAX_TOKENS)
        _Limits(document).check()
        errors = _validated(document, introspection)
    except GraphQLSyntaxError as error:
        return Checked(None, (_too_many_tokens(error) or error,))
    except TooMuch as error:
        return Checked(None, (error,))
    except RecursionError:
        return Checked(None, (TooMuch("too_deep", "The document is nested too deeply."),))
    return Checked(None if errors else document, tuple(errors))


def _validated(document: DocumentNode, introspection: bool) -> list[GraphQLError]:
    rules = list(specified_rules)
    if not introspection:
        rules.append(NoSchemaIntrospectionCustomRule)
    # Suggestions would name what introspection hides.
    return validate(schema()._schema, document, rules, hide_suggestions=not introspection)


def _too_many_tokens(error: GraphQLSyntaxError) -> TooMuch | None:
    if f"more than {MAX_TOKENS} tokens" not in error.message:
        return None
    detail = _("At most {most} tokens are accepted.").format(most=MAX_TOKENS)
    return TooMuch("too_many_tokens", detail)


@dataclass
class _Limits:
    """Holds a document to depth and aliases, whatever its schema.

    A fragment is measured once however often it is spread, so this takes time in proportion to
    the document. A fragment that spreads itself is left to the validation.
    """

    document: DocumentNode
    _measured: dict[str, tuple[int, int]] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)

    def check(self) -> None:
        self.fragments = {
            definition.name.value: definition
            for definition in self.document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                depth, aliases = self._measure(definition.selection_set)
                if depth > MAX_DEPTH:
                    detail = _("Fields may be nested {most} deep.").format(most=MAX_DEPTH)
                    raise TooMuch("too_deep", detail)
                if aliases > MAX_ALIASES:
                    detail = _("At most {most} aliases are accepted.").format(most=MAX_ALIASES)
                    raise TooMuch("too_many_aliases", detail)

    def _measure(self, selections: SelectionSetNode) -> tuple[int, int]:
        """How deep the fields below are nested, and how many of them have an alias."""
        deepest = aliases = 0
        for depth, more in self._measures(selections):
            deepest, aliases = max(deepest, depth), aliases + more
        return deepest, aliases

    def _measures(self, selections: SelectionSetNode) -> Iterator[tuple[int, int]]:
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                yield self._fragment(node.name.value)
            elif not isinstance(node, FieldNode):
                yield self._measure(node.selection_set)  # type: ignore[attr-defined]
            elif node.name.value in INTROSPECTION:
                # Validation bounds these in its own way: the tools' own query is 13 deep.
                yield 1, int(node.alias is not None)
            else:
                below = self._measure(node.selection_set) if node.selection_set else (0, 0)
                yield below[0] + 1, below[1] + int(node.alias is not None)

    def _fragment(self, name: str) -> tuple[int, int]:
        if name in self._open or name not in self.fragments:
            return 0, 0
        if name not in self._measured:
            self._open.add(name)
            self._measured[name] = self._measure(self.fragments[name].selection_set)
            self._open.remove(name)
        return self._measured[name]

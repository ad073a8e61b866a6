"""What a client asks for, however it is sent: GraphQL over HTTP, and persisted documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache as kept
from django.utils.translation import gettext as _
from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, OperationType
from rest_framework.exceptions import ParseError

from shop.core.graphql import documents
from shop.core.graphql.documents import TooMuch
from shop.core.parsers import parse_object

KEEP_SECONDS = 24 * 60 * 60
# Metadata of mutations: open to whoever sends a token that is no longer valid; those that call
# a provider between their transactions.
FOR_STRANGERS = {"for_strangers": True}
IN_STEPS = {"in_steps": True}
NAMES = ("query", "operationName", "variables", "extensions")


class DocumentNotKnown(TooMuch):
    """As clients of automatic persisted queries expect it, word by word."""

    def __init__(self) -> None:
        super().__init__("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")


@dataclass(frozen=True)
class Asked:
    """A request: `text` is its document, also where only its hash was sent."""

    text: str
    operation_name: str | None
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A request that may be executed."""

    asked: Asked
    document: DocumentNode
    operation: OperationDefinitionNode

    @property
    def is_mutation(self) -> bool:
        return self.operation.operation == OperationType.MUTATION

    def is_one(self) -> bool:
        """Whether it is a single mutation."""
        selections = self.operation.selection_set.selections
        return self.is_mutation and len(selections) == 1 and isinstance(selections[0], FieldNode)

    def has(self, metadata: Mapping[str, bool]) -> bool:
        """Whether it is one mutation alone that says so of itself."""
        if not self.is_one():
            return False
        node = cast("FieldNode", self.operation.selection_set.selections[0])
        field = documents.schema().get_field_for_type(node.name.value, "Mutation")
        return field is not None and metadata.items() <= field.metadata.items()


class NotExecuted(Exception):
    """The request is refused before anything was done."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.errors = errors


def of_query(params: Mapping[str, str]) -> Asked:
    """A GET request; `variables` and `extensions` are JSON. Raises as `of_body` does."""
    given: dict[str, Any] = {name: params[name] for name in NAMES if name in params}
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = parse_object(given[name].encode())
    return of_body(given)


def of_body(given: Mapping[str, Any]) -> Asked:
    """A request; raises `ParseError` for what is none and `NotExecuted` for unknown hashes."""
    text, operation_name = given.get("query"), given.get("operationName")
    variables, extensions = given.get("variables"), given.get("extensions")
    if text is not None and not isinstance(text, str):
        raise ParseError("`query` must be a text.")
    if operation_name is not None and not isinstance(operation_name, str):
        raise ParseError("`operationName` must be a text.")
    for name, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise ParseError(_("`{name}` must be an object.").format(name=name))
    digest = _digest(extensions or {})
    if not text and digest is None:
        raise ParseError("Send a document as `query`.")
    text = _document(text or None, digest)
    return Asked(text, operation_name or None, _plain(variables or {}))


def prepare(asked: Asked) -> Prepared:
    """The operation that `asked` means; raises `NotExecuted`."""
    checked = documents.checked(asked.text)
    if checked.document is None:
        raise NotExecuted(*checked.errors)
    operations = [
        definition
        for definition in checked.document.definitions
        if isinstance(definition, OperationDefinitionNode)
        and (asked.operation_name is None or _name(definition) == asked.operation_name)
    ]
    if len(operations) != 1:
        raise NotExecuted(GraphQLError("Name one of the document's operations."))
    return Prepared(asked, checked.document, operations[0])


def _digest(extensions: Mapping[str, Any]) -> str | None:
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(digest, str) or persisted.get("version") != 1:
        raise ParseError("`persistedQuery` must have `version` 1 and a `sha256Hash`.")
    return digest


def _document(text: str | None, digest: str | None) -> str:
    """The text that was sent, or that the hash stands for; remembers what came with its hash."""
    if text is not None and digest is not None and documents.sha256(text) != digest:
        raise ParseError("`sha256Hash` is not the hash of `query`.")
    known = _of_folder(settings.GRAPHQL_DOCUMENTS)
    if settings.GRAPHQL_DOCUMENTS_ONLY:
        found = known.get(digest or documents.sha256(text or ""))
    elif text is None:
        found = known.get(digest or "") or kept.get(_key(digest or ""))
    else:
        found = text
        if digest is not None and documents.checked(text).document is not None:
            kept.set(_key(digest), text, KEEP_SECONDS)
    if found is None:
        raise NotExecuted(DocumentNotKnown())
    return str(found)


@cache
def _of_folder(folder: str) -> Mapping[str, str]:
    """The documents that were there when the process began, by their hashes."""
    if not folder:
        return {}
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("**/*.graphql"))]
    return {documents.sha256(text): text for text in texts}


def _key(digest: str) -> str:
    # Hashed once more: a key of the cache has a length and an alphabet.
    return f"graphql:{documents.sha256(digest)}"


def _name(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None


def _plain(value: Any) -> Any:
    """Fractions as GraphQL knows them: the strict parser reads them as decimals."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value

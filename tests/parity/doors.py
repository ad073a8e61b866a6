"""The two doors of the shop: what a scenario asks goes through the one or the other.

    def buys(door: Door, shop: Furnished) -> None:
        door.do(shop.owner, rest("DELETE", "/api/store/carts/1/"), mutation("clearCart"))

`do` holds the answer to what the scenario expects: that it is done, or refused with a code.
`said` collects what both doors must say alike: refusals, and what reads answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Self

from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type
from rest_framework.test import APIClient

from config.schema import schema
from shop.accounts.models import User
from shop.core.graphql.errors import in_camel_case
from tests.api import body, client_of
from tests.graphql_door import ask

Told = Callable[[Any], Any]
Refusal = tuple[int, list[tuple[str, str | None]]]


@dataclass(frozen=True)
class Rest:
    method: str
    path: str
    sent: dict[str, Any]
    told: Told | None = None

    def tells(self, told: Told) -> Self:
        """What of the answer is compared, in a form that both doors can say."""
        return replace(self, told=told)


@dataclass(frozen=True)
class Graphql:
    """One root field; `select` is what is asked of it."""

    kind: str
    name: str
    arguments: dict[str, Any]
    select: str = ""
    told: Told | None = None

    def tells(self, told: Told) -> Self:
        return replace(self, told=told)

    @property
    def document(self) -> str:
        """With a variable for each argument, of the type that the schema gives it."""
        root = schema._schema.type_map[self.kind.title()]
        assert isinstance(root, GraphQLObjectType)
        said = root.fields[self.name]
        declared = ", ".join(f"${name}: {said.args[name].type}" for name in self.arguments)
        passed = ", ".join(f"{name}: ${name}" for name in self.arguments)
        kind = said.type.of_type if isinstance(said.type, GraphQLNonNull) else said.type
        select = "" if is_leaf_type(get_named_type(kind)) else self.select or "__typename"
        return (
            f"{self.kind}{f'({declared})' if declared else ''}"
            f" {{ {self.name}{f'({passed})' if passed else ''}"
            f"{f' {{ {select} }}' if select else ''} }}"
        )


def rest(method: str, path: str, /, **sent: Any) -> Rest:
    return Rest(method, path, sent)


def mutation(name: str, /, **arguments: Any) -> Graphql:
    return Graphql("mutation", name, arguments)


def query(name: str, select: str = "", /, **arguments: Any) -> Graphql:
    return Graphql("query", name, arguments, select)


@dataclass
class Door:
    """`name` is "rest" or "graphql"."""

    name: str
    said: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        # One sign-in each, at either door.
        self._client: Callable[[User | None], APIClient] = cache(client_of)

    def do(
        self,
        who: User | None,
        by_rest: Rest,
        by_graphql: Graphql,
        *,
        refused: str = "",
        vendor: str = "",
    ) -> None:
        """Ask for it; `refused` is the code of the refusal that must come, if any."""
        client, headers = self._client(who), {"X-Vendor": vendor} if vendor else {}
        if self.name == "rest":
            refusal, answer = self.by_rest(client, by_rest, **headers)
        else:
            refusal, answer = self.by_graphql(client, by_graphql, **headers)
        codes = [code for code, _ in refusal[1]] if refusal else []
        assert codes == ([refused] if refused else []), (self.name, by_rest.path, answer)
        told = by_rest.told if self.name == "rest" else by_graphql.told
        if refusal:
            self.said.append(refusal)
        elif told is not None:
            self.said.append(told(answer))

    @staticmethod
    def by_rest(client: APIClient, asked: Rest, **headers: str) -> tuple[Refusal | None, Any]:
        given: dict[str, Any] = {"headers": headers}
        given |= {"data": asked.sent, "format": "json"} if asked.method != "GET" else {}
        response = getattr(client, asked.method.lower())(asked.path, **given)
        answer: Any = body(response) if response.content else None
        if response.status_code < 400:
            return None, answer
        problems = [
            (one["code"], one["attr"] and in_camel_case(one["attr"])) for one in answer["errors"]
        ]
        return (response.status_code, problems), answer

    @staticmethod
    def by_graphql(client: APIClient, asked: Graphql, **headers: str) -> tuple[Refusal | None, Any]:
        answer = ask(client, asked.document, asked.arguments, **headers)
        if "errors" not in answer:
            return None, answer["data"][asked.name]
        extensions = [one["extensions"] for one in answer["errors"]]
        problems = [(one["code"], one["attr"]) for one in extensions]
        return (extensions[0]["status"], problems), answer

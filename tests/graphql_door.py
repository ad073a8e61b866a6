"""How tests speak GraphQL: one POST, as any client sends it."""

from collections.abc import Mapping
from typing import Any

from rest_framework.test import APIClient

from tests.api import body

ADDRESS = "/graphql/"


def ask(
    client: APIClient, query: str, variables: Mapping[str, Any] | None = None, **headers: Any
) -> Any:
    """The answer: `{"data", "errors"?, "extensions"}`."""
    asked = {"query": query, "variables": dict(variables or {})}
    response = client.post(ADDRESS, asked, format="json", headers=headers)
    assert response.status_code == 200, response.content
    assert response["X-Request-ID"]
    return body(response)


def data(
    client: APIClient, query: str, variables: Mapping[str, Any] | None = None, **headers: Any
) -> Any:
    """What `query` answers; it must not be refused."""
    answer = ask(client, query, variables, **headers)
    assert "errors" not in answer, answer
    return answer["data"]


def problem(answer: Any) -> tuple[str, str | None, int]:
    """Code, field and status of the one error of `answer`."""
    (error,) = answer["errors"]
    extensions = error["extensions"]
    return extensions["code"], extensions["attr"], extensions["status"]

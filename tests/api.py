"""How tests speak to the API: as a person, with a real token."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import access_token


class Client(APIClient):
    """Reads files that come in pieces, so that every answer has its `content`."""

    def request(self, **more: Any) -> Any:
        answer = super().request(**more)
        if not answer.streaming:
            return answer
        content = answer.getvalue()
        return HttpResponse(content, status=answer.status_code, headers=dict(answer.headers))


def client_of(user: User | None = None) -> APIClient:
    """A client that is signed in as `user`, or nobody."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token(user)}")
    return client


def body(response: Any) -> Any:
    """The answer's JSON, as a client reads it."""
    return orjson.loads(response.content)


def codes(response: Any) -> list[str]:
    """The codes of an error answer; also holds it to the one shape of api.md."""
    answer = body(response)
    assert set(answer) == {"type", "errors"}, answer
    assert all(set(error) == {"code", "detail", "attr"} for error in answer["errors"]), answer
    assert response["X-Request-ID"]
    return [error["code"] for error in answer["errors"]]


def walk(client: APIClient, address: str, *, towards: str = "next") -> Iterator[list[Any]]:
    """The results of each page from `address`, which has a `cursor`, on."""
    step: str | None = address
    while step is not None:
        response = client.get(step)
        assert response.status_code == 200, response.content
        page = body(response)
        assert page["count"] is None
        yield page["results"]
        step = page[towards]

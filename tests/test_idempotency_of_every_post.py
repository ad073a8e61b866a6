"""`Idempotency-Key` on every POST of the API: the second time nothing happens."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from shop.core.once_per_key import OncePerKey
from tests.api import client_of, codes
from tests.furnished_shop import Furnished
from tests.hostile import furnished, root, send, state, undone, unlimited
from tests.operations import OPERATIONS, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

EXEMPT = {
    "api/store/payments/webhooks/stripe/": "Stripe repeats events, by their own ids: the inbox",
}
POSTS = [
    operation
    for operation in OPERATIONS
    if operation.method == "POST" and operation.template.strip("/") + "/" not in EXEMPT
]
every_post = pytest.mark.parametrize("operation", POSTS, ids=lambda one: one.template)


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, root) as shop:
        yield shop


def endpoints(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def takes_post(view: Any) -> bool:
    actions = getattr(view, "actions", None)
    return "post" in actions if actions else hasattr(getattr(view, "cls", None), "post")


def test_every_view_with_a_post_honors_the_key() -> None:
    found = dict(endpoints(get_resolver().url_patterns))
    posts = {route: view for route, view in found.items() if takes_post(view)}
    assert len(posts) >= 2 * len(POSTS)
    without = [route for route, view in posts.items() if not issubclass(view.cls, OncePerKey)]
    assert {route.replace("api/v1/", "api/") for route in without} <= EXEMPT.keys()


@every_post
def test_refuses_an_empty_key(shop: Furnished, operation: Operation) -> None:
    raw, media_type = shop.content(operation)
    more = {"content_type": media_type, "HTTP_IDEMPOTENCY_KEY": ""}
    response = send(client_of(), "POST", shop.address(operation), raw, **more)
    assert (response.status_code, codes(response)) == (400, ["invalid_idempotency_key"])


@every_post
def test_answers_the_same_again_and_does_nothing(shop: Furnished, operation: Operation) -> None:
    raw, media_type = shop.content(operation)
    with undone():
        client = client_of(shop.owner)
        key = {"content_type": media_type, "HTTP_IDEMPOTENCY_KEY": "once only"}
        first = send(client, "POST", shop.address(operation), raw, **key)
        assert 200 <= first.status_code < 300, first.content
        assert "Idempotent-Replayed" not in first
        before = state()
        second = send(client, "POST", shop.address(operation), raw, **key)
        assert state() == before
        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert second["Idempotent-Replayed"] == "true"
        assert second.get("Content-Type") == first.get("Content-Type")

"""How many requests one caller may send in a minute."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from shop.accounts import limits
from shop.accounts.tests.make import PASSWORD, access_token, make_user
from shop.core.cache import ForgivingRedisCache

pytestmark = pytest.mark.django_db

ADDRESS = "/api/store/products/"


@pytest.fixture(autouse=True)
def three_in_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    # In the middle of a minute: no window ends during a test.
    monkeypatch.setattr("shop.accounts.request_limits.time.time", lambda: 1_800_000_010.0)
    monkeypatch.setattr("shop.accounts.request_limits._tally", {})
    cache.clear()


def numbers(response: Any) -> tuple[int, int, int]:
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    limit, remaining, reset = (int(response[name]) for name in names)
    return limit, remaining, reset


def test_each_answer_says_how_many_remain(client: Client) -> None:
    assert [numbers(client.get(ADDRESS)) for _ in range(3)] == [(3, 2, 50), (3, 1, 50), (3, 0, 50)]


def test_what_is_too_much_is_refused(client: Client) -> None:
    for _ in range(3):
        assert client.get(ADDRESS).status_code == 200
    response = client.get(ADDRESS)
    assert response.status_code == 429
    assert response.json()["errors"][0]["code"] == "throttled"
    assert (response["Retry-After"], response["Cache-Control"]) == ("50", "no-store")
    assert numbers(response) == (3, 0, 50)


def test_graphql_is_counted_with_the_rest_and_refused_in_its_own_shape(client: Client) -> None:
    for _ in range(3):
        client.get(ADDRESS)
    response = client.get("/graphql/", {"query": "{__typename}"})
    assert response.status_code == 429
    assert response.json()["errors"][0]["extensions"]["code"] == "throttled"


def test_a_user_counts_wherever_they_call_from(client: Client) -> None:
    header = {"Authorization": f"Bearer {access_token(make_user())}"}
    for number in range(3):
        client.get(ADDRESS, headers=header, REMOTE_ADDR=f"192.0.2.{number}")
    assert client.get(ADDRESS, headers=header).status_code == 429
    assert client.get(ADDRESS).status_code == 200


def test_made_up_tokens_count_for_the_address(client: Client) -> None:
    token = access_token(make_user())
    forged = [f"Bearer {token[:-4]}{number:04}" for number in range(3)]
    for header in forged:
        assert client.get(ADDRESS, headers={"Authorization": header}).status_code == 401
    assert client.get(ADDRESS).status_code == 429


def test_a_household_of_ipv6_is_one_address(client: Client) -> None:
    for number in range(3):
        client.get(ADDRESS, REMOTE_ADDR=f"2001:db8::{number}")
    assert client.get(ADDRESS, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert client.get(ADDRESS, REMOTE_ADDR="2001:db8:0:1::1").status_code == 200


def test_the_next_minute_begins_anew(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        client.get(ADDRESS)
    monkeypatch.setattr("shop.accounts.request_limits.time.time", lambda: 1_800_000_060.0)
    assert numbers(client.get(ADDRESS)) == (3, 2, 60)


def test_what_is_not_the_api_is_not_counted(client: Client) -> None:
    for address in ("/healthz", "/", "/admin/login/"):
        response = client.get(address)
        assert (response.status_code, "RateLimit-Limit" in response) == (200, False)
    assert numbers(client.get(ADDRESS))[1] == 2


def test_refusals_of_every_kind_are_counted(client: Client) -> None:
    client.get("/api/nowhere/")
    client.get("/api/auth/user/")
    assert numbers(client.get("/api/store/products/?page=x")) == (3, 0, 50)


def test_the_scale_of_load_tests_counts(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 100
    assert numbers(client.get(ADDRESS)) == (300, 299, 50)


def test_none_is_no_limit(client: Client, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    answers = [client.get(ADDRESS) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0]


def test_without_its_cache_the_shop_refuses_nobody(client: Client, settings: Any) -> None:
    away = {"BACKEND": f"{ForgivingRedisCache.__module__}.ForgivingRedisCache"}
    settings.CACHES = {"default": away | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert [numbers(client.get(ADDRESS)) for _ in range(5)] == [(3, 2, 50)] * 5


def test_signing_in_tells_its_own_tighter_limit(client: Client, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1000
    user = make_user()
    body = {"email": user.email, "password": PASSWORD}
    response = client.post("/api/auth/jwt/create/", body, content_type="application/json")
    assert response.status_code == 200
    most = limits.SIGN_IN_FROM_ADDRESS.times
    assert numbers(response)[:2] == (most, most - 1)


def test_a_refused_sign_in_says_when_to_come_back(client: Client, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1000
    body = {"email": make_user().email, "password": "wrong"}
    for _ in range(limits.SIGN_IN_OF_ACCOUNT.times + 1):
        answer = client.post("/api/auth/jwt/create/", body, content_type="application/json")
    assert answer.status_code == 429
    limit, remaining, reset = numbers(answer)
    assert (limit, remaining) == (limits.SIGN_IN_OF_ACCOUNT.times, 0)
    assert abs(int(answer["Retry-After"]) - reset) <= 1


def test_who_tries_an_account_does_not_learn_how_often_others_did(
    client: Client, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1000
    body = {"email": make_user().email, "password": "wrong"}
    answer = client.post("/api/auth/jwt/create/", body, content_type="application/json")
    assert answer.status_code == 401
    assert numbers(answer)[0] == limits.SIGN_IN_FROM_ADDRESS.times


def test_processes_that_share_a_cache_share_the_limit(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1000
    tallies: list[dict[str, Any]] = [{}, {}]
    remaining = 0
    for number in range(60):
        monkeypatch.setattr("shop.accounts.request_limits._tally", tallies[number % 2])
        _, remaining, _ = numbers(client.get(ADDRESS))
    # Each tells the others after five at the latest.
    assert 940 <= remaining <= 945

"""The cache in Redis, and the shop without it: slower, never wrong, never a 5xx."""

import time
import urllib.request
import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

from shop.accounts.tests.make import make_staff
from shop.core.cache import ForgivingClient, ForgivingRedisCache
from shop.products.tests.make import make_category, make_product
from tests.journey_over_http import Caller, walk
from tests.server import running_server
from tests.services.conftest import address_of
from tests.services.test_broker import silent_server

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def believe_in_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test finds out by itself whether Redis is away."""
    monkeypatch.setattr(ForgivingClient, "_away_until", 0.0)


@pytest.fixture
def redis() -> Iterator[BaseCache]:
    """The real one, with a prefix of our own; what it holds is deleted afterwards."""
    prefix = f"nexus-test-{uuid.uuid4().hex[:8]}"
    cache = ForgivingRedisCache(address_of("REDIS_URL"), {"KEY_PREFIX": prefix})
    yield cache
    client = cache._cache.get_client()
    for key in client.scan_iter(f"{prefix}:*"):
        client.delete(key)


def test_keeps_what_it_is_given(redis: BaseCache) -> None:
    redis.set("lamp", {"price": "4.50"}, timeout=60)
    redis.set_many({"a": 1, "b": 2}, timeout=60)
    assert redis.get("lamp") == {"price": "4.50"}
    assert redis.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert redis.incr("a", 5) == 6
    assert redis.add("a", 0) is False
    assert redis.touch("a", 0) is True
    assert redis.delete("b") is True
    assert redis.has_key("b") is False


def test_is_the_cache_of_the_shop() -> None:
    address_of("REDIS_URL")
    assert isinstance(caches["default"], ForgivingRedisCache)


def test_without_redis_everything_is_a_miss() -> None:
    cache = ForgivingRedisCache(NOBODY, {})
    cache.set("lamp", 1)
    cache.set_many({"lamp": 1})
    cache.delete_many(["lamp"])
    assert cache.get("lamp", "nothing") == "nothing"
    assert cache.get_many(["lamp"]) == {}
    assert cache.get_or_set("lamp", lambda: "fresh") == "fresh"
    assert (cache.add("lamp", 1), cache.touch("lamp"), cache.delete("lamp")) == (False,) * 3
    with pytest.raises(ValueError, match="not found"):
        cache.incr("lamp")


def test_asks_again_after_a_while(redis: BaseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    redis.set("lamp", 1)
    ForgivingRedisCache(NOBODY, {}).get("lamp")
    assert redis.get("lamp") is None, "Redis is left alone for some seconds"
    monkeypatch.setattr(ForgivingClient, "_away_until", time.monotonic() - 1)
    assert redis.get("lamp") == 1


def test_a_silent_redis_holds_up_one_request_only() -> None:
    with silent_server() as port:
        cache = ForgivingRedisCache(f"redis://127.0.0.1:{port}/0", {})
        started = time.monotonic()
        for _ in range(20):
            cache.get("lamp")
    assert time.monotonic() - started < 3


@pytest.mark.django_db(transaction=True)
def test_the_shop_sells_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    make_staff("order managers", email="clerk@example.test")
    category = make_category()
    for _ in range(12):
        make_product(category=category, stock=5)
    monkeypatch.setenv("REDIS_URL", NOBODY)
    with running_server() as address:
        ready = Caller(address).get("/readyz")
        assert ready == {"status": "ok", "checks": {"database": "ok", "cache": "unavailable"}}
        walk(address, "clerk@example.test", "correct-horse-battery")
        with urllib.request.urlopen(f"{address}/", timeout=5) as page:
            assert page.status == 200

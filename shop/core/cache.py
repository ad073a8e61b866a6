"""A Redis cache that the shop can lose: then everything is a miss, and nothing an error.

What is deleted while Redis is away may be there again when it comes back, so give each
entry a timeout, or a key that changes with what it holds. Nothing that must be right,
such as stock, money or locks, belongs here.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 0.5  # seconds for one answer: a silent Redis must not hold up the shop's
PAUSE = 5.0  # seconds without Redis after it failed to answer


class ForgivingClient(RedisCacheClient):
    """Asks Redis; when it does not answer, says what an empty cache would say."""

    _away_until: ClassVar[float] = 0.0  # for all threads of the process

    def _ask(self, otherwise: T, ask: Callable[..., T], *args: Any) -> T:
        if time.monotonic() < ForgivingClient._away_until:
            return otherwise
        try:
            return ask(*args)
        except (RedisError, OSError) as error:
            ForgivingClient._away_until = time.monotonic() + PAUSE
            logger.warning("the cache is away, going on without: %r", error)
            return otherwise

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return self._ask(False, super().add, key, value, timeout)

    def get(self, key: Any, default: Any) -> Any:
        return self._ask(default, super().get, key, default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._ask(None, super().set, key, value, timeout)

    def touch(self, key: Any, timeout: Any) -> bool:
        return self._ask(False, super().touch, key, timeout)

    def delete(self, key: Any) -> bool:
        return self._ask(False, super().delete, key)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        return self._ask({}, super().get_many, keys)

    def has_key(self, key: Any) -> bool:
        return self._ask(False, super().has_key, key)

    def incr(self, key: Any, delta: int) -> int:
        count: int | None = self._ask(None, super().incr, key, delta)
        if count is None:
            raise ValueError(f"Key {key!r} not found.")  # as for any key that is not there
        return count

    def set_many(self, data: Mapping[Any, Any], timeout: Any) -> None:
        self._ask(None, super().set_many, data, timeout)

    def delete_many(self, keys: Iterable[Any]) -> None:
        self._ask(None, super().delete_many, keys)

    def clear(self) -> bool:
        return self._ask(False, super().clear)

    def count(self, key: Any, seconds: int, by: int) -> int:
        return self._ask(by, self._count, key, seconds, by)

    def _count(self, key: Any, seconds: int, by: int) -> int:
        client: Any = self.get_client(key, write=True)
        count: int = client.incrby(key, by)
        if count == by:
            client.expire(key, seconds)
        return count


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with the client above; `OPTIONS` go to redis-py."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        limits = {
            "socket_connect_timeout": PATIENCE,
            "socket_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 1),  # once, for a connection that broke since
        }
        options = {**limits, **params.get("OPTIONS", {})}
        super().__init__(server, params | {"OPTIONS": options})
        self._class = ForgivingClient

    def count(self, key: str, seconds: int, by: int) -> int:
        client: Any = self._cache
        count: int = client.count(self.make_and_validate_key(key), seconds, by)
        return count


def count(key: str, *, seconds: int, by: int = 1) -> int:
    """What was counted under `key`, this included; forgotten after `seconds`, or with the cache."""
    cache = caches["default"]
    if isinstance(cache, ForgivingRedisCache):
        return cache.count(key, seconds, by)
    try:
        return cache.incr(key, by)
    except ValueError:
        cache.add(key, by, timeout=seconds)
        return by

"""Rate limits in PostgreSQL: they hold across processes and restarts."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.http import HttpRequest

from shop.core.errors import TooManyRequests
from shop.core.models import RateLimitCounter


@dataclass(frozen=True)
class Standing:
    """How a caller stands with a limit: what the `RateLimit-*` headers say."""

    limit: int
    remaining: int
    reset_seconds: int


# The tightest limit per address that the request in hand has met; the middleware answers it.
standing: ContextVar[Standing | None] = ContextVar("standing", default=None)


@dataclass(frozen=True)
class RateLimit:
    """At most `times` in each window of `per`; `scaled` ones grow with RATE_LIMIT_SCALE."""

    name: str
    times: int
    per: timedelta
    scaled: bool = False

    def count(self, subject: str) -> None:
        """Count one attempt of `subject` (an account, an address); raises `TooManyRequests`."""
        now = datetime.now(UTC)
        start = self._window_start(now)
        most = self.times * (settings.RATE_LIMIT_SCALE if self.scaled else 1)
        count = _increment(self._key(subject), start)
        left = max(1, int((start + self.per - now).total_seconds()))
        self._tell(Standing(most, max(0, most - count), left))
        if count > most:
            raise TooManyRequests(retry_after_seconds=left)

    def _tell(self, now: Standing) -> None:
        """Not of an account that is far from its limit: strangers would learn how it is tried."""
        met = standing.get()
        is_tightest = met is None or now.remaining <= met.remaining
        if is_tightest and (self.scaled or now.remaining == 0):
            standing.set(now)

    def give_back(self, subject: str) -> None:
        """Take back one counted attempt, for limits that mean failures only.

        Counting first and giving back leaves no gap that parallel attempts could use.
        """
        RateLimitCounter.objects.filter(
            key=self._key(subject), window_start=self._window_start(datetime.now(UTC)), count__gt=0
        ).update(count=F("count") - 1)

    def _key(self, subject: str) -> str:
        return f"{self.name}:{subject}"[:200]

    def _window_start(self, now: datetime) -> datetime:
        seconds = int(self.per.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp() // seconds * seconds), UTC)


def client_address(request: HttpRequest) -> str:
    """The caller's address; X-Forwarded-For counts only behind `TRUSTED_PROXIES` proxies."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted and hops[-trusted].strip():
        return hops[-trusted].strip()[:64]
    return str(request.META.get("REMOTE_ADDR", ""))


def _increment(key: str, window_start: datetime) -> int:
    table = connection.ops.quote_name(RateLimitCounter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} AS c (key, window_start, count) VALUES (%s, %s, 1)
            ON CONFLICT (key, window_start) DO UPDATE SET count = c.count + 1
            RETURNING count
            """,  # noqa: S608 (the table's name comes from the model)
            [key, window_start],
        )
        (count,) = cursor.fetchone()
    return int(count)

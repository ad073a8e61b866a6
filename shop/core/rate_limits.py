"""Rate limits in PostgreSQL: they hold across processes and restarts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from shop.core.errors import TooManyRequests
from shop.core.models import RateLimitCounter


@dataclass(frozen=True)
class RateLimit:
    """At most `times` in each window of `per`; `scaled` ones grow with RATE_LIMIT_SCALE."""

    name: str
    times: int
    per: timedelta
    scaled: bool = False

    def count(self, subject: str) -> None:
        """Count one attempt of `subject` (an account, an address); raises `TooManyRequests`."""
        seconds = int(self.per.total_seconds())
        now = datetime.now(UTC).timestamp()
        start = int(now // seconds * seconds)
        most = self.times * (settings.RATE_LIMIT_SCALE if self.scaled else 1)
        if _increment(f"{self.name}:{subject}"[:200], datetime.fromtimestamp(start, UTC)) > most:
            raise TooManyRequests(retry_after_seconds=max(1, int(start + seconds - now)))


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

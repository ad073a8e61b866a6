"""What holds for every test of accounts."""

from datetime import UTC, datetime

import pytest

from shop.core.rate_limits import RateLimit


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No window of a rate limit ends while a test counts in it."""
    start = datetime.now(UTC)
    monkeypatch.setattr(RateLimit, "_window_start", lambda *_: start)

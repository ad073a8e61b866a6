"""What runs by the clock."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from shop.accounts import tasks
from shop.accounts.models import AuthSession
from shop.accounts.tests.make import make_session, make_user
from shop.core.models import RateLimitCounter
from shop.core.rate_limits import RateLimit
from shop.core.tasks import prune_rate_limits

pytestmark = pytest.mark.django_db


def test_forgets_sessions_that_expired_long_ago() -> None:
    user = make_user()
    make_session(user)
    for days in (29, 31):
        AuthSession.objects.create(
            user=user,
            refresh_jti=uuid.uuid4(),
            expires_at=timezone.now() - timedelta(days=days),
        )
    tasks.prune_sessions()
    oldest = AuthSession.objects.order_by("expires_at")[0]
    assert AuthSession.objects.count() == 2
    assert oldest.expires_at > timezone.now() - timedelta(days=30)


def test_forgets_counters_of_old_windows() -> None:
    RateLimit("now", times=1, per=timedelta(hours=1)).count("x")
    RateLimitCounter.objects.create(key="old", window_start=datetime(2020, 1, 1, tzinfo=UTC))
    prune_rate_limits()
    assert [counter.key for counter in RateLimitCounter.objects.all()] == ["now:x"]

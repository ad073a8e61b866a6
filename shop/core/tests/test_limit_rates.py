from datetime import timedelta

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from shop.core.errors import TooManyRequests
from shop.core.rate_limits import RateLimit, client_address

pytestmark = pytest.mark.django_db

HOURLY = RateLimit("test", times=2, per=timedelta(days=365))


def test_refuses_the_one_too_many_and_says_when_to_return() -> None:
    HOURLY.count("alice")
    HOURLY.count("alice")
    with pytest.raises(TooManyRequests) as refusal:
        HOURLY.count("alice")
    assert refusal.value.retry_after_seconds > 0


def test_counts_each_subject_by_itself() -> None:
    HOURLY.count("alice")
    HOURLY.count("alice")
    HOURLY.count("bob")


def test_scales_only_what_is_scaled(settings: Settings) -> None:
    settings.RATE_LIMIT_SCALE = 10
    scaled = RateLimit("scaled", times=1, per=timedelta(days=365), scaled=True)
    for _ in range(10):
        scaled.count("alice")
    with pytest.raises(TooManyRequests):
        scaled.count("alice")
    fixed = RateLimit("fixed", times=1, per=timedelta(days=365))
    fixed.count("alice")
    with pytest.raises(TooManyRequests):
        fixed.count("alice")


def test_believes_a_forwarded_address_only_behind_a_trusted_proxy(
    settings: Settings,
) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 7.7.7.7"})
    assert client_address(request) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert client_address(request) == "7.7.7.7"

"""The number of products that a list names: exact when small, remembered when large."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from shop.accounts.tests.make import make_staff
from shop.products import counts
from shop.products.models import Product
from shop.products.tests.make import make_product
from tests.api import body, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache(settings: Any) -> Iterator[None]:
    """Nothing remembered, by this process alone, also where the tests run with Redis."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


def counted(query: str = "") -> int:
    answer: Any = body(client_of().get(f"/api/store/products/?{query}"))
    return int(answer["count"])


def test_counts_a_small_list_anew_each_time() -> None:
    for expected in (1, 2, 3):
        make_product()
        assert counted() == expected


def test_remembers_a_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "EXACT_BELOW", 2)
    make_product()
    assert counted() == 1
    make_product()
    assert counted() == 2
    make_product()
    assert counted() == 2
    cache.clear()
    assert counted() == 3


def test_remembers_each_question_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "EXACT_BELOW", 1)
    # Longer than what psycopg shows of such a parameter.
    long = "a value of some forty characters, and then "
    for price, size in ((10, "S"), (10, f"{long}S"), (20, f"{long}M"), (20, f"{long}M")):
        make_product(price=str(price), sizes=[size])
    assert counted("max_price=15") == counted("min_price=15") == 2
    assert counted("max_price=5") == 0
    assert counted("size=S") == 1
    assert counted(f"size={long}S") == 1
    assert counted(f"size={long}M") == 2


def test_keeps_what_staff_see_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "EXACT_BELOW", 1)
    make_product()
    make_product(status=Product.Status.DRAFT)
    make_product(status=Product.Status.DRAFT)
    staff = client_of(make_staff("catalog managers"))
    assert body(staff.get("/api/store/products/?status=draft"))["count"] == 2
    assert counted("status=draft") == counted() == 1

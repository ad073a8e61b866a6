"""How a vendor's days went: sales when they are paid, refunds when the money went."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.orders.models import Order, OrderItem, VendorOrder
from shop.orders.tests.sellers import Role, Seller, make_colleague, split_order
from shop.payments import services as payments
from shop.payments.models import Refund
from shop.payments.tests.make import pay
from shop.reviews.models import Review
from shop.vendors.models import Vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

NOTHING: dict[str, Any] = {
    "orders": 0,
    "units": 0,
    "sales": "0.00",
    "refunds": "0.00",
    "commission": "0.00",
    "average_rating": None,
    "review_count": 0,
}


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def paid_on(order: Order, moment: datetime) -> Order:
    Order.objects.filter(pk=order.pk).update(paid_at=moment)
    return order


def days(seller: Seller, first: str, last: str) -> dict[str, Any]:
    """The days on which something happened."""
    answer = body(seller.get("summary/", **{"from": first, "to": last}))
    figures = {day.pop("date"): day for day in answer["days"]}
    return {date: told for date, told in figures.items() if told != NOTHING}


def test_counts_a_sale_on_the_day_when_it_is_paid(alice: User, vera: Seller, otto: Seller) -> None:
    paid_on(split_order(alice, vera, otto, quantity=2), at(3, 0))
    paid_on(split_order(alice, vera), at(3, 23))
    paid_on(split_order(alice, vera), at(4, 0))
    split_order(alice, vera, paid=False)
    VendorOrder.objects.filter(vendor=vera.vendor).update(commission_total=1)
    third = NOTHING | {"orders": 2, "units": 3, "sales": "30.00", "commission": "2.00"}
    fourth = NOTHING | {"orders": 1, "units": 1, "sales": "10.00", "commission": "1.00"}
    found = days(vera, "2026-03-01", "2026-03-31")
    assert found == {"2026-03-03": third, "2026-03-04": fourth}
    assert days(vera, "2026-03-03", "2026-03-03") == {"2026-03-03": third}
    totals = body(vera.get("summary/", **{"from": "2026-03-01", "to": "2026-03-31"}))["totals"]
    assert (totals["orders"], totals["units"]) == (3, 4)
    assert (totals["sales"], totals["commission"]) == ("40.00", "3.00")


def test_counts_what_was_given_back_for_its_goods(
    alice: User, clerk: User, vera: Seller, otto: Seller
) -> None:
    order = split_order(alice, vera, otto, quantity=3, paid=False)
    pay(order)
    mine, other = OrderItem.objects.order_by("id")
    for item, quantity in ((mine, 2), (other, 1)):
        wish: Any = [{"item": item.pk, "quantity": quantity}]
        payments.refund_order(order=order, actor=clerk, items=wish)
    Refund.objects.update(succeeded_at=at(9))
    assert days(vera, "2026-03-01", "2026-03-31") == {"2026-03-09": NOTHING | {"refunds": "20.00"}}
    assert days(otto, "2026-03-01", "2026-03-31") == {"2026-03-09": NOTHING | {"refunds": "10.00"}}
    Refund.objects.update(status=Refund.Status.FAILED)
    assert days(vera, "2026-03-01", "2026-03-31") == {}


def test_averages_the_stars_of_each_day(vera: Seller, otto: Seller) -> None:
    for seller, day, rating in ((vera, 5, 5), (vera, 5, 4), (vera, 6, 1), (otto, 5, 3)):
        review = Review.objects.create(
            product=seller.variant.product, user=make_user(), rating=rating
        )
        Review.objects.filter(pk=review.pk).update(created_at=at(day))
    found = days(vera, "2026-03-01", "2026-03-31")
    assert {day: (f["average_rating"], f["review_count"]) for day, f in found.items()} == {
        "2026-03-05": (4.5, 2),
        "2026-03-06": (1.0, 1),
    }
    totals = body(vera.get("summary/", **{"from": "2026-03-05", "to": "2026-03-06"}))["totals"]
    assert (totals["average_rating"], totals["review_count"]) == (3.33, 3)


def test_answers_the_last_30_days_when_nothing_is_said(alice: User, vera: Seller) -> None:
    split_order(alice, vera)
    answer = body(vera.get("summary/"))
    today = timezone.now().date()
    assert (answer["from"], answer["to"]) == (
        (today - timedelta(days=29)).isoformat(),
        today.isoformat(),
    )
    assert answer["currency"] == "USD"
    assert len(answer["days"]) == 30
    assert answer["days"][-1]["orders"] == answer["totals"]["orders"] == 1
    month = body(vera.get("summary/", to="2026-03-31"))
    assert (month["from"], len(month["days"])) == ("2026-03-02", 30)


WRONG_DAYS = [
    {"from": "2026-03-02", "to": "2026-03-01"},
    {"from": "2025-03-01", "to": "2026-03-02"},
    {"from": "0001-01-01", "to": "9999-12-31"},
    {"from": "9999-12-31"},
    {"from": "2026-02-30"},
    {"from": "yesterday"},
    {"from": ""},
]


@pytest.mark.parametrize("query", WRONG_DAYS, ids=str)
def test_refuses_days_that_make_no_sense(vera: Seller, query: dict[str, str]) -> None:
    response = vera.get("summary/", **query)
    assert response.status_code == 400
    codes(response)
    assert body(response)["errors"][0]["attr"] == "from"


def test_takes_366_days_and_the_ends_of_time(vera: Seller) -> None:
    year = {"from": "2025-03-01", "to": "2026-03-01"}
    assert len(body(vera.get("summary/", **year))["days"]) == 366
    for edge in ("0001-01-01", "9999-12-31"):
        answer = body(vera.get("summary/", **{"from": edge, "to": edge}))
        assert answer["totals"] == NOTHING
    assert body(vera.get("summary/", to="0001-01-02"))["from"] == "0001-01-01"


def test_is_for_managers(alice: User, vera: Seller) -> None:
    path = "/api/vendor/summary/"
    assert client_of().get(path).status_code == 401
    assert codes(client_of(alice).get(path)) == ["not_a_vendor"]
    fulfiller = make_colleague(vera.vendor, Role.FULFILLER)
    assert codes(client_of(fulfiller).get(path)) == ["role_too_low"]
    manager = make_colleague(vera.vendor, Role.MANAGER)
    assert client_of(manager).get(path).status_code == 200
    assert client_of(manager).post(path).status_code == 405
    vera.vendor.status = Vendor.Status.SUSPENDED
    vera.vendor.save()
    assert codes(client_of(manager).get(path)) == ["vendor_suspended"]


def test_asks_as_often_for_a_year_as_for_a_day(alice: User, vera: Seller) -> None:
    client, counts = client_of(vera.user), []
    for first in ("2026-03-01", "2025-03-02"):
        split_order(alice, vera)
        with CaptureQueriesContext(connection) as captured:
            client.get("/api/vendor/summary/", {"from": first, "to": "2026-03-01"})
        counts.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
    assert counts[0] == counts[1] <= 5, counts

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services
from shop.payments.models import Payment
from shop.payments.tests.make import make_payment, pay
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

PAYMENTS = "/api/store/payments/"


def test_lists_own_payments_newest_first(alice: User, bob: User) -> None:
    first, second = make_payment(make_order(alice)), make_payment(make_order(alice))
    make_payment(make_order(bob))
    page = body(client_of(alice).get(PAYMENTS))
    assert [payment["id"] for payment in page["results"]] == [second.pk, first.pk]
    assert body(client_of(make_staff("support")).get(PAYMENTS))["count"] == 3
    assert body(client_of(make_staff("catalog managers")).get(PAYMENTS))["count"] == 0


def test_shows_own_payments_only(alice: User, bob: User) -> None:
    payment = make_payment(make_order(alice))
    assert body(client_of(alice).get(f"{PAYMENTS}{payment.pk}/"))["id"] == payment.pk
    for reference in (payment.pk, 2**63, "abc"):
        response = client_of(bob).get(f"{PAYMENTS}{reference}/")
        assert response.status_code == 404
        assert codes(response) == ["not_found"]
    assert client_of().get(f"{PAYMENTS}{payment.pk}/").status_code == 401


def test_lists_their_refunds(alice: User) -> None:
    order = make_order(alice)
    payment = pay(order)
    for amount in ("1.00", "2.50"):
        services.refund_order(order=order, actor=alice, amount=Decimal(amount))
    client = client_of(alice)
    (listed,) = body(client.get(PAYMENTS))["results"]
    assert [refund["amount"] for refund in listed["refunds"]] == ["2.50", "1.00"]
    assert body(client.get(f"{PAYMENTS}{payment.pk}/")) == listed
    confirmed = client.post(f"{PAYMENTS}{payment.pk}/confirm/", {"outcome": "succeed"})
    assert body(confirmed)["refunds"] == listed["refunds"]
    (shown,) = body(client.get(f"/api/store/orders/{order.pk}/"))["payments"]
    assert shown["refunds"] == listed["refunds"]


def test_lists_50_payments_with_as_many_queries_as_1(alice: User) -> None:
    client, counts = client_of(alice), []
    variant = make_variant(stock=200)
    for wanted in (1, 50):
        while Payment.objects.count() < wanted:
            make_payment(make_order(alice, variants=[variant]))
        with CaptureQueriesContext(connection) as captured:
            page = body(client.get(PAYMENTS, {"page_size": 100}))
        assert len(page["results"]) == wanted
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 3, counts

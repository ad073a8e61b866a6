from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.ledger import services
from shop.ledger.models import Entry, Transaction
from shop.ledger.tests.make import causes, make_sale, make_shared_order, standing
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.tests.make import deliver, make_payment, pay
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db


def test_credits_each_seller_less_the_commission(alice: User, vera: Vendor, walt: Vendor) -> None:
    payment = make_sale(alice, [vera, walt, None])
    assert standing(payment) == {
        "clearing sandbox": "30.00",
        "vendor_payable 1": "-9.00",
        "platform_commission 1": "-1.00",
        "vendor_payable 2": "-9.00",
        "platform_commission 2": "-1.00",
        "house_sales 3": "-10.00",
    }
    assert causes(payment) == [f"sale payment:{payment.pk}"]


def test_names_the_vendor_and_the_part_of_each_entry(alice: User, vera: Vendor) -> None:
    make_sale(alice, [vera])
    entry = Entry.objects.get(account=Entry.Account.VENDOR_PAYABLE)
    assert entry.vendor == vera
    assert entry.vendor_order is not None
    assert entry.vendor_order.vendor == vera


def test_books_nothing_of_an_order_with_goods_of_the_house_only(alice: User, vera: Vendor) -> None:
    payment = pay(make_shared_order(alice, [None]))
    payment.refresh_from_db()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        services.book_payment(payment_id=payment.pk)
    # One look, within a savepoint.
    assert len(captured) <= 3
    deliver()
    assert not Transaction.objects.exists()


def test_books_a_payment_once(alice: User, vera: Vendor) -> None:
    payment = make_sale(alice, [vera])
    services.book_payment(payment_id=payment.pk)
    services.catch_up(payment_id=payment.pk)
    assert causes(payment) == [f"sale payment:{payment.pk}"]


def test_takes_as_many_statements_for_one_line_as_for_many(
    alice: User, vera: Vendor, walt: Vendor
) -> None:
    small, large = (
        pay(make_shared_order(alice, vendors)) for vendors in ([vera], [vera, walt, None] * 5)
    )
    counted = []
    for payment in (small, large):
        with CaptureQueriesContext(connection) as captured:
            services.book_payment(payment_id=payment.pk)
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_shares_another_amount_in_proportion(
    alice: User, vera: Vendor, walt: Vendor, clerk: User
) -> None:
    order = make_shared_order(alice, [vera, walt, None])
    payment = make_payment(order)
    payments.record_success(payment=payment, amount=Decimal("20.00"), currency="USD")
    payments.resolve_payment(payment=payment, actor=clerk, accept=True)
    deliver()
    assert standing(payment) == {
        "clearing sandbox": "20.00",
        "vendor_payable 1": "-6.00",
        "platform_commission 1": "-0.67",
        "vendor_payable 2": "-6.00",
        "platform_commission 2": "-0.66",
        "house_sales 3": "-6.67",
    }


def test_books_another_currency_as_it_came(alice: User, vera: Vendor, clerk: User) -> None:
    payment = make_payment(make_shared_order(alice, [vera, None]))
    payments.record_success(payment=payment, amount=Decimal(1001), currency="JPY")
    payments.resolve_payment(payment=payment, actor=clerk, accept=True)
    deliver()
    assert set(Entry.objects.values_list("currency", flat=True)) == {"JPY"}
    assert sum(entry.amount for entry in Entry.objects.exclude(account="clearing")) == -1001


def test_leaves_out_money_that_paid_nothing(alice: User, vera: Vendor) -> None:
    order = make_shared_order(alice, [vera])
    late = make_payment(order)
    pays = pay(order, method=Payment.Method.TEST)
    assert pays.pk == late.pk
    second = Payment.objects.create(
        order=order, method="test", provider="test", amount=order.total_price, currency="USD"
    )
    payments.record_success(payment=second, amount=order.total_price, currency="USD")
    deliver()
    second.refresh_from_db()
    assert second.status == Payment.Status.REFUNDED
    assert causes(pays) == [f"sale payment:{pays.pk}"]


def test_books_an_order_that_costs_nothing_without_entries(alice: User, vera: Vendor) -> None:
    payment = make_sale(alice, [vera], price="0.00")
    assert Order.objects.get(pk=payment.order_id).paid_at is not None
    assert causes(payment) == []

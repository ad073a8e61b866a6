from decimal import Decimal
from typing import Any

import pytest

from shop.accounts.models import User
from shop.ledger import services
from shop.ledger.models import Entry
from shop.ledger.tests import make
from shop.ledger.tests.make import causes, give_back, make_sale, standing
from shop.payments.models import Dispute, Payment
from shop.payments.tests.make import deliver
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db

Status = Dispute.Status


@pytest.fixture
def payment(alice: User, vera: Vendor, walt: Vendor) -> Payment:
    return make_sale(alice, [vera, walt, None], quantity=2)


def dispute(payment: Payment, *about: Any, **more: Any) -> None:
    make.dispute(payment, *about, **more)
    deliver()


def test_sets_the_share_of_each_seller_aside(payment: Payment) -> None:
    dispute(payment, amount="30.00")
    assert standing(payment) == {
        "clearing sandbox": "60.00",
        "vendor_payable 1": "-9.00",
        "vendor_reserve 1": "-9.00",
        "platform_commission 1": "-2.00",
        "vendor_payable 2": "-9.00",
        "vendor_reserve 2": "-9.00",
        "platform_commission 2": "-2.00",
        "house_sales 3": "-20.00",
    }


def test_sets_no_more_aside_than_a_seller_has(payment: Payment, clerk: User) -> None:
    dispute(payment, amount="60.00")
    dispute(payment, amount="60.00", name="dp_2")
    reserved = Entry.objects.filter(account=Entry.Account.VENDOR_RESERVE)
    assert sum(entry.amount for entry in reserved) == Decimal("-36.00")


@pytest.mark.parametrize(("amount", "aside"), [("15.00", "-4.50"), ("60.00", "-18.00")])
def test_follows_an_amount_that_changes(payment: Payment, amount: str, aside: str) -> None:
    before = standing(payment)
    dispute(payment, amount="30.00")
    dispute(payment, amount=amount)
    assert standing(payment)["vendor_reserve 1"] == standing(payment)["vendor_reserve 2"] == aside
    booked = causes(payment)
    dispute(payment, amount=amount)
    services.catch_up(payment_id=payment.pk)
    assert causes(payment) == booked
    dispute(payment, Status.WON, amount)
    assert standing(payment) == before


def test_sets_aside_no_more_than_refunds_leave(payment: Payment, clerk: User) -> None:
    dispute(payment, amount="30.00")
    give_back(payment, clerk, part=0, quantity=2)
    assert standing(payment) == {
        "clearing sandbox": "40.00",
        "vendor_payable 2": "-4.50",
        "vendor_reserve 2": "-13.50",
        "platform_commission 2": "-2.00",
        "house_sales 3": "-20.00",
    }


def test_two_disputes_share_what_is_there(payment: Payment, clerk: User) -> None:
    dispute(payment, amount="45.00")
    dispute(payment, amount="45.00", name="dp_2")
    give_back(payment, clerk, part=0, quantity=1)
    held = standing(payment)
    assert "vendor_payable 1" not in held, "neither more is held than there is, nor less"
    assert held["vendor_reserve 1"] == "-9.00"
    booked = causes(payment)
    services.catch_up(payment_id=payment.pk)
    assert causes(payment) == booked


@pytest.mark.parametrize("end", [Status.WON, Status.CLOSED])
def test_gives_back_what_was_set_aside(payment: Payment, end: Status) -> None:
    before = standing(payment)
    dispute(payment)
    dispute(payment, end)
    assert standing(payment) == before
    assert [cause.split()[0] for cause in causes(payment)] == [
        *("sale", "dispute", "dispute_released")
    ]


def test_takes_what_is_lost_from_everybody(payment: Payment) -> None:
    dispute(payment, amount="30.00")
    dispute(payment, Status.LOST, amount="30.00")
    assert standing(payment) == {
        "clearing sandbox": "30.00",
        "vendor_payable 1": "-9.00",
        "platform_commission 1": "-1.00",
        "vendor_payable 2": "-9.00",
        "platform_commission 2": "-1.00",
        "house_sales 3": "-10.00",
    }
    assert [cause.split()[0] for cause in causes(payment)] == [
        *("sale", "dispute", "dispute_released", "dispute_lost")
    ]


def test_is_lost_without_ever_having_been_open(payment: Payment) -> None:
    dispute(payment, Status.LOST)
    assert standing(payment) == {}
    before = causes(payment)
    services.catch_up(payment_id=payment.pk)
    assert causes(payment) == before


def test_leaves_sellers_in_debt_when_the_money_went_twice(payment: Payment, clerk: User) -> None:
    give_back(payment, clerk)
    dispute(payment, Status.LOST, amount="30.00")
    assert standing(payment) == {
        "clearing sandbox": "-30.00",
        "vendor_payable 1": "10.00",
        "vendor_payable 2": "10.00",
        "house_sales 3": "10.00",
    }


def test_takes_all_that_is_left_for_one_in_another_currency(payment: Payment, clerk: User) -> None:
    give_back(payment, clerk, part=0)
    dispute(payment, Status.LOST, amount="41.00", currency="EUR")
    assert standing(payment) == {}


def test_sets_aside_what_comes_back_while_it_is_open(payment: Payment, clerk: User) -> None:
    refund = give_back(payment, clerk)
    dispute(payment)
    assert "vendor_reserve 1" not in standing(payment)
    refund.status = "failed"
    refund.save()
    services.catch_up(payment_id=payment.pk)
    assert standing(payment)["vendor_reserve 1"] == "-18.00"

from decimal import Decimal

import pytest

from shop.accounts.models import User
from shop.ledger import services
from shop.ledger.tests.make import (
    causes,
    give_back,
    make_sale,
    make_shared_order,
    parts_of,
    standing,
)
from shop.orders import services as orders
from shop.payments import services as payments
from shop.payments.models import Payment, Refund, RefundItem
from shop.payments.provider import Refunded
from shop.payments.tests.make import deliver, pay
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db

Status = Refund.Status


@pytest.fixture
def payment(alice: User, vera: Vendor, walt: Vendor) -> Payment:
    """Two of something of vera, of walt and of the house, at 10.00, and paid."""
    return make_sale(alice, [vera, walt, None], quantity=2)


def promise(payment: Payment, amount: str, *, part: int | None = None) -> Refund:
    """A refund that its provider has not done yet; of one piece of a part's one line."""
    refund = Refund.objects.create(
        payment=payment, provider=payment.provider, amount=Decimal(amount)
    )
    if part is not None:
        line = parts_of(payment)[part].items.get()
        RefundItem.objects.create(refund=refund, order_item=line, quantity=1, amount=amount)
        line.refunded_quantity += 1
        line.save()
    Payment.objects.filter(pk=payment.pk).update(refunded_amount=refund.amount)
    services.catch_up_refund(refund_id=refund.pk)
    return refund


def learn(refund: Refund, status: Status, reference: str = "re_1") -> None:
    payments.record_refund(refund_id=refund.pk, done=Refunded(status=status, reference=reference))
    deliver()


def test_takes_lines_and_their_commission_from_their_part(payment: Payment, clerk: User) -> None:
    refund = give_back(payment, clerk, part=0)
    assert standing(payment) == {
        "clearing sandbox": "50.00",
        "vendor_payable 1": "-9.00",
        "platform_commission 1": "-1.00",
        "vendor_payable 2": "-18.00",
        "platform_commission 2": "-2.00",
        "house_sales 3": "-20.00",
    }
    assert causes(payment)[1:] == [
        f"refund refund:{refund.pk}:1",
        f"refund_paid refund:{refund.pk}:2",
    ]


def test_takes_lines_of_the_house_from_the_house(payment: Payment, clerk: User) -> None:
    give_back(payment, clerk, part=2)
    assert standing(payment)["house_sales 3"] == "-10.00"
    assert standing(payment)["vendor_payable 1"] == "-18.00"


def test_shares_an_amount_by_what_is_left_of_each(payment: Payment, clerk: User) -> None:
    give_back(payment, clerk, part=0)
    give_back(payment, clerk, amount="10.00")
    assert standing(payment) == {
        "clearing sandbox": "40.00",
        "vendor_payable 1": "-7.20",
        "platform_commission 1": "-0.80",
        "vendor_payable 2": "-14.40",
        "platform_commission 2": "-1.60",
        "house_sales 3": "-16.00",
    }


def test_leaves_nothing_to_anybody_of_what_was_given_back_whole(
    payment: Payment, clerk: User
) -> None:
    for amount in ("0.01", "7.77", "33.33", "0.05"):
        give_back(payment, clerk, amount=amount)
    give_back(payment, clerk)
    assert standing(payment) == {}


def test_keeps_no_commission_of_a_part_that_was_given_back_whole(
    payment: Payment, clerk: User
) -> None:
    give_back(payment, clerk, amount="0.10")
    give_back(payment, clerk, part=0, quantity=2)
    assert "platform_commission 1" not in standing(payment)


def test_owes_what_is_promised_until_it_is_given_back(payment: Payment) -> None:
    refund = promise(payment, "10.00", part=0)
    assert standing(payment)["refunds"] == "-10.00"
    assert standing(payment)["clearing sandbox"] == "60.00"
    assert standing(payment)["vendor_payable 1"] == "-9.00"
    learn(refund, Status.SUCCEEDED)
    assert standing(payment)["clearing sandbox"] == "50.00"
    assert "refunds" not in standing(payment)


def test_takes_back_what_is_refused(payment: Payment) -> None:
    before = standing(payment)
    refund = promise(payment, "10.00", part=0)
    learn(refund, Status.FAILED, reference="")
    assert standing(payment) == before
    assert causes(payment)[1:] == [
        f"refund refund:{refund.pk}:1",
        f"refund_reversed refund:{refund.pk}:2",
    ]


def test_takes_back_what_came_back_from_the_bank(payment: Payment) -> None:
    before = standing(payment)
    refund = promise(payment, "10.00", part=0)
    learn(refund, Status.SUCCEEDED)
    learn(refund, Status.FAILED)
    assert standing(payment) == before


def test_books_once_more_what_is_revived_at_its_provider(payment: Payment) -> None:
    refund = promise(payment, "10.00")
    learn(refund, Status.FAILED, reference="")
    learn(refund, Status.PENDING)
    # Nobody publishes that.
    assert "refunds" not in standing(payment)
    assert services.catch_up_all() == 1
    assert standing(payment)["refunds"] == "-10.00"
    assert services.catch_up_all() == 0
    learn(refund, Status.SUCCEEDED)
    assert standing(payment)["clearing sandbox"] == "50.00"
    assert [cause.split()[0] for cause in causes(payment)] == [
        *("sale", "refund", "refund_reversed", "refund", "refund_paid")
    ]


def test_books_nothing_of_what_is_held(payment: Payment) -> None:
    before = standing(payment)
    payments.record_refund_of_provider(
        payment=payment, reference="re_9", amount=Decimal("99.00"), status=Status.SUCCEEDED
    )
    deliver()
    assert Refund.objects.get().status == Status.HELD
    assert standing(payment) == before


def test_books_refunds_of_a_sale_that_is_heard_of_last(
    alice: User, vera: Vendor, clerk: User
) -> None:
    payment = pay(make_shared_order(alice, [vera]))
    payments.refund_order(order=payment.order, actor=clerk, amount=Decimal("4.00"))
    refund = payment.refunds.get()
    services.catch_up_refund(refund_id=refund.pk)
    assert causes(payment) == []
    services.book_payment(payment_id=payment.pk)
    assert standing(payment) == {
        "clearing sandbox": "6.00",
        "vendor_payable 1": "-5.40",
        "platform_commission 1": "-0.60",
    }


def test_books_the_refund_of_a_cancelled_order(payment: Payment, alice: User) -> None:
    orders.cancel_order(order=payment.order, actor=alice)
    deliver()
    assert standing(payment) == {}


def test_is_the_same_however_often_it_is_heard(payment: Payment, clerk: User) -> None:
    give_back(payment, clerk, amount="11.11")
    before = causes(payment)
    for refund in payment.refunds.all():
        services.catch_up_refund(refund_id=refund.pk)
    services.book_payment(payment_id=payment.pk)
    assert causes(payment) == before

"""Events that are heard at the same moment, each over a connection of its own."""

from decimal import Decimal
from functools import partial

import pytest

from shop.accounts.tests.make import make_staff, make_user
from shop.ledger import errors, services
from shop.ledger.models import Adjustment, Entry, Transaction
from shop.ledger.tests.make import causes, make_shared_order
from shop.orders.tests.parallel import together
from shop.payments import services as payments
from shop.payments.tests.make import pay
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db(transaction=True)


def test_books_a_payment_once_however_many_hear_of_it() -> None:
    clerk = make_staff("order managers")
    payment = pay(make_shared_order(make_user(), [make_vendor(), None], quantity=2))
    payments.refund_order(order=payment.order, actor=clerk)
    refund = payment.refunds.get()
    sale = partial(services.book_payment, payment_id=payment.pk)
    back = partial(services.catch_up_refund, refund_id=refund.pk)
    assert together([sale, back, sale, back]) == [None] * 4
    assert causes(payment) == [
        f"sale payment:{payment.pk}",
        f"refund refund:{refund.pk}:1",
        f"refund_paid refund:{refund.pk}:2",
    ]
    # The guards of the database were asked at commit.
    assert sum(entry.amount for entry in Entry.objects.all()) == 0


def test_decides_once_about_an_adjustment() -> None:
    one, two, three = (make_staff(email=f"staff{n}@example.test") for n in range(3))
    adjustment = services.propose_adjustment(
        vendor=make_vendor(), amount=Decimal(5), currency="USD", reason="Photos.", actor=one
    )
    answers = together(
        [
            partial(services.approve_adjustment, adjustment=adjustment, actor=two),
            partial(services.approve_adjustment, adjustment=adjustment, actor=three),
            partial(services.reject_adjustment, adjustment=adjustment, actor=one),
        ]
    )
    assert answers.count(errors.AlreadyDecided) == 2
    status = Adjustment.objects.get().status
    assert Transaction.objects.count() == (1 if status == "approved" else 0)

"""What buyers read about their orders."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import Now

from shop.accounts.models import User
from shop.accounts.tests.make import make_address
from shop.notifications.letters import buyers
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, tell_events
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.provider import Outcome
from shop.payments.tests.make import make_payment, pay
from shop.products.models import Variant
from shop.products.tests.make import make_product

pytestmark = pytest.mark.django_db

BODIES = ("text", "html")


def variant() -> Variant:
    product = make_product("Linen <shirt>", price="1250.50", sizes=["M"])
    return product.variants.get()


@pytest.fixture
def order(alice: User) -> Order:
    make_address(alice)
    return make_order(alice, variants=[variant()], quantity=2)


def both(row: Mail) -> str:
    return row.text + row.html


class TestPlaced:
    def test_lists_what_was_ordered_where_it_goes_and_the_total(self, order: Order) -> None:
        row = mail_of("order_placed")
        assert row.recipient == "alice@example.test"
        assert row.subject == f"Your order {order.number}"
        assert "2 x Linen <shirt> (M): 2,501.00 USD\n" in row.text
        assert "Total: 2,501.00 USD\n" in row.text
        assert "It goes to:\nAlice Archer\n12 Orchard Lane\n62701 Springfield IL\n" in row.text
        assert "United States of America" in row.text
        assert "Linen &lt;shirt&gt;" in row.html
        assert "<shirt>" not in row.html
        assert f"/orders/{order.number}" in row.text

    def test_goes_to_the_address_that_the_order_keeps(self, order: Order) -> None:
        User.objects.filter(pk=order.user_id).update(email="new@example.test")
        assert mail_of("order_placed").recipient == "alice@example.test"

    def test_says_until_when_to_pay(self, order: Order) -> None:
        row = mail_of("order_placed")
        assert order.expires_at is not None
        until = f"{order.expires_at:%-d %B %Y, %H:%M} UTC"
        assert until in row.text
        assert until in row.html

    def test_says_how_to_transfer_the_money(self, order: Order, settings: Any) -> None:
        settings.BANK_TRANSFER_DETAILS = "IBAN DE02 1203"
        make_payment(order, method=Payment.Method.BANK_TRANSFER)
        row = mail_of("order_placed")
        for body in (row.text, row.html):
            assert f"Transfer 2501.00 USD for {order.number} to: IBAN DE02 1203" in body
        assert "not paid yet" not in both(row)

    def test_asks_for_no_money_when_it_is_paid_already(self, order: Order) -> None:
        pay(order)
        row = mail_of("order_placed")
        assert "It is paid." in row.text
        assert "Pay" not in both(row)

    def test_shows_what_the_total_is_made_of(self, order: Order) -> None:
        Order.objects.update(shipping_total=Decimal(9), discount_total=Decimal(5), total_price=2505)
        row = mail_of("order_placed")
        sums = "Goods: 2,501.00 USD\nShipping: 9.00 USD\nDiscount: -5.00 USD\nTotal: 2,505.00 USD"
        assert sums in row.text

    def test_does_without_an_address(self, alice: User) -> None:
        make_order(alice)
        row = mail_of("order_placed")
        assert "goes to" not in both(row)
        assert "\n\n\n" not in row.text


def test_paid(order: Order) -> None:
    pay(order)
    row = mail_of("order_paid")
    assert row.subject == f"We have your payment for {order.number}"
    assert "payment of 2,501.00 USD" in row.text
    assert "write again when it leaves" in row.text


def test_shipped_with_its_tracking_number(order: Order, clerk: User) -> None:
    pay(order)
    orders.ship_order(order=order, actor=clerk, carrier="Royal Mail", tracking_number="RM<1>GB")
    row = mail_of("order_shipped")
    assert row.subject == f"Your order {order.number} is on its way"
    assert "has left with Royal Mail.\nTracking number: RM<1>GB\n" in row.text
    assert "RM&lt;1&gt;GB" in row.html


def test_shipped_without_a_carrier(order: Order, clerk: User) -> None:
    pay(order)
    orders.ship_order(order=order, actor=clerk)
    row = mail_of("order_shipped")
    assert "has left.\n" in row.text
    assert "Tracking" not in both(row)


def test_shipped_before_it_is_paid_asks_to_have_the_money_ready(order: Order, clerk: User) -> None:
    make_payment(order, method=Payment.Method.CASH_ON_DELIVERY)
    orders.ship_order(order=order, actor=clerk)
    assert "Have 2501.00 USD ready at the door." in mail_of("order_shipped").text


def test_paid_at_the_door_says_nothing_of_packing(order: Order, clerk: User) -> None:
    payment = make_payment(order, method=Payment.Method.CASH_ON_DELIVERY)
    orders.ship_order(order=order, actor=clerk)
    payments.confirm_payment(payment=payment, actor=clerk)
    assert "pack" not in both(mail_of("order_paid"))


def test_delivered(order: Order, clerk: User) -> None:
    pay(order)
    orders.ship_order(order=order, actor=clerk)
    orders.deliver_order(order=order, actor=clerk)
    assert mail_of("order_delivered").subject == f"Your order {order.number} has arrived"


def expire(order: Order) -> None:
    Order.objects.update(expires_at=Now())
    assert orders.expire_orders() == 1


def fail(order: Order) -> None:
    payments.confirm_payment(payment=make_payment(order), actor=order.user, outcome=Outcome.FAIL)


class TestCancelled:
    @pytest.mark.parametrize(
        ("cancel", "why"),
        [
            (expire, "Not paid in time."),
            (fail, "The payment failed."),
            (lambda order: orders.cancel_order(order=order, actor=order.user), "You cancelled it."),
        ],
        ids=["expired", "failed", "by the buyer"],
    )
    def test_says_why(self, cancel: Callable[[Order], object], why: str, order: Order) -> None:
        cancel(order)
        row = mail_of("order_cancelled")
        assert f"is cancelled. {why}\n" in row.text
        assert why in row.html
        assert "Nothing was paid" in row.text

    def test_keeps_what_staff_noted_to_themselves(self, order: Order, clerk: User) -> None:
        orders.cancel_order(order=order, actor=clerk, note="looks like fraud")
        row = mail_of("order_cancelled")
        assert "The shop cancelled it." in row.text
        assert "fraud" not in both(row)

    def test_promises_the_money_back(self, order: Order) -> None:
        pay(order)
        orders.cancel_order(order=order, actor=order.user)
        assert "What you paid for it goes back" in mail_of("order_cancelled").text
        assert mail_of("payment_refunded").subject == (
            f"Your refund of 2,501.00 USD for {order.number}"
        )


class TestRefunded:
    def refund(self, order: Order, clerk: User, amount: str | None = None) -> Mail:
        payments.refund_order(order=order, actor=clerk, amount=Decimal(amount) if amount else None)
        tell_events()
        return Mail.objects.filter(kind="payment_refunded").latest("id")

    def test_in_parts(self, order: Order, clerk: User) -> None:
        pay(order)
        first = self.refund(order, clerk, "1.00")
        assert "given back 1.00 USD" in first.text
        assert "all that you paid" not in both(first)
        second = self.refund(order, clerk, "2.00")
        assert "given back 2.00 USD" in second.text
        assert "Together with what came before, that makes 3.00 USD." in second.text
        last = self.refund(order, clerk)
        assert "given back 2,498.00 USD" in last.text
        assert "all that you paid, 2,501.00 USD together." in last.text
        assert Mail.objects.filter(kind="payment_refunded").count() == 3

    def test_at_once(self, order: Order, clerk: User) -> None:
        pay(order)
        row = self.refund(order, clerk)
        assert "With that you have back all that you paid." in row.text
        assert "your bank" in row.text

    def test_by_hand(self, order: Order, clerk: User) -> None:
        pay(order, method=Payment.Method.CASH_ON_DELIVERY, actor=clerk)
        assert "your bank" not in both(self.refund(order, clerk))


def test_a_letter_takes_the_same_queries_for_1_and_for_20_lines(
    alice: User, django_assert_num_queries: Any
) -> None:
    for count in (1, 20):
        order = make_order(alice, variants=[make_product().variants.get() for _ in range(count)])
        with django_assert_num_queries(2):
            buyers.order_placed(order.pk)

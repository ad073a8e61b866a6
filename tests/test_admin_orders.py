"""Staff move orders and money in the admin, as far as the table of states allows."""

from decimal import Decimal

import pytest

from shop.accounts.tests.make import make_staff, make_user
from shop.inventory.models import StockLevel
from shop.orders.models import Order, OrderStatusChange
from shop.orders.tests.make import make_order
from shop.payments.models import Payment, Refund
from shop.payments.tests.make import make_payment, pay
from tests.back_office import DIALOG, browser_of, in_dialog, make_superuser, page, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid() -> Order:
    order = make_order(make_user("alice@example.test"))
    pay(order)
    return order


def test_shows_lines_payments_and_history_on_one_page(paid: Order) -> None:
    html = browser_of(make_superuser()).get(page(Order, paid.pk)).content.decode()
    item = paid.items.get()
    assert item.product_name in html
    assert "10.00 USD" in html
    assert "succeeded" in html
    assert "PENDING → PAID" in html


class TestMoving:
    def test_ships_with_carrier_and_tracking_number(self, paid: Order) -> None:
        staff = make_staff("order managers")
        client = browser_of(staff)
        ship = page(Order, paid.pk, do="ship")
        assert "tracking_number" in client.get(ship).content.decode()
        sent = {"carrier": "DHL", "tracking_number": "JD01", "note": "fragile"}
        assert in_dialog(client, ship, sent) == [("success", f"{paid.number} is shipped.")]
        paid.refresh_from_db()
        assert (paid.status, paid.carrier, paid.tracking_number) == ("SHIPPED", "DHL", "JD01")
        last = OrderStatusChange.objects.filter(order=paid).latest("id")
        assert (last.actor, last.note) == (staff, "fragile")

    def test_goes_all_the_way(self, paid: Order) -> None:
        client = browser_of(make_staff("order managers"))
        for action in ("process", "ship", "deliver"):
            in_dialog(client, page(Order, paid.pk, do=action), {})
        paid.refresh_from_db()
        assert paid.status == Order.Status.DELIVERED

    def test_says_why_a_move_is_refused(self, paid: Order) -> None:
        client = browser_of(make_staff("order managers"))
        messages = in_dialog(client, page(Order, paid.pk, do="deliver"), {})
        assert messages == [("error", "An order that is PAID cannot become DELIVERED.")]
        paid.refresh_from_db()
        assert paid.status == Order.Status.PAID

    def test_offers_only_what_is_possible(self, paid: Order) -> None:
        client = browser_of(make_staff("order managers"))

        def offered() -> set[str]:
            html = client.get(page(Order, paid.pk)).content.decode()
            names = ("process", "ship", "deliver", "cancel", "refund")
            return {name for name in names if page(Order, paid.pk, do=name) in html}

        assert offered() == {"process", "ship", "cancel", "refund"}
        in_dialog(client, page(Order, paid.pk, do="ship"), {})
        assert offered() == {"deliver", "refund"}

    def test_cancels_and_frees_the_stock(self) -> None:
        order = make_order(make_user(), quantity=3)
        client = browser_of(make_staff("order managers"))
        in_dialog(client, page(Order, order.pk, do="cancel"), {"note": "asked by phone"})
        order.refresh_from_db()
        assert order.status == Order.Status.CANCELLED
        assert StockLevel.objects.get().reserved == 0

    def test_does_nothing_on_a_plain_link(self, paid: Order) -> None:
        """A GET only asks: no other site can move an order with an image's address."""
        client = browser_of(make_superuser())
        for action in ("process", "ship", "cancel", "refund"):
            assert client.get(page(Order, paid.pk, do=action)).status_code == 200
        paid.refresh_from_db()
        assert paid.status == Order.Status.PAID

    def test_is_not_for_those_who_only_look(self, paid: Order) -> None:
        client = browser_of(make_staff("support"))
        for action in ("process", "ship", "deliver", "cancel", "refund"):
            address = page(Order, paid.pk, do=action)
            assert client.post(address, DIALOG).status_code == 403
            assert address not in client.get(page(Order, paid.pk)).content.decode()
        paid.refresh_from_db()
        assert paid.status == Order.Status.PAID

    def test_processes_many_and_says_which_could_not_be(self, paid: Order) -> None:
        other = make_order(make_user())
        pay(other)
        sent = make_order(make_user())
        pay(sent)
        client = browser_of(make_staff("order managers"))
        in_dialog(client, page(Order, sent.pk, do="ship"), {})
        chosen = {"action": "process_selected", "_selected_action": [paid.pk, other.pk, sent.pk]}
        messages = said(client.post(page(Order), chosen, follow=True))
        assert sorted(messages) == [
            ("error", f"{sent.number}: An order that is SHIPPED cannot become PROCESSING."),
            ("success", "2 orders are being processed."),
        ]


class TestMoney:
    def test_refunds_a_part(self, paid: Order) -> None:
        client = browser_of(make_staff("order managers"))
        sent = {"amount": "2.50", "reason": "scratched"}
        in_dialog(client, page(Order, paid.pk, do="refund"), sent)
        refund = Refund.objects.get()
        assert (refund.amount, refund.reason) == (Decimal("2.50"), "scratched")
        paid.refresh_from_db()
        assert paid.status == Order.Status.PAID

    def test_refunds_so_many_of_a_line(self) -> None:
        order = make_order(make_user(), quantity=3)
        pay(order)
        client = browser_of(make_staff("order managers"))
        refund, line = page(Order, order.pk, do="refund"), f"line_{order.items.get().pk}"
        assert "How many of 3" in client.get(refund).content.decode()
        sent = {line: "2", "restock": "yes"}
        assert in_dialog(client, refund, sent)[0][0] == "success"
        given_back = Refund.objects.get()
        assert given_back.amount == Decimal("20.00")
        html = browser_of(make_staff("support")).get(page(Refund, given_back.pk)).content.decode()
        assert str(order.items.get()) in html
        assert StockLevel.objects.get().available == 9
        kept_open = client.post(refund, DIALOG | {line: "2"})
        assert "HX-Redirect" not in kept_open.headers
        assert Refund.objects.count() == 1

    def test_refunds_all_that_is_left(self, paid: Order) -> None:
        client = browser_of(make_staff("order managers"))
        in_dialog(client, page(Order, paid.pk, do="refund"), {})
        paid.refresh_from_db()
        assert paid.status == Order.Status.REFUNDED
        html = client.get(page(Order, paid.pk)).content.decode()
        assert page(Order, paid.pk, do="refund") not in html

    def test_says_why_a_refund_is_refused(self, paid: Order) -> None:
        client = browser_of(make_staff("order managers"))
        messages = in_dialog(client, page(Order, paid.pk, do="refund"), {"amount": "10.01"})
        assert messages == [("error", "At most 10.00 can be given back.")]
        assert not Refund.objects.exists()

    @pytest.mark.parametrize("amount", ["x", "1e400", "NaN", "9" * 50])
    def test_keeps_the_dialog_open_for_amounts_that_are_none(
        self, paid: Order, amount: str
    ) -> None:
        client = browser_of(make_superuser())
        response = client.post(page(Order, paid.pk, do="refund"), DIALOG | {"amount": amount})
        assert response.status_code == 200
        assert "HX-Redirect" not in response.headers
        assert not Refund.objects.exists()

    def test_confirms_cash_that_arrived(self) -> None:
        order = make_order(make_user())
        payment = make_payment(order, method=Payment.Method.CASH_ON_DELIVERY)
        client = browser_of(make_staff("order managers"))
        confirm = page(Payment, payment.pk, do="confirm_arrival")
        assert confirm in client.get(page(Payment, payment.pk)).content.decode()
        in_dialog(client, confirm, {})
        order.refresh_from_db()
        assert order.paid_at is not None
        assert confirm not in client.get(page(Payment, payment.pk)).content.decode()

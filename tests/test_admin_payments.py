"""Staff decide about held money, and look after what providers told."""

from decimal import Decimal

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.orders.tests.make import make_order
from shop.payments import services
from shop.payments.models import Dispute, InboxEvent, Payment, Refund
from shop.payments.tests.make import make_payment
from tests.back_office import browser_of, in_dialog, one_of_everything, page, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return make_staff("order managers")


@pytest.fixture
def held() -> Payment:
    payment = make_payment(make_order(make_user()))
    return services.record_success(payment=payment, amount=Decimal("9.00"), currency="USD")


def test_a_clerk_accepts_what_is_held(clerk: User, held: Payment) -> None:
    client = browser_of(clerk)
    html = client.get(page(Payment, held.pk)).content.decode()
    assert "9.00 USD came instead of 10.00 USD." in html
    assert page(Payment, held.pk, do="resolve") in html
    dialog = client.get(page(Payment, held.pk, do="resolve")).content.decode()
    assert "9.00 USD came instead of 10.00 USD." in dialog
    said_ = in_dialog(client, page(Payment, held.pk, do="resolve"), {"accept": "yes"})
    assert said_[0][0] == "success"
    held.order.refresh_from_db()
    assert held.order.status == "PAID"
    assert (
        page(Payment, held.pk, do="resolve")
        not in client.get(page(Payment, held.pk)).content.decode()
    )


def test_a_clerk_has_it_given_back(clerk: User, held: Payment) -> None:
    in_dialog(browser_of(clerk), page(Payment, held.pk, do="resolve"), {"accept": "no"})
    assert Refund.objects.get().amount == Decimal("9.00")
    written = held.order.history.get(actor=clerk)
    assert written.note == "Not accepted: 9.00 USD came instead of 10.00 USD."


def test_says_that_there_is_nothing_to_decide(clerk: User, held: Payment) -> None:
    client = browser_of(clerk)
    address = page(Payment, held.pk, do="resolve")
    in_dialog(client, address, {"accept": "no"})
    assert in_dialog(client, address, {"accept": "yes"})[0][0] == "error"
    held.order.refresh_from_db()
    assert held.order.status == "PENDING"


def test_is_no_business_of_support(held: Payment) -> None:
    client = browser_of(make_staff("support"))
    assert client.get(page(Payment, held.pk, do="resolve")).status_code == 403
    assert client.get(page(InboxEvent)).status_code == 403
    assert client.get(page(Dispute)).status_code == 200


def test_processes_events_again(clerk: User) -> None:
    one_of_everything()
    event = InboxEvent.objects.get()
    InboxEvent.objects.update(processed_at=event.received_at, outcome="unknown")
    chosen = {"action": "process_again", "_selected_action": [event.pk]}
    response = browser_of(clerk).post(page(InboxEvent), chosen, follow=True)
    assert said(response) == [("success", "1 events will be processed again.")]
    event.refresh_from_db()
    assert event.processed_at is None
    assert OutboxEvent.objects.filter(name="provider_event.received").count() == 1

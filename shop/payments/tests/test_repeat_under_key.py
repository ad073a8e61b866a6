"""A process dies in the middle of a request; it is repeated under its `Idempotency-Key`."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.orders.tests.make import make_order
from shop.payments import services, views
from shop.payments.models import Payment
from shop.payments.provider import Opened, Outcome
from shop.payments.sandbox import Sandbox
from shop.payments.tests.fake_stripe import FakeStripe, hear
from shop.payments.tests.make import make_payment
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

PAYMENTS = "/api/store/payments/"


def die(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


def post(user: User, path: str, data: Any, *, key: str = "k-1") -> Any:
    return client_of(user).post(path, data, headers={"Idempotency-Key": key})


def test_answers_the_payment_that_was_paid_meanwhile(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(alice)
    asked = {"order": order.pk, "method": "test"}
    with monkeypatch.context() as broken:
        broken.setattr(Sandbox, "open", die)
        with pytest.raises(KeyboardInterrupt):
            post(alice, PAYMENTS, asked)
    payment = Payment.objects.get()
    services.confirm_payment(payment=payment, actor=alice, outcome=Outcome.SUCCEED)
    answer = post(alice, PAYMENTS, asked)
    assert answer.status_code == 201, answer.content
    assert (body(answer)["id"], body(answer)["status"]) == (payment.pk, "succeeded")
    assert post(alice, PAYMENTS, asked).content == answer.content
    assert codes(post(alice, PAYMENTS, asked, key="k-2")) == ["already_paid"]


def test_answers_the_card_payment_that_was_paid_meanwhile(alice: User, stripe: FakeStripe) -> None:
    asked = {"order": make_order(alice).pk, "method": "card"}
    stripe.dies_after = lambda: die() if stripe.intents else None
    with pytest.raises(KeyboardInterrupt):
        post(alice, PAYMENTS, asked)
    stripe.dies_after = None
    hear(stripe.pay("pi_1"))
    answer = post(alice, PAYMENTS, asked)
    assert answer.status_code == 201, answer.content
    assert body(answer)["status"] == "succeeded"
    assert len(stripe.intents) == Payment.objects.count() == 1


def test_asks_nobody_for_a_payment_that_gave_way_meanwhile(
    alice: User, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(alice)
    asked = {"order": order.pk, "method": "card"}
    with monkeypatch.context() as broken:
        broken.setattr(stripe, "request", die)
        with pytest.raises(KeyboardInterrupt):
            post(alice, PAYMENTS, asked)
    other = make_payment(order, method="cash_on_delivery")
    answer = body(post(alice, PAYMENTS, asked))
    assert (answer["status"], answer["client_secret"]) == ("cancelled", None)
    other.refresh_from_db()
    assert (other.status, stripe.intents) == ("pending", {})


def test_goes_on_asking_for_a_payment_that_is_still_open(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"order": make_order(alice).pk, "method": "test"}
    with monkeypatch.context() as broken:
        broken.setattr(Sandbox, "open", die)
        with pytest.raises(KeyboardInterrupt):
            post(alice, PAYMENTS, asked)
    opened = Opened(reference="test_payment_again", instructions="Confirm it.")
    monkeypatch.setattr(Sandbox, "open", lambda *_: opened)
    assert body(post(alice, PAYMENTS, asked))["instructions"] == "Confirm it."
    assert Payment.objects.get().provider_reference == "test_payment_again"


@pytest.mark.parametrize("outcome", ["succeed", "decline", "fail"])
def test_says_once_how_a_payment_ended(
    alice: User, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    order = make_order(alice)
    payment = make_payment(order)
    path, said = f"{PAYMENTS}{payment.pk}/confirm/", {"outcome": outcome}
    with monkeypatch.context() as broken:
        broken.setattr(views, "payment_json", die)
        with pytest.raises(KeyboardInterrupt):
            post(alice, path, said)
    payment.refresh_from_db()
    told = OutboxEvent.objects.count()
    answer = post(alice, path, said)
    assert answer.status_code == 200, answer.content
    assert body(answer)["status"] == payment.status
    assert OutboxEvent.objects.count() == told
    if outcome != "succeed":
        assert post(alice, path, said, key="k-2").status_code == 409

"""localstripe understands what the shop says through the official SDK."""

import json
from collections.abc import Iterator

import pytest
import stripe
from stripe import PaymentIntent, StripeClient

from tests.localstripe import LocalStripe, running_localstripe
from tests.stripe_simulator.receiver import Receiver, receiving

SECRET = "whsec_of_this_test"


@pytest.fixture(scope="module")
def _servers() -> Iterator[tuple[LocalStripe, Receiver]]:
    with (
        receiving(SECRET) as receiver,
        running_localstripe(webhook_url=receiver.url, secret=SECRET) as server,
    ):
        yield server, receiver


@pytest.fixture
def server(_servers: tuple[LocalStripe, Receiver]) -> LocalStripe:
    return _servers[0]


@pytest.fixture
def receiver(_servers: tuple[LocalStripe, Receiver]) -> Receiver:
    return _servers[1]


@pytest.fixture
def client(server: LocalStripe) -> StripeClient:
    http = stripe.RequestsClient(timeout=10)
    return StripeClient(server.secret_key, base_addresses={"api": server.url}, http_client=http)


def make_intent(client: StripeClient) -> PaymentIntent:
    customer = client.v1.customers.create(
        {"email": "ada@example.test", "metadata": {"user": "1"}}, {"idempotency_key": "user-1"}
    )
    return client.v1.payment_intents.create(
        {
            "amount": 1999,
            "currency": "usd",
            "customer": customer.id,
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"order": "NX-2026-000001", "payment": "7"},
        },
        {"idempotency_key": "payment-7"},
    )


def test_a_card_pays_and_money_goes_back(
    client: StripeClient, server: LocalStripe, receiver: Receiver
) -> None:
    intent = make_intent(client)
    assert intent.status == "requires_payment_method"
    status, confirmed = server.confirm_as_stripe_js(intent.client_secret or "")
    assert (status, confirmed["status"]) == (200, "succeeded")
    found = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert (found.status, found.amount_received) == ("succeeded", 1999)
    assert found.to_dict()["metadata"] == {"order": "NX-2026-000001", "payment": "7"}
    assert isinstance(found.latest_charge, stripe.Charge)
    assert len(server.money_taken(intent.id)) == 1
    part = client.v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    assert (part.status, part.amount) == ("succeeded", 500)
    assert client.v1.refunds.retrieve(part.id).payment_intent == intent.id
    assert len(client.v1.refunds.list({"payment_intent": intent.id}).data) == 1
    event = receiver.wait_for("payment_intent.succeeded")
    assert event["data"]["object"]["id"] == intent.id, "signed so that the SDK believes it"


def test_confirms_as_the_sdk_does(client: StripeClient) -> None:
    intent = make_intent(client)
    paid = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"


def test_a_declined_card_takes_nothing(client: StripeClient, server: LocalStripe) -> None:
    intent = make_intent(client)
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(
            intent.id, {"payment_method": "pm_card_chargeCustomerFail"}
        )
    assert not server.money_taken(intent.id)
    after = client.v1.payment_intents.retrieve(intent.id)
    assert after.status == "requires_payment_method"


def test_cancels(client: StripeClient) -> None:
    intent = make_intent(client)
    canceled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert canceled.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})


def test_sees_a_customer_that_does_not_exist(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(
            {"amount": 500, "currency": "usd", "customer": "cus_unknown"}
        )
    assert json.loads(str(refused.value.http_body))["error"]["message"] == "Not Found"

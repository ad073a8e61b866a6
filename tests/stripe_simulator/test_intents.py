"""PaymentIntents as the official SDK sees them: the shapes and refusals of Stripe."""

import pytest
import stripe
from stripe import PaymentIntent, StripeClient

from tests.stripe_simulator import API_VERSION
from tests.stripe_simulator.conftest import client_of
from tests.stripe_simulator.running import RunningStripe


def make_intent(client: StripeClient, *, amount: int = 1999, key: str = "") -> PaymentIntent:
    return client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"order": "NX-2026-000001", "payment": "7"},
        },
        {"idempotency_key": key} if key else {},
    )


def confirm(client: StripeClient, intent: PaymentIntent, card: str = "visa") -> PaymentIntent:
    return client.v1.payment_intents.confirm(intent.id, {"payment_method": f"pm_card_{card}"})


def test_speaks_the_version_of_the_sdk() -> None:
    assert stripe.api_version == API_VERSION


def test_makes_and_retrieves_an_intent(client: StripeClient) -> None:
    made = make_intent(client)
    assert made.client_secret is not None
    assert made.client_secret.startswith(f"{made.id}_secret_")
    found = client.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    assert (found.status, found.amount, found.currency) == ("requires_payment_method", 1999, "usd")
    assert found.metadata.to_dict() == {"order": "NX-2026-000001", "payment": "7"}
    assert found.latest_charge is None
    assert not found.livemode


def test_takes_money_once_confirmed(client: StripeClient, simulator: RunningStripe) -> None:
    intent = make_intent(client)
    assert confirm(client, intent).status == "succeeded"
    found = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert found.amount_received == 1999
    assert isinstance(found.latest_charge, stripe.Charge)
    assert found.latest_charge.status == "succeeded"
    assert client.v1.charges.retrieve(found.latest_charge.id).amount == 1999
    assert len(simulator.money_taken(intent.id)) == 1
    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(client, intent)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_a_declined_card_may_be_followed_by_a_good_one(client: StripeClient) -> None:
    intent = make_intent(client)
    with pytest.raises(stripe.CardError) as declined:
        confirm(client, intent, "chargeDeclined")
    assert (declined.value.code, declined.value.http_status) == ("card_declined", 402)
    after = client.v1.payment_intents.retrieve(intent.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error is not None
    assert after.last_payment_error.decline_code == "generic_decline"
    assert confirm(client, intent).status == "succeeded"
    assert client.v1.payment_intents.retrieve(intent.id).last_payment_error is None


@pytest.mark.parametrize(
    ("succeeds", "status"), [(True, "succeeded"), (False, "requires_payment_method")]
)
def test_authentication_decides(
    client: StripeClient, simulator: RunningStripe, succeeds: bool, status: str
) -> None:
    intent = confirm(client, make_intent(client), "authenticationRequired")
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert not simulator.money_taken(intent.id)
    simulator.authenticate(intent.id, succeeds=succeeds)
    assert client.v1.payment_intents.retrieve(intent.id).status == status
    assert len(simulator.money_taken(intent.id)) == succeeds


def test_cancels_what_is_not_paid(client: StripeClient) -> None:
    intent = make_intent(client)
    canceled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    for refused_call in (client.v1.payment_intents.cancel, client.v1.payment_intents.confirm):
        with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
            refused_call(intent.id)


def test_lists_the_newest_first_page_by_page(client: StripeClient) -> None:
    customer = client.v1.customers.create({"email": "ada@example.test"})
    made = [
        client.v1.payment_intents.create(
            {"amount": 500 + n, "currency": "eur", "customer": customer.id}
        ).id
        for n in range(5)
    ]
    page = client.v1.payment_intents.list({"customer": customer.id, "limit": 2})
    assert [one.id for one in page.data] == [made[4], made[3]]
    assert page.has_more
    assert [one.id for one in page.auto_paging_iter()] == made[::-1]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"currency": "usd"}, "parameter_missing"),
        ({"amount": "a lot", "currency": "usd"}, "parameter_invalid_integer"),
        ({"amount": 10, "currency": "usd"}, "amount_too_small"),
        ({"amount": 100_000_000, "currency": "usd"}, "amount_too_large"),
        ({"amount": 500, "currency": "dollars"}, "parameter_invalid"),
        ({"amount": 500, "currency": "usd", "colour": "red"}, "parameter_unknown"),
        ({"amount": 500, "currency": "usd", "customer": "cus_unknown"}, "resource_missing"),
    ],
)
def test_refuses_bad_parameters(client: StripeClient, params: dict[str, str], code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(params)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.request_id is not None


def test_a_deleted_customer_is_unknown(client: StripeClient) -> None:
    customer = client.v1.customers.create({"email": "ada@example.test"})
    assert client.v1.customers.retrieve(customer.id).email == "ada@example.test"
    client.v1.customers.delete(customer.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such customer") as refused:
        client.v1.payment_intents.create(
            {"amount": 500, "currency": "usd", "customer": customer.id}
        )
    assert refused.value.http_status == 400


def test_needs_a_test_key(simulator: RunningStripe) -> None:
    for key in ("sk_live_123", "nonsense"):
        with pytest.raises(stripe.AuthenticationError):
            make_intent(client_of(simulator, key=key))
    with pytest.raises(stripe.PermissionError):
        make_intent(client_of(simulator, key="pk_test_123"))


def test_answers_a_repeated_call_as_before(client: StripeClient) -> None:
    first = make_intent(client, key="payment-7")
    again = make_intent(client, key="payment-7")
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError) as refused:
        make_intent(client, amount=500, key="payment-7")
    assert refused.value.http_status == 400


def test_forgets_keys_on_demand(client: StripeClient, simulator: RunningStripe) -> None:
    first = make_intent(client, key="payment-8")
    simulator.forget_keys()
    assert make_intent(client, key="payment-8").id != first.id


def test_a_shopper_confirms_as_with_stripe_js(
    client: StripeClient, simulator: RunningStripe
) -> None:
    secret = make_intent(client).client_secret or ""
    assert simulator.confirm_as_stripe_js(secret[:-1] + "~")[0] == 404
    status, body = simulator.confirm_as_stripe_js(secret, number="4000 0000 0000 9995")
    assert (status, body["error"]["decline_code"]) == (402, "insufficient_funds")
    status, body = simulator.confirm_as_stripe_js(secret, number="4242 4242 4242 4241")
    assert (status, body["error"]["code"]) == (400, "incorrect_number")
    status, body = simulator.confirm_as_stripe_js(secret, number="4242 4242 4242 4242")
    assert (status, body["status"]) == (200, "succeeded")
    assert "metadata" not in body, "a shopper does not see what is the shop's own"


def test_money_may_be_odd(client: StripeClient, simulator: RunningStripe) -> None:
    intent = make_intent(client)
    simulator.pay(intent.id, amount=1998, currency="eur")
    paid = client.v1.payment_intents.retrieve(intent.id)
    assert (paid.status, paid.amount_received, paid.currency) == ("succeeded", 1998, "eur")


def test_remembers_after_a_restart(client: StripeClient, simulator: RunningStripe) -> None:
    intent = make_intent(client, key="payment-9")
    simulator.stop()
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.retrieve(intent.id)
    simulator.start()
    assert client.v1.payment_intents.retrieve(intent.id).client_secret == intent.client_secret
    assert make_intent(client, key="payment-9").id == intent.id

"""The API's own failures, before and after the effect, as the SDK lives through them."""

import time

import pytest
import stripe
from stripe import StripeClient

from tests.stripe_simulator.conftest import client_of
from tests.stripe_simulator.running import RunningStripe
from tests.stripe_simulator.steering import Kind
from tests.stripe_simulator.test_intents import confirm, make_intent


@pytest.mark.parametrize(
    ("kind", "error", "has_effect"),
    [
        ("timeout_before", stripe.APIConnectionError, False),
        ("timeout_after", stripe.APIConnectionError, True),
        ("error_before", stripe.APIError, False),
        ("error_after", stripe.APIError, True),
        ("rate_limit", stripe.RateLimitError, False),
    ],
)
def test_the_next_call_fails(
    client: StripeClient,
    simulator: RunningStripe,
    kind: Kind,
    error: type[Exception],
    has_effect: bool,
) -> None:
    before = len(simulator.intents())
    simulator.fail(kind, seconds=0.05)
    with pytest.raises(error):
        make_intent(client)
    assert len(simulator.intents()) - before == has_effect
    make_intent(client)
    assert len(simulator.intents()) - before == has_effect + 1


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "error_before"])
def test_a_repetition_with_the_same_key_charges_once(simulator: RunningStripe, kind: Kind) -> None:
    before = len(simulator.intents())
    patient = client_of(simulator, retries=2)
    simulator.fail(kind, calls=2, seconds=0.01)
    intent = make_intent(patient, key=f"a key for {kind}")
    assert len(simulator.intents()) - before == 1
    assert intent.status == "requires_payment_method"


def test_a_charge_is_there_though_nobody_heard(
    client: StripeClient, simulator: RunningStripe
) -> None:
    intent = make_intent(client)
    simulator.fail("timeout_after", path="POST .*/confirm", seconds=0.05)
    assert client.v1.payment_intents.retrieve(intent.id).amount == 1999, "another call is fine"
    with pytest.raises(stripe.APIConnectionError):
        confirm(client, intent)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert len(simulator.money_taken(intent.id)) == 1


def test_an_error_after_the_effect_is_repeated(
    client: StripeClient, simulator: RunningStripe
) -> None:
    simulator.fail("error_after")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            make_intent(client, key="an unlucky key")


def test_a_client_gives_up_waiting(simulator: RunningStripe) -> None:
    hasty = client_of(simulator, timeout=0.2)
    simulator.fail("timeout_after")
    started = time.monotonic()
    with pytest.raises(stripe.APIConnectionError):
        make_intent(hasty)
    assert time.monotonic() - started < 2
    simulator.heal()
    assert make_intent(hasty).amount == 1999


def test_is_slow(client: StripeClient, simulator: RunningStripe) -> None:
    simulator.fail("slow", seconds=0.2)
    started = time.monotonic()
    make_intent(client)
    assert time.monotonic() - started >= 0.2


def test_shoppers_do_not_meet_the_faults_of_the_shop(
    client: StripeClient, simulator: RunningStripe
) -> None:
    secret = make_intent(client).client_secret or ""
    simulator.fail("error_before", calls=5)
    assert simulator.confirm_as_stripe_js(secret)[0] == 200

"""Money for connected accounts: once for a key, found by its group, and taken back."""

import pytest
import stripe
from stripe import StripeClient

from tests.stripe_simulator.running import RunningStripe

WANTED = {
    "amount": 4500,
    "currency": "usd",
    "destination": "acct_vera",
    "transfer_group": "payout-1",
    "metadata": {"payout": "PO-1"},
}


def send(client: StripeClient, key: str = "", **changes: object) -> stripe.Transfer:
    options = {"idempotency_key": key} if key else {}
    return client.v1.transfers.create({**WANTED, **changes}, options)  # type: ignore[arg-type, typeddict-item]


def test_one_key_is_one_transfer(client: StripeClient, simulator: RunningStripe) -> None:
    before = len(simulator.transfers())
    first = send(client, "payout-1-0")
    assert send(client, "payout-1-0").id == first.id
    assert len(simulator.transfers()) == before + 1
    assert client.v1.transfers.retrieve(first.id).amount == 4500


def test_is_found_by_its_group(client: StripeClient) -> None:
    made = send(client, transfer_group="payout-2")
    send(client, transfer_group="payout-3")
    found = client.v1.transfers.list({"transfer_group": "payout-2"})
    assert [one.id for one in found.data] == [made.id]


def test_refuses_more_than_there_is(client: StripeClient, simulator: RunningStripe) -> None:
    simulator.set_balance(4499)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        send(client, "payout-4-0")
    assert refused.value.code == "balance_insufficient"
    simulator.set_balance(4500)
    with pytest.raises(stripe.InvalidRequestError):
        send(client, "payout-4-0")
    assert send(client, "payout-4-1").amount == 4500


def test_refuses_an_account_that_is_not_there(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        send(client, destination="acct_nobody")
    assert refused.value.param == "destination"


def test_is_taken_back_in_parts(client: StripeClient, simulator: RunningStripe) -> None:
    made = send(client)
    client.v1.transfers.reversals.create(made.id, {"amount": 500})
    part = client.v1.transfers.retrieve(made.id)
    assert (part.amount_reversed, part.reversed) == (500, False)
    simulator.reverse(made.id)
    assert client.v1.transfers.retrieve(made.id).reversed
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.reversals.create(made.id, {"amount": 1})

"""Money that goes back: refunds by the API and by the dashboard, and disputes."""

import pytest
import stripe
from stripe import StripeClient

from tests.stripe_simulator.running import RunningStripe
from tests.stripe_simulator.test_intents import confirm, make_intent


def paid(client: StripeClient, card: str = "visa") -> str:
    return confirm(client, make_intent(client), card).id


def test_gives_back_a_part_and_then_the_rest(client: StripeClient) -> None:
    intent = paid(client)
    part = client.v1.refunds.create(
        {"payment_intent": intent, "amount": 500, "metadata": {"refund": "3"}}
    )
    assert (part.status, part.amount) == ("succeeded", 500)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded") as refused:
        client.v1.refunds.create({"payment_intent": intent, "amount": 1500})
    assert refused.value.param == "amount"
    rest = client.v1.refunds.create({"payment_intent": intent})
    assert rest.amount == 1499
    with pytest.raises(stripe.InvalidRequestError) as over:
        client.v1.refunds.create({"payment_intent": intent})
    assert over.value.code == "charge_already_refunded"
    listed = client.v1.refunds.list({"payment_intent": intent})
    assert [one.id for one in listed.data] == [rest.id, part.id]
    again = client.v1.refunds.retrieve(part.id)
    assert again.to_dict()["metadata"] == {"refund": "3"}
    found = client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge.refunds"]})
    assert isinstance(found.latest_charge, stripe.Charge)
    assert found.latest_charge.amount_refunded == 1999
    assert found.latest_charge.refunds is not None
    assert len(found.latest_charge.refunds.data) == 2


@pytest.mark.parametrize("amount", [0, -1])
def test_refuses_to_give_back_nothing(client: StripeClient, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": paid(client), "amount": amount})


def test_refuses_to_give_back_what_was_not_paid(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": make_intent(client).id})


@pytest.mark.parametrize(("succeeds", "status"), [(True, "succeeded"), (False, "failed")])
def test_a_refund_may_take_its_time(
    client: StripeClient, simulator: RunningStripe, succeeds: bool, status: str
) -> None:
    intent = paid(client)
    simulator.make_refunds_pending()
    refund = client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "pending"
    simulator.settle(refund.id, succeeds=succeeds)
    assert client.v1.refunds.retrieve(refund.id).status == status
    (charge,) = simulator.money_taken(intent)
    assert charge["amount_refunded"] == (1999 if succeeds else 0)


def test_somebody_refunds_in_the_dashboard(client: StripeClient, simulator: RunningStripe) -> None:
    intent = paid(client)
    simulator.refund(intent, amount=100)
    (found,) = client.v1.refunds.list({"payment_intent": intent}).data
    assert found.amount == 100
    assert found.to_dict()["metadata"] == {}, "it names no refund of the shop"


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_is_opened_and_closed(
    client: StripeClient, simulator: RunningStripe, won: bool
) -> None:
    intent = paid(client)
    opened = simulator.dispute(intent, reason="product_not_received")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_disputed"
    simulator.close_dispute(opened["id"], won=won)
    found = client.v1.disputes.retrieve(opened["id"])
    assert found.status == ("won" if won else "lost")
    assert [one.id for one in client.v1.disputes.list({"payment_intent": intent}).data] == [
        opened["id"]
    ]

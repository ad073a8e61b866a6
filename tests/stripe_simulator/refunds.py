"""Money that goes back: refunds and disputes."""

from tests.stripe_simulator import objects, params
from tests.stripe_simulator.objects import money
from tests.stripe_simulator.refusals import Object, Refused, invalid, required, unexpected_state
from tests.stripe_simulator.state import State

REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


def create(state: State, given: Object) -> Object:
    params.allow(given, {"amount", "charge", "metadata", "payment_intent", "reason"})
    charge = _charge_of(state, given)
    amount = _amount(charge, given)
    if given.get("reason") and given["reason"] not in REASONS:
        raise invalid("reason", f"Invalid reason: must be one of {', '.join(sorted(REASONS))}")
    metadata = params.metadata(given)
    is_pending = state.refunds_are_pending or charge.get("_refunds_are_pending")
    status = "pending" if is_pending else "succeeded"
    made = state.add(
        objects.refund(charge, amount, given | {"metadata": metadata}, status=status),
    )
    _count(charge, amount)
    state.publish("refund.created", made)
    state.publish("charge.refunded", charge)
    return made


def _charge_of(state: State, given: Object) -> Object:
    if given.get("charge"):
        return state.get("charge", given["charge"], param="charge")
    if not given.get("payment_intent"):
        raise required("payment_intent")
    intent = state.get("payment_intent", given["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise Refused(
            400,
            f"The PaymentIntent {intent['id']} does not have a successful charge to refund.",
            is_final=True,
            param="payment_intent",
        )
    return state.get("charge", intent["latest_charge"])


def _amount(charge: Object, given: Object) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] and charge.get("_dispute_is_open"):
        raise Refused(
            400,
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            is_final=True,
            code="charge_disputed",
        )
    if charge["refunded"]:
        raise Refused(
            400,
            f"Charge {charge['id']} has already been refunded.",
            is_final=True,
            code="charge_already_refunded",
        )
    amount = params.whole_number(given, "amount") if "amount" in given else left
    if amount < 1:
        raise invalid("amount", "This value must be greater than or equal to 1.")
    if amount > left:
        asked, rest = money(amount, charge["currency"]), money(left, charge["currency"])
        raise Refused(
            400,
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})",
            is_final=True,
            param="amount",
        )
    return amount


def _count(charge: Object, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount"]


def settle(state: State, refund: Object, *, succeeds: bool) -> Object:
    """The bank's answer: a pending refund arrives, or it (even one that arrived) comes back."""
    if refund["status"] == "failed" or (succeeds and refund["status"] != "pending"):
        raise Refused(400, f"This refund has {refund['status']}.", is_final=True)
    before = {"status": refund["status"]}
    refund["pending_reason"] = None
    refund["status"] = "succeeded" if succeeds else "failed"
    if not succeeds:
        refund["failure_reason"] = "expired_or_canceled_card"
        _count(state.get("charge", refund["charge"]), -refund["amount"])
        state.publish("refund.failed", refund)
    state.publish("refund.updated", refund, before)
    state.publish("charge.refund.updated", refund, before)
    return refund


def open_dispute(
    state: State, charge: Object, *, amount: int | None = None, reason: str = "fraudulent"
) -> Object:
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Refused(400, "Only a charge that succeeded is disputed, once.")
    made = state.add(objects.dispute(charge, amount or charge["amount"], reason))
    charge["disputed"] = charge["_dispute_is_open"] = True
    state.publish("charge.dispute.created", made)
    state.publish("charge.dispute.funds_withdrawn", made)
    return made


def close_dispute(state: State, dispute: Object, *, won: bool) -> Object:
    if dispute["status"] in {"won", "lost"}:
        raise unexpected_state(dispute, "close")
    before = {"status": dispute["status"]}
    dispute["status"] = "won" if won else "lost"
    state.get("charge", dispute["charge"])["_dispute_is_open"] = not won
    if won:
        state.publish("charge.dispute.funds_reinstated", dispute)
    state.publish("charge.dispute.closed", dispute, before)
    return dispute

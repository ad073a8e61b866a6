"""Money that goes to connected accounts, and back. Every account `acct_…` is there, but one."""

from tests.stripe_simulator import objects, params
from tests.stripe_simulator.refusals import Object, Refused, invalid, missing, required
from tests.stripe_simulator.state import State

KNOWN = {"amount", "currency", "description", "destination", "metadata", "transfer_group"}
NOBODY = "acct_nobody"


def create(state: State, given: Object) -> Object:
    params.allow(given, KNOWN)
    amount, currency = params.whole_number(given, "amount"), params.currency(given)
    if amount < 1:
        raise invalid("amount", "This value must be greater than or equal to 1.")
    destination = given.get("destination")
    if not destination:
        raise required("destination")
    if not str(destination).startswith("acct_") or destination == NOBODY:
        raise missing("destination", str(destination), "destination")
    if state.balance is not None and amount > state.balance:
        raise Refused(
            400,
            "You have insufficient available funds in your Stripe account.",
            is_final=True,
            code="balance_insufficient",
        )
    if state.balance is not None:
        state.balance -= amount
    metadata = params.metadata(given)
    made = state.add(objects.transfer(amount, currency, given | {"metadata": metadata}))
    state.publish("transfer.created", made)
    return made


def reverse(state: State, transfer: Object, given: Object) -> Object:
    params.allow(given, {"amount", "description", "metadata"})
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.whole_number(given, "amount") if "amount" in given else left
    if not 1 <= amount <= left:
        raise invalid("amount", f"Reversal amount ({amount}) is not within what is left ({left}).")
    made = objects.reversal(transfer, amount, {"metadata": params.metadata(given)})
    transfer["reversals"]["data"].insert(0, made)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    if state.balance is not None:
        state.balance += amount
    state.publish("transfer.reversed", transfer)
    return made

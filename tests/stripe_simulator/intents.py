"""What happens to a PaymentIntent: made, tried with a card, authenticated, paid, canceled."""

import time
from urllib.parse import urlencode

from tests.stripe_simulator import cards, objects, params, refunds
from tests.stripe_simulator.cards import Card
from tests.stripe_simulator.refusals import (
    Object,
    Refused,
    declined,
    invalid,
    missing,
    required,
    unexpected_state,
)
from tests.stripe_simulator.state import State

OPEN = {"requires_payment_method", "requires_confirmation", "requires_action", "processing"}
OPTIONAL = {
    *("automatic_payment_methods", "customer", "description", "metadata", "payment_method_types"),
    *("receipt_email", "setup_future_usage", "shipping", "statement_descriptor_suffix"),
}
TO_CONFIRM = {"payment_method", "payment_method_data", "return_url", "off_session"}


def create(state: State, given: Object) -> Object:
    params.allow(given, {"amount", "currency", "confirm"} | OPTIONAL | TO_CONFIRM)
    amount, currency = params.amount(given), params.currency(given)
    metadata = params.metadata(given)
    _check_customer(state, given)
    made = state.add(objects.intent(given | {"metadata": metadata}, amount, currency))
    state.publish("payment_intent.created", made)
    if params.is_true(given.get("confirm")):
        return confirm(state, made, {name: given[name] for name in TO_CONFIRM & given.keys()})
    return made


def update(state: State, intent: Object, given: Object) -> Object:
    params.allow(given, {"amount", "currency"} | OPTIONAL)
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "update")
    _check_customer(state, given)
    if "amount" in given:
        intent["amount"] = params.amount(given)
    if "currency" in given:
        intent["currency"] = params.currency(given)
    intent["metadata"] = params.metadata(given, intent["metadata"])
    intent.update({name: given[name] for name in ("customer", "description") if name in given})
    return intent


def _check_customer(state: State, given: Object) -> None:
    if given.get("customer"):
        customer = state.get("customer", given["customer"], param="customer")
        if customer.get("deleted"):
            raise missing("customer", customer["id"], "customer")


def confirm(state: State, intent: Object, given: Object) -> Object:
    """Try it with a card; raises the 402 of a declined one, after it is noted."""
    params.allow(given, TO_CONFIRM)
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "confirm")
    back = params.return_url(given)
    method = _method(state, given)
    card = _card_of(method)
    intent["payment_method"], intent["last_payment_error"] = method["id"], None
    if not card.needs_authentication:
        return _charge(state, intent, method, card)
    intent["_return_url"] = back
    intent["status"] = "requires_action"
    intent["next_action"] = _next_action(state, intent, back)
    state.publish("payment_intent.requires_action", intent)
    return intent


def _next_action(state: State, intent: Object, back: str | None) -> Object:
    url = f"{state.address}/authenticate/{intent['client_secret']}"
    if back:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": back, "url": url}}
    details = {"type": "three_d_secure_redirect", "stripe_js": url}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": details}


def _method(state: State, given: Object) -> Object:
    if given.get("payment_method_data"):
        return create_method(state, given["payment_method_data"])
    token = given.get("payment_method")
    if not token:
        raise required("payment_method")
    card = cards.by_token(token)
    if card is not None:
        return state.add(objects.payment_method(card))
    return state.get("payment_method", token, param="payment_method")


def create_method(state: State, given: Object) -> Object:
    """A card as Stripe.js sends it."""
    card = given.get("card") if isinstance(given, dict) else None
    if given.get("type") != "card" or not isinstance(card, dict):
        raise invalid("payment_method_data[type]", "The simulator knows only cards.")
    found = cards.by_number(str(card.get("number", "")))
    month, year = params.whole_number(card, "exp_month"), params.whole_number(card, "exp_year")
    year += 2000 if year < 100 else 0
    now = time.gmtime()
    if not 1 <= month <= 12:
        raise invalid("exp_month", "Your card's expiration month is invalid.")
    if (year, month) < (now.tm_year, now.tm_mon):
        raise declined(
            {
                "type": "card_error",
                "code": "invalid_expiry_year",
                "message": "Your card's expiration year is invalid.",
                "param": "exp_year",
            }
        )
    return state.add(objects.payment_method(found, (month, year)))


def _card_of(method: Object) -> Card:
    return cards.BY_NAME.get(method["_card"]) or cards.by_number(method["_number"])


def authenticate(state: State, intent: Object, *, succeeds: bool) -> Object:
    """What the shopper's bank answers to the intent's `next_action`."""
    if intent["status"] != "requires_action":
        raise unexpected_state(intent, "authenticate")
    method = state.get("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if succeeds:
        return _charge(state, intent, method, _card_of(method))
    _fail(
        state,
        intent,
        {
            "type": "card_error",
            "code": "payment_intent_authentication_failure",
            "message": "We are unable to authenticate your payment method. Please choose a "
            "different payment method and try again.",
            "payment_method": objects.exported(method),
        },
    )
    return intent


def _charge(state: State, intent: Object, method: Object, card: Card) -> Object:
    intent["next_action"] = None
    if card.decline is None:
        return _succeed(state, intent, method, card)
    code, decline_code = card.decline
    error: Object = {"type": "card_error", "code": code, "message": card.message}
    error["decline_code"] = decline_code
    failed = state.add(objects.charge(intent, method, error))
    error |= {"charge": failed["id"], "payment_method": objects.exported(method)}
    intent["latest_charge"] = failed["id"]
    state.publish("charge.failed", failed)
    _fail(state, intent, error)
    raise declined(error | {"payment_intent": objects.exported(intent)})


def _fail(state: State, intent: Object, error: Object) -> None:
    intent["status"], intent["payment_method"] = "requires_payment_method", None
    intent["last_payment_error"] = error
    state.publish("payment_intent.payment_failed", intent)


def _succeed(state: State, intent: Object, method: Object, card: Card) -> Object:
    made = state.add(objects.charge(intent, method, None))
    made["_refunds_are_pending"] = card.refunds_are_pending
    intent["status"], intent["latest_charge"] = "succeeded", made["id"]
    intent["amount_received"] = made["amount"]
    state.publish("charge.succeeded", made)
    state.publish("payment_intent.succeeded", intent)
    if card.is_disputed:
        refunds.open_dispute(state, made)
    return intent


def pay(state: State, intent: Object, *, card: str, amount: int | None, currency: str) -> Object:
    """As the shopper, with another amount or currency if given: somebody changed the intent."""
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "pay")
    intent["amount"] = intent["amount"] if amount is None else amount
    intent["currency"] = currency or intent["currency"]
    try:
        confirm(state, intent, {"payment_method": f"pm_card_{card}"})
    except Refused as refused:
        if refused.status != 402:
            raise
    return intent


def cancel(state: State, intent: Object, given: Object) -> Object:
    params.allow(given, {"cancellation_reason"})
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "cancel")
    intent["status"], intent["canceled_at"] = "canceled", int(time.time())
    intent["cancellation_reason"] = given.get("cancellation_reason")
    intent["next_action"] = None
    state.publish("payment_intent.canceled", intent)
    return intent


def address_to_return_to(intent: Object) -> str | None:
    """Where Stripe sends the shopper after authentication, with its own parameters."""
    back = intent.get("_return_url")
    if not back:
        return None
    status = "succeeded" if intent["status"] == "succeeded" else "failed"
    query = {
        "payment_intent": intent["id"],
        "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": status,
    }
    return f"{back}{'&' if '?' in back else '?'}{urlencode(query)}"

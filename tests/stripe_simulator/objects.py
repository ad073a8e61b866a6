"""Stripe's objects, as it answers them. Names that begin with `_` are our own and stay here."""

import secrets
import string
import time
from typing import Any

from tests.stripe_simulator import API_VERSION
from tests.stripe_simulator.cards import Card
from tests.stripe_simulator.refusals import Object

ALPHABET = string.ascii_letters + string.digits
WITHOUT_MINOR_UNIT = {
    *("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv"),
    *("xaf", "xof", "xpf"),
}
OF_THOUSAND = {"bhd", "jod", "kwd", "omr", "tnd"}


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(length))}"


def money(amount: int, currency: str) -> str:
    """For people: `(1999, "usd")` is 19.99 USD."""
    digits = 0 if currency in WITHOUT_MINOR_UNIT else 3 if currency in OF_THOUSAND else 2
    return f"{amount / 10**digits:,.{digits}f} {currency.upper()}"


def exported(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: exported(inner) for key, inner in value.items() if not key.startswith("_")}
    return [exported(inner) for inner in value] if isinstance(value, list) else value


def _new(prefix: str, kind: str, **fields: Any) -> Object:
    start: Object = {"id": new_id(prefix), "object": kind}
    return start | {"created": int(time.time()), "livemode": False} | fields


def customer(params: Object) -> Object:
    fields = ("address", "description", "email", "name", "phone", "shipping")
    return _new("cus", "customer", balance=0, currency=None, delinquent=False) | {
        **{name: params.get(name) for name in fields},
        "default_source": None,
        "invoice_settings": {"default_payment_method": None},
        "metadata": params.get("metadata", {}),
    }


def payment_method(card: Card, expiry: tuple[int, int] = (12, 2034)) -> Object:
    return _new(
        "pm",
        "payment_method",
        type="card",
        card={
            "brand": card.brand,
            "country": "US",
            "exp_month": expiry[0],
            "exp_year": expiry[1],
            "fingerprint": f"simulated{card.number[-4:]}",
            "funding": "credit",
            "last4": card.number[-4:],
        },
        billing_details={"address": None, "email": None, "name": None, "phone": None},
        customer=None,
        metadata={},
        _card=card.name,
        _number=card.number,
    )


def intent(params: Object, amount: int, currency: str) -> Object:
    made = _new("pi", "payment_intent", amount=amount, currency=currency)
    fields = ("description", "receipt_email", "setup_future_usage", "shipping")
    return made | {
        **{name: params.get(name) for name in fields},
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": new_id(f"{made['id']}_secret", 25),
        "confirmation_method": "automatic",
        "customer": params.get("customer"),
        "last_payment_error": None,
        "latest_charge": None,
        "metadata": params.get("metadata", {}),
        "next_action": None,
        "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": params.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
    }


def charge(of: Object, method: Object, failure: Object | None) -> Object:
    return _new(
        "ch",
        "charge",
        amount=of["amount"],
        amount_captured=0 if failure else of["amount"],
        amount_refunded=0,
        balance_transaction=None,
        captured=not failure,
        currency=of["currency"],
        customer=of["customer"],
        description=of["description"],
        disputed=False,
        failure_code=failure and failure["code"],
        failure_message=failure and failure["message"],
        metadata=dict(of["metadata"]),
        outcome={
            "network_status": "declined_by_network" if failure else "approved_by_network",
            "reason": failure and failure.get("decline_code"),
            "type": "issuer_declined" if failure else "authorized",
        },
        paid=not failure,
        payment_intent=of["id"],
        payment_method=method["id"],
        payment_method_details={"card": method["card"], "type": "card"},
        receipt_url=None,
        refunded=False,
        status="failed" if failure else "succeeded",
    )


def refund(of: Object, amount: int, params: Object, *, status: str) -> Object:
    return _new(
        "re",
        "refund",
        amount=amount,
        balance_transaction=None,
        charge=of["id"],
        currency=of["currency"],
        destination_details={"card": {"type": "refund"}, "type": "card"},
        metadata=params.get("metadata", {}),
        payment_intent=of["payment_intent"],
        pending_reason="processing" if status == "pending" else None,
        reason=params.get("reason"),
        receipt_number=None,
        status=status,
    )


def transfer(amount: int, currency: str, params: Object) -> Object:
    made = _new("tr", "transfer", amount=amount, amount_reversed=0, currency=currency)
    return made | {
        "balance_transaction": None,
        "description": params.get("description"),
        "destination": params["destination"],
        "destination_payment": new_id("py"),
        "metadata": params.get("metadata", {}),
        "reversals": {
            "object": "list",
            "url": f"/v1/transfers/{made['id']}/reversals",
            "has_more": False,
            "data": [],
        },
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": params.get("transfer_group"),
    }


def reversal(of: Object, amount: int, params: Object) -> Object:
    return _new(
        "trr",
        "transfer_reversal",
        amount=amount,
        balance_transaction=None,
        currency=of["currency"],
        destination_payment_refund=None,
        metadata=params.get("metadata", {}),
        source_refund=None,
        transfer=of["id"],
    )


def dispute(of: Object, amount: int, reason: str) -> Object:
    return _new(
        "du",
        "dispute",
        amount=amount,
        balance_transactions=[],
        charge=of["id"],
        currency=of["currency"],
        evidence={},
        evidence_details={"due_by": int(time.time()) + 7 * 86400, "has_evidence": False},
        is_charge_refundable=False,
        metadata={},
        payment_intent=of["payment_intent"],
        reason=reason,
        status="needs_response",
    )


def event(name: str, about: Object, request: Object, previous: Object | None) -> Object:
    changed = {"previous_attributes": previous} if previous else {}
    return _new(
        "evt",
        "event",
        api_version=API_VERSION,
        data={"object": exported(about)} | changed,
        pending_webhooks=1,
        request=request,
        type=name,
    )

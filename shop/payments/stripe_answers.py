"""What Stripe's JSON means in our words; only reads, asks nobody.

Amounts are whole numbers of minor units there.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shop.core.money import ZERO, minor_units
from shop.payments.models import Dispute, Payment, Refund
from shop.payments.provider import (
    Fetched,
    FetchedDispute,
    FetchedRefund,
    FetchedTransfer,
    Notice,
    Subject,
)

Json = Mapping[str, Any]

# Where Stripe's minor units are not those of ISO 4217 (docs.stripe.com/currencies).
_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}

_STATUS = {
    "requires_action": Payment.Status.REQUIRES_ACTION,
    "succeeded": Payment.Status.SUCCEEDED,
    "canceled": Payment.Status.CANCELLED,
}
_REFUND_STATUS = {
    "succeeded": Refund.Status.SUCCEEDED,
    "failed": Refund.Status.FAILED,
    "canceled": Refund.Status.FAILED,
}
_DISPUTE_STATUS = {
    "won": Dispute.Status.WON,
    "lost": Dispute.Status.LOST,
    "warning_closed": Dispute.Status.CLOSED,
    "prevented": Dispute.Status.CLOSED,
}
_REFUND_EVENTS = {
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refunded",
    "charge.refund.updated",
}
_DISPUTE_EVENTS = {f"charge.dispute.{what}" for what in ("created", "updated", "closed")}


def notice(event: Json) -> Notice:
    """What an event is about, and whether it is enough to know."""
    kind, told = text(event, "type"), event["data"]["object"]
    if kind.startswith("payment_intent."):
        return _notice_of_payment(kind, told)
    if kind in _REFUND_EVENTS:
        return Notice(subject=Subject.REFUND, reference=text(told, "payment_intent"))
    if kind in _DISPUTE_EVENTS and (found := _dispute(event, told)):
        intent = text(told, "payment_intent")
        return Notice(subject=Subject.DISPUTE, reference=intent, dispute=found)
    return Notice(subject=Subject.OTHER)


def payment(intent: Json) -> Fetched:
    status = _STATUS.get(text(intent, "status"), Payment.Status.PENDING)
    currency = text(intent, "currency").upper()
    came = _number(intent, "amount_received" if "amount_received" in intent else "amount")
    has_come = status == Payment.Status.SUCCEEDED
    return Fetched(
        reference=text(intent, "id"),
        status=status,
        amount=major(came, currency) if came and has_come else ZERO,
        currency=currency,
        failure_reason=text(_object(intent, "last_payment_error"), "message")[:200],
        key=text(_object(intent, "metadata"), "key"),
    )


def _notice_of_payment(kind: str, intent: Json) -> Notice:
    fetched = payment(intent)
    is_end = fetched.status == Payment.Status.CANCELLED or (
        fetched.status == Payment.Status.SUCCEEDED and fetched.amount > 0
    )
    return Notice(
        subject=Subject.PAYMENT,
        reference=fetched.reference,
        key=fetched.key,
        fetched=fetched if is_end else None,
        is_decline=kind == "payment_intent.payment_failed",
    )


def refund(told: Json) -> FetchedRefund:
    currency = text(told, "currency").upper()
    return FetchedRefund(
        reference=text(told, "id"),
        status=refund_status(told),
        amount=major(_number(told, "amount") or 0, currency),
        key=text(_object(told, "metadata"), "key"),
    )


def refund_status(told: Json) -> Refund.Status:
    return _REFUND_STATUS.get(text(told, "status"), Refund.Status.PENDING)


def transfer(told: Json) -> FetchedTransfer:
    currency = text(told, "currency").upper()
    return FetchedTransfer(
        reference=text(told, "id"),
        amount=major(_number(told, "amount") or 0, currency),
        returned=major(_number(told, "amount_reversed") or 0, currency),
    )


def _dispute(event: Json, told: Json) -> FetchedDispute | None:
    """None when it says too little."""
    currency, amount = text(told, "currency").upper(), _number(told, "amount")
    opened_at, told_at = _number(told, "created"), _number(event, "created")
    if not (text(told, "id") and currency and amount and opened_at and told_at):
        return None
    status = _DISPUTE_STATUS.get(text(told, "status"), Dispute.Status.OPEN)
    return FetchedDispute(
        reference=text(told, "id")[:200],
        status=status,
        amount=major(amount, currency),
        currency=currency[:3],
        reason=text(told, "reason")[:100],
        opened_at=datetime.fromtimestamp(opened_at, UTC),
        closed_at=None if status == Dispute.Status.OPEN else datetime.fromtimestamp(told_at, UTC),
    )


def text(told: Json, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _object(told: Json, name: str) -> Json:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _number(told: Json, name: str) -> int | None:
    """No amount, and no time that is to come, has more than eleven digits."""
    value = told.get(name)
    return value if type(value) is int and 0 <= value < 10**11 else None


def minor(amount: Decimal, currency: str) -> int:
    exponent = _EXPONENTS.get(currency, minor_units(currency))
    return int(amount.scaleb(exponent).to_integral_value())


def major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-_EXPONENTS.get(currency, minor_units(currency)))

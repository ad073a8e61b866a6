"""Stripe: PaymentIntents, customers, refunds, transfers, and the events that it sends.

The only file that talks to Stripe (`stripe_answers.py` reads what it says). What a call does
not say is Stripe's default: the methods of payment that the account's dashboard offers
("automatic payment methods"), and money taken at once.
"""

import hashlib
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

import stripe
from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import ParseError

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.core.parsers import parse_object
from shop.payments import stripe_answers as answers
from shop.payments.errors import NotEnoughMoney, ProviderAway, ProviderRefused, WebhookRefused
from shop.payments.models import Payment, ProviderCustomer, Refund
from shop.payments.provider import (
    Fetched,
    FetchedRefund,
    FetchedTransfer,
    Notice,
    Opened,
    Received,
    Refunded,
    Transfer,
    key_of,
)

logger = logging.getLogger(__name__)

Json = Mapping[str, Any]

CONNECT_SECONDS, READ_SECONDS = 3, 5
RETRIES = 2
TOLERANCE_SECONDS = 300
# Stripe forgets idempotency keys after a day at the earliest; one refund is never made twice.
KEYS_ARE_SAFE_FOR = timedelta(hours=1)

# A wrong key is no answer either; 409 is a call under the same key that runs at this moment.
_NO_ANSWER = {401, 403, 408, 409, 429}

_SHORT_OF_MONEY = {"balance_insufficient", "insufficient_funds"}

_SIGNATURE = re.compile(r"[a-z0-9]+=[\x21-\x2b\x2d-\x7e]+(,[a-z0-9]+=[\x21-\x2b\x2d-\x7e]+)*")


class Stripe:
    name: ClassVar[str] = "stripe"
    is_manual: ClassVar[bool] = False

    # --- Calls ---------------------------------------------------------------------------

    def open(self, payment: Payment) -> Opened:
        intent = _retrieve(payment.provider_reference) or _create(payment)
        fetched = answers.payment(intent)
        has_ended = fetched.status not in Payment.OPEN
        return Opened(
            reference=fetched.reference,
            status=Payment.Status.PENDING if has_ended else fetched.status,
            client_secret=answers.text(intent, "client_secret") or None,
            fetched=fetched,
        )

    def fetch(self, reference: str) -> Fetched:
        return answers.payment(_retrieve(reference))

    def cancel(self, reference: str) -> Fetched:
        try:
            with _translated():
                return answers.payment(_client().v1.payment_intents.cancel(reference).to_dict())
        except ProviderRefused:
            return self.fetch(reference)

    def refund(self, refund: Refund) -> Refunded:
        if refund.provider_reference:
            return self.fetch_refund(refund)
        is_old = timezone.now() - refund.created_at > KEYS_ARE_SAFE_FOR
        if is_old and (found := self._made_before(refund)):
            return found
        try:
            return _make_refund(refund)
        except ProviderRefused:
            return self._made_before(refund) or Refunded(status=Refund.Status.FAILED)

    def fetch_refund(self, refund: Refund) -> Refunded:
        with _translated():
            found = _client().v1.refunds.retrieve(refund.provider_reference).to_dict()
        return Refunded(status=answers.refund_status(found), reference=answers.text(found, "id"))

    def refunds_of(self, reference: str) -> list[FetchedRefund]:
        with _translated():
            page = _client().v1.refunds.list({"payment_intent": reference, "limit": 100})
            return [answers.refund(row.to_dict()) for row in page.auto_paging_iter()]

    def _made_before(self, refund: Refund) -> Refunded | None:
        made = self.refunds_of(refund.payment.provider_reference)
        ours = (one for one in made if one.key == key_of(refund))
        return next((Refunded(status=one.status, reference=one.reference) for one in ours), None)

    # --- Events --------------------------------------------------------------------------

    def receive(self, body: bytes, signature: str) -> Received:
        if not (settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRETS):
            raise NotFound
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise WebhookRefused("not_utf8") from None
        _check_signature(text, signature)
        try:
            event = parse_object(body)
        except ParseError:
            raise WebhookRefused("not_json") from None
        event_id, kind = answers.text(event, "id"), answers.text(event, "type")
        data = event.get("data")
        is_whole = isinstance(data, dict) and isinstance(data.get("object"), dict)
        if not (is_whole and 0 < len(event_id) <= 200 and 0 < len(kind) <= 100):
            raise WebhookRefused("not_an_event")
        if event.get("livemode") is not _is_live():
            raise WebhookRefused("wrong_mode")
        if event.get("account") not in (None, settings.STRIPE_ACCOUNT or None):
            raise WebhookRefused("wrong_account")
        return Received(event_id=event_id, type=kind, text=text)

    def read(self, payload: Json) -> Notice:
        return answers.notice(payload)


# --- Asking -----------------------------------------------------------------------------


def make_http_client() -> stripe.HTTPClient:
    """Tests put another one in its place."""
    return stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))


@cache
def client_for(key: str, address: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": address},
        http_client=make_http_client(),
        max_network_retries=RETRIES,
    )


def _client() -> stripe.StripeClient:
    return client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL.rstrip("/"))


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's errors as ours; what it says goes to the log, for it speaks of our account."""
    try:
        yield
    except stripe.StripeError as error:
        status = error.http_status or 0
        if not 400 <= status < 500 or status in _NO_ANSWER:
            # The SDK advises over several lines.
            logger.warning("Stripe is away (%s): %s", status, " ".join(str(error).split()))
            raise ProviderAway from error
        logger.warning("Stripe refuses (%s, %s): %s", status, error.code, error)
        is_short = error.code in _SHORT_OF_MONEY
        raise (NotEnoughMoney if is_short else ProviderRefused) from error


def _retrieve(reference: str) -> Json:
    """Nothing without a reference."""
    if not reference:
        return {}
    with _translated():
        return _client().v1.payment_intents.retrieve(reference).to_dict()


def _create(payment: Payment) -> Json:
    customer = ProviderCustomer.objects.filter(user=payment.order.user_id, provider=Stripe.name)
    known = customer.values_list("reference", flat=True).first()
    try:
        return _create_intent(payment, known or _create_customer(payment.order.user))
    except ProviderRefused as refusal:
        if not (known and _is_missing(refusal.__cause__, "customer")):
            raise
        # Another account, or deleted there.
        customer.filter(reference=known).delete()
        return _create_intent(payment, _create_customer(payment.order.user, instead_of=known))


def _create_intent(payment: Payment, customer: str) -> Json:
    with _translated():
        made = _client().v1.payment_intents.create(
            {
                "amount": answers.minor(payment.amount, payment.currency),
                "currency": payment.currency.lower(),
                "customer": customer,
                "metadata": {
                    "order": payment.order.number,
                    "payment": str(payment.pk),
                    "key": key_of(payment),
                },
            },
            # A key stands for one set of parameters.
            {"idempotency_key": f"{key_of(payment)}-{customer}"},
        )
    return made.to_dict()


def _create_customer(user: User, *, instead_of: str = "") -> str:
    told = f"{user.created_at.timestamp()} {user.email} {instead_of}"
    key = f"customer-{user.pk}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    with _translated():
        made = _client().v1.customers.create(
            {"email": user.email, "metadata": {"user": str(user.pk)}}, {"idempotency_key": key}
        )
    row = ProviderCustomer(user=user, provider=Stripe.name, reference=made.id)
    ProviderCustomer.objects.bulk_create([row], ignore_conflicts=True)
    return made.id


def _is_missing(error: object, param: str) -> bool:
    return (
        isinstance(error, stripe.InvalidRequestError)
        and error.code == "resource_missing"
        and error.param == param
    )


def _make_refund(refund: Refund) -> Refunded:
    payment = refund.payment
    currency = payment.captured_currency or payment.currency
    with _translated():
        made = _client().v1.refunds.create(
            {
                "payment_intent": payment.provider_reference,
                "amount": answers.minor(refund.amount, currency),
                "metadata": {
                    "refund": str(refund.pk),
                    "order": payment.order.number,
                    "key": key_of(refund),
                },
            },
            {"idempotency_key": key_of(refund)},
        )
    return Refunded(status=answers.refund_status(made.to_dict()), reference=made.id)


# --- Transfers to connected accounts ------------------------------------------------------


def transfer(wanted: Transfer) -> FetchedTransfer:
    """Send money from the shop's balance; under one key once, however often it is called.

    Raises `ProviderAway`, `NotEnoughMoney`, `ProviderRefused`.
    """
    with _translated():
        made = _client().v1.transfers.create(
            {
                "amount": answers.minor(wanted.amount, wanted.currency),
                "currency": wanted.currency.lower(),
                "destination": wanted.account,
                "transfer_group": wanted.group,
                "metadata": {"payout": wanted.number, "key": wanted.key},
            },
            {"idempotency_key": wanted.key},
        )
    return answers.transfer(made.to_dict())


def transfers_of(group: str) -> list[FetchedTransfer]:
    """Those that were made for `group`. Raises `ProviderAway`, `ProviderRefused`."""
    with _translated():
        page = _client().v1.transfers.list({"transfer_group": group, "limit": 100})
        return [answers.transfer(row.to_dict()) for row in page.auto_paging_iter()]


def fetch_transfer(reference: str) -> FetchedTransfer:
    """How it stands. Raises `ProviderAway`, `ProviderRefused`."""
    with _translated():
        return answers.transfer(_client().v1.transfers.retrieve(reference).to_dict())


# --- Signatures -------------------------------------------------------------------------


def _check_signature(text: str, header: str) -> None:
    """Stricter than the SDK, which takes the first time of several, and any time to come."""
    if not header:
        raise WebhookRefused("no_signature")
    if not _SIGNATURE.fullmatch(header):
        raise WebhookRefused("malformed_signature")
    parts = [part.split("=", 1) for part in header.split(",")]
    times = [value for name, value in parts if name == "t"]
    is_signed = any(name == "v1" for name, _ in parts)
    if len(times) != 1 or not re.fullmatch("[0-9]{1,12}", times[0]) or not is_signed:
        raise WebhookRefused("malformed_signature")
    if not any(_is_signed(text, header, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS):
        raise WebhookRefused("wrong_signature")
    late = time.time() - int(times[0])
    if abs(late) > TOLERANCE_SECONDS:
        raise WebhookRefused("old_signature" if late > 0 else "future_signature")


def _is_signed(text: str, header: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(text, header, secret))
    except stripe.SignatureVerificationError:
        return False


def _is_live() -> bool:
    return bool(re.match("(sk|rk)_live_", settings.STRIPE_SECRET_KEY))

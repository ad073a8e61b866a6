"""A Stripe in memory, for the official SDK: it speaks HTTP's words, but over no network."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe
from django.db import connection
from django.test import Client
from pytest_django import Settings

from shop.payments import stripe as ours
from shop.payments.tests.make import deliver

Json = dict[str, Any]

SECRET = "whsec_of_the_tests"
PAGE = "/api/store/payments/webhooks/stripe/"


class FakeStripe(stripe.HTTPClient):
    """Knows intents, customers, refunds and transfers; `calls` are those that came, in order.

    With `status_instead` it answers that, and does nothing; `dies_after` is called when a
    POST with an idempotency key is done, before it is answered.
    """

    name = "fake"

    def __init__(self) -> None:
        super().__init__()
        self.intents: dict[str, Json] = {}
        self.customers: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.transfers: dict[str, Json] = {}
        self.accounts = {"acct_vera"}
        self.balance = 10**9
        self.calls: list[str] = []
        self.answered: dict[str, tuple[str, int]] = {}
        self.status_instead = 0
        self.dies_after: Callable[[], None] | None = None
        self.forbids_transactions = False
        self.keeps_refusals = False

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: Any = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        if self.forbids_transactions:
            assert not connection.in_atomic_block, "a call inside a transaction"
        parts = urlsplit(url)
        self.calls.append(f"{method.upper()} {parts.path}")
        if self.status_instead:
            return _error("Trouble."), self.status_instead, {"stripe-should-retry": "false"}
        key = (headers or {}).get("Idempotency-Key", "") if method == "post" else ""
        told = dict(parse_qsl(post_data or parts.query))
        if key not in self.answered:
            answer = self._answer(method, parts.path.removeprefix("/v1/"), told)
            if not key or (answer[1] != 200 and not self.keeps_refusals):
                return *answer, {}
            self.answered[key] = answer
        if self.dies_after:
            self.dies_after()
        return *self.answered[key], {}

    def _sleep_time_seconds(self, *_: Any, **__: Any) -> float:
        return 0

    def _answer(self, method: str, path: str, told: dict[str, str]) -> tuple[str, int]:
        if method == "post":
            return self._write(path, told)
        if path in ("refunds", "transfers"):
            field = "payment_intent" if path == "refunds" else "transfer_group"
            rows: dict[str, Json] = getattr(self, path)
            found = [one for one in rows.values() if one[field] == told.get(field)]
            page = {"object": "list", "data": found, "has_more": False, "url": f"/v1/{path}"}
            return json.dumps(page), 200
        table, name = path.split("/")
        return _found(getattr(self, {"payment_intents": "intents"}.get(table, table)), name)

    def _write(self, path: str, told: dict[str, str]) -> tuple[str, int]:
        metadata = {
            name[9:-1]: value for name, value in told.items() if name.startswith("metadata[")
        }
        if path == "customers":
            made = {"id": f"cus_{len(self.customers) + 1}", "object": "customer", **told}
            self.customers[made["id"]] = made
        elif path == "payment_intents":
            if told.get("customer") not in self.customers:
                return _error("No such customer", "resource_missing", "customer"), 400
            made = self._new_intent(told, metadata)
        elif path in ("refunds", "transfers"):
            make = self._refund if path == "refunds" else self._transfer
            return make(told, metadata)
        else:
            made = self.intents[path.split("/")[1]]
            if made["status"] not in ("requires_payment_method", "requires_action"):
                return _error("Not in this state", "payment_intent_unexpected_state"), 400
            made["status"] = "canceled"
        return json.dumps(made), 200

    def _new_intent(self, told: dict[str, str], metadata: dict[str, str]) -> Json:
        name = f"pi_{len(self.intents) + 1}"
        intent = {
            "id": name,
            "object": "payment_intent",
            "amount": int(told["amount"]),
            "amount_received": 0,
            "currency": told["currency"],
            "customer": told.get("customer"),
            "client_secret": f"{name}_secret_x",
            "metadata": metadata,
            "status": "requires_payment_method",
            "last_payment_error": None,
        }
        self.intents[name] = intent
        return intent

    def _refund(self, told: dict[str, str], metadata: dict[str, str]) -> tuple[str, int]:
        intent = self.intents[told["payment_intent"]]
        made = [one for one in self._refunds_of(intent["id"]) if one["status"] != "failed"]
        left = intent["amount_received"] - sum(one["amount"] for one in made)
        if int(told["amount"]) > left:
            return _error("More than is left", "charge_already_refunded"), 400
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "payment_intent": intent["id"],
            "amount": int(told["amount"]),
            "currency": intent["currency"],
            "status": "succeeded",
            "metadata": metadata,
        }
        self.refunds[refund["id"]] = refund
        return json.dumps(refund), 200

    def _transfer(self, told: dict[str, str], metadata: dict[str, str]) -> tuple[str, int]:
        if told["destination"] not in self.accounts:
            return _error("No such destination", "resource_missing", "destination"), 400
        if int(told["amount"]) > self.balance:
            return _error("Insufficient funds", "balance_insufficient"), 400
        self.balance -= int(told["amount"])
        made: Json = {
            "id": f"tr_{len(self.transfers) + 1}",
            "object": "transfer",
            "amount": int(told["amount"]),
            "amount_reversed": 0,
            "currency": told["currency"],
            "destination": told["destination"],
            "metadata": metadata,
            "reversed": False,
            "transfer_group": told["transfer_group"],
        }
        self.transfers[made["id"]] = made
        return json.dumps(made), 200

    def reverse(self, name: str, amount: int | None = None) -> None:
        made = self.transfers[name]
        made["amount_reversed"] += made["amount"] if amount is None else amount
        made["reversed"] = made["amount_reversed"] >= made["amount"]

    def _refunds_of(self, intent: str) -> list[Json]:
        return [one for one in self.refunds.values() if one["payment_intent"] == intent]

    # --- What a payer, a bank, or somebody at the dashboard does --------------------------

    def pay(self, name: str, *, amount: int | None = None, currency: str = "") -> Json:
        intent = self.intents[name]
        intent["amount_received"] = intent["amount"] if amount is None else amount
        intent["currency"] = currency or intent["currency"]
        intent["status"] = "succeeded"
        intent["last_payment_error"] = None
        return event("payment_intent.succeeded", intent)

    def decline(self, name: str, message: str = "Your card was declined.") -> Json:
        intent = self.intents[name]
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {"code": "card_declined", "message": message}
        return event("payment_intent.payment_failed", intent)

    def ask_for_action(self, name: str) -> Json:
        self.intents[name]["status"] = "requires_action"
        return event("payment_intent.requires_action", self.intents[name])

    def cancel(self, name: str) -> Json:
        self.intents[name]["status"] = "canceled"
        return event("payment_intent.canceled", self.intents[name])

    def give_back(self, name: str, amount: int, *, status: str = "succeeded") -> Json:
        body, _ = self._refund({"payment_intent": name, "amount": str(amount)}, {})
        refund = self.refunds[json.loads(body)["id"]]
        refund["status"] = status
        return event("refund.created", refund)

    def posts(self, path: str) -> int:
        return self.calls.count(f"POST /v1/{path}")


_events = iter(range(1, 10**9))


def event(kind: str, about: Json, **more: Any) -> Json:
    """As Stripe sends it: a copy of what it is about, at that moment."""
    return {
        "id": f"evt_{next(_events)}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": json.loads(json.dumps(about))},
        **more,
    }


def dispute_event(
    what: str,
    intent: str,
    *,
    status: str = "needs_response",
    name: str = "dp_1",
    amount: int = 1000,
) -> Json:
    about = {
        "id": name,
        "object": "dispute",
        "payment_intent": intent,
        "amount": amount,
        "currency": "usd",
        "reason": "fraudulent",
        "status": status,
        "created": 1_790_000_000,
    }
    return event(f"charge.dispute.{what}", about)


def signed(payload: str | bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    text = payload.decode() if isinstance(payload, bytes) else payload
    seconds = int(time.time() if at is None else at)
    return str(stripe.WebhookSignature.generate_signature_header(text, secret, seconds))


def send(told: Json) -> Any:
    """Post a signed event; it is only stored."""
    raw = json.dumps(told)
    return post(raw.encode(), signed(raw))


def post(
    raw: bytes, signature: str | None, *, kind: str = "application/json", method: str = "POST"
) -> Any:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    client = Client(raise_request_exception=False)
    return client.generic(method, PAGE, raw, content_type=kind, headers=headers)


def hear(*told: Json) -> None:
    """Post events and process all that the outbox holds."""
    for one in told:
        assert send(one).status_code == 200
    deliver()


@contextmanager
def offered(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """The shop has keys, and the SDK talks to the fake."""
    fake = FakeStripe()
    settings.STRIPE_SECRET_KEY = "sk_test_of_the_tests"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_of_the_tests"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(ours, "make_http_client", lambda: fake)
    ours.client_for.cache_clear()
    try:
        yield fake
    finally:
        ours.client_for.cache_clear()


def _found(table: dict[str, Json], name: str) -> tuple[str, int]:
    if name not in table:
        return _error(f"No such {name}", "resource_missing"), 404
    return json.dumps(table[name]), 200


def _error(message: str, code: str = "", param: str = "") -> str:
    kind = "invalid_request_error"
    return json.dumps({"error": {"type": kind, "message": message, "code": code, "param": param}})

"""Everything that a running simulator can be asked and told."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any, Literal

Object = dict[str, Any]
Order = Literal["created", "reversed", "shuffled"]
Kind = Literal[
    "timeout_before", "timeout_after", "error_before", "error_after", "rate_limit", "slow"
]
Sign = Literal[
    "good",
    "wrong",
    "missing",
    "empty",
    "doubled",
    "without_time",
    "without_signature",
    "rotated",
    "garbage",
]


@dataclass(frozen=True)
class Received:
    """What the receiver of a webhook answered; status 0: nothing."""

    status: int
    answer: str


class StripeSimulator:
    """A simulator, as its operator sees it. Intents, refunds, … are named by their ids."""

    secret_key = "sk_test_simulated"
    publishable_key = "pk_test_simulated"

    def __init__(self, url: str, webhook_secret: str) -> None:
        self.url = url
        self.webhook_secret = webhook_secret

    @property
    def environment(self) -> dict[str, str]:
        """What a shop needs to use it."""
        return {
            "STRIPE_API_URL": self.url,
            "STRIPE_SECRET_KEY": self.secret_key,
            "STRIPE_PUBLISHABLE_KEY": self.publishable_key,
            "STRIPE_WEBHOOK_SECRETS": self.webhook_secret,
        }

    # --- What is there ------------------------------------------------------------------

    def charges(self) -> list[Object]:
        """Those ever made, also the declined ones; the oldest first."""
        return self._all("charge")

    def money_taken(self, intent: str) -> list[Object]:
        """The charges of this intent that succeeded: one, or something is wrong."""
        charges = self.charges()
        return [c for c in charges if c["payment_intent"] == intent and c["status"] == "succeeded"]

    def intents(self) -> list[Object]:
        return self._all("payment_intent")

    def customers(self) -> list[Object]:
        return self._all("customer")

    def refunds(self) -> list[Object]:
        return self._all("refund")

    def transfers(self) -> list[Object]:
        return self._all("transfer")

    def events(self, name: str = "") -> list[Object]:
        """Those of one type, or all; the oldest first."""
        return [event for event in self._all("event") if name in {"", event["type"]}]

    def _all(self, kind: str) -> list[Object]:
        found: list[Object] = self._do("all", kind=kind)
        return found

    # --- Webhooks -----------------------------------------------------------------------

    def send_webhooks_to(self, url: str, secret: str | None = None) -> None:
        self._do("send_webhooks_to", url=url, secret=secret)

    def weather(
        self,
        *,
        hold: bool = False,
        lose: bool = False,
        copies: int = 1,
        delay: float = 0,
        shuffle: float = 0,
        types: list[str] | None = None,
    ) -> None:
        """How webhooks travel from now on: held until `release`, lost, in several copies at
        once, late by `delay` seconds and by up to `shuffle` more. With `types`, only these.
        """
        values: Object = {"hold": hold, "lose": lose, "copies": copies}
        values |= {"delay": delay, "shuffle": shuffle, "types": types or []}
        self._do("weather", **values)

    def release(self, order: Order = "created", *, seed: int | None = None) -> int:
        """Send what was held, in this order; answers how many."""
        return int(self._do("release", order=order, seed=seed))

    def send(
        self,
        event: str,
        *,
        sign: Sign = "good",
        age: int = 0,
        changes: Object | None = None,
        body: str | None = None,
    ) -> Received:
        """Send an event (again), now. `age` is that of the signature in seconds, negative for
        the future; `changes` alter the event, `body` replaces it.
        """
        given: Object = {"event": event, "sign": sign, "age": age, "changes": changes}
        return Received(**self._do("send", **given, body=body))

    def deliveries(self) -> list[Object]:
        """Every attempt: `{event, type, at, status, answer}`."""
        found: list[Object] = self._do("deliveries")
        return found

    def waiting(self) -> int:
        """How many webhooks are held, late, or to be tried again."""
        return len(self._do("waiting"))

    def wait_until_delivered(self, *, within: float = 15) -> None:
        deadline = time.monotonic() + within
        while self.waiting():
            if time.monotonic() > deadline:
                raise RuntimeError(f"webhooks not received in {within} s: {self._do('waiting')}")
            time.sleep(0.02)

    # --- Faults of the API ----------------------------------------------------------------

    def fail(
        self, kind: Kind, *, calls: int = 1, path: str = "", seconds: float | None = None
    ) -> None:
        """The shop's next `calls` whose `METHOD /v1/…` has `path` (a pattern) go wrong.

        `timeout_…` closes the connection without an answer after `seconds` (30), `…_after`
        when the effect is there; `slow` answers after them; `error_…` is a 500, and
        `rate_limit` a 429. An `error_after` is repeated for the same idempotency key.
        """
        seconds = (1 if kind == "slow" else 30) if seconds is None else seconds
        self._do("fault", kind=kind, calls=calls, path=path, seconds=seconds)

    def heal(self) -> None:
        """No faults and good weather; what is held stays so."""
        self._do("heal")

    def forget_keys(self) -> None:
        """Of idempotency, as Stripe does after a day."""
        self._do("forget_keys")

    # --- What people do -----------------------------------------------------------------

    def pay(
        self, intent: str, card: str = "visa", *, amount: int | None = None, currency: str = ""
    ) -> Object:
        """As the shopper, with the card `pm_card_<card>`; a decline is no error here.

        With `amount` (minor units) or `currency`, somebody changed the intent before.
        """
        given: Object = {"card": card, "amount": amount, "currency": currency}
        return self._made("pay", intent=intent, **given)

    def authenticate(self, intent: str, *, succeeds: bool = True) -> Object:
        return self._made("authenticate", intent=intent, succeeds=succeeds)

    def cancel(self, intent: str) -> Object:
        return self._made("cancel", intent=intent)

    def refund(self, intent: str, *, amount: int | None = None) -> Object:
        """As somebody does in the dashboard; whole without an amount."""
        more = {} if amount is None else {"amount": amount}
        return self._made("refund", payment_intent=intent, **more)

    def make_refunds_pending(self, *, pending: bool = True) -> None:
        """Until `settle` says what became of them."""
        self._do("refunds_are_pending", pending=pending)

    def settle(self, refund: str, *, succeeds: bool = True) -> Object:
        return self._made("settle", refund=refund, succeeds=succeeds)

    def set_balance(self, amount: int | None) -> None:
        """What there is for transfers, in minor units; None: always enough."""
        self._do("balance", amount=amount)

    def reverse(self, transfer: str, *, amount: int | None = None) -> Object:
        """Take a transfer back, as somebody does in the dashboard; whole without an amount."""
        return self._made("reverse", transfer=transfer, amount=amount)

    def dispute(
        self, intent: str, *, amount: int | None = None, reason: str = "fraudulent"
    ) -> Object:
        return self._made("dispute", intent=intent, amount=amount, reason=reason)

    def close_dispute(self, dispute: str, *, won: bool) -> Object:
        return self._made("close", dispute=dispute, won=won)

    def confirm_as_stripe_js(
        self, client_secret: str, *, card: str = "visa", number: str = ""
    ) -> tuple[int, Object]:
        """What a storefront's browser does: status and body of the answer.

        A declined card answers 402. With `number`, the card is typed rather than named.
        """
        intent = client_secret.partition("_secret_")[0]
        form = {"key": self.publishable_key, "client_secret": client_secret}
        if number:
            data = {"type": "card", "card][number": number, "card][cvc": "123"}
            data |= {"card][exp_month": "12", "card][exp_year": "34"}
            form |= {f"payment_method_data[{name}]": value for name, value in data.items()}
        else:
            form["payment_method"] = f"pm_card_{card}"
        body = urllib.parse.urlencode(form).encode()
        return _post(f"{self.url}/v1/payment_intents/{intent}/confirm", body)

    def _made(self, command: str, **given: Any) -> Object:
        made: Object = self._do(command, **given)
        return made

    def _do(self, command: str, **given: Any) -> Any:
        status, body = _post(f"{self.url}/_control/{command}", json.dumps(given).encode())
        if status != 200:
            raise RuntimeError(f"{command}: {body['error']['message']}")
        return body["result"]


def _post(url: str, body: bytes) -> tuple[int, Object]:
    try:
        with urllib.request.urlopen(url, data=body, timeout=40) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())

"""`/_control/`: JSON in and out, for tests. The methods of `steering.py` say what each does."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tests.stripe_simulator import intents, objects, refunds, transfers
from tests.stripe_simulator.api import Answer, Request
from tests.stripe_simulator.deliveries import Deliveries, Weather, signature
from tests.stripe_simulator.faults import Fault, Faults
from tests.stripe_simulator.refusals import Object, Refused
from tests.stripe_simulator.state import State


class Control:
    """Its public methods are its commands: `POST /_control/pay {"intent": ...}`."""

    def __init__(self, state: State, deliveries: Deliveries, faults: Faults) -> None:
        self._state = state
        self._deliveries = deliveries
        self._faults = faults

    def answer(self, request: Request) -> Answer:
        name = request.path.removeprefix("/_control/")
        command: Callable[..., Any] | None = None
        if request.method == "POST" and not name.startswith("_") and name != "answer":
            command = getattr(self, name, None)
        if command is None:
            return Answer(404, {"error": {"message": f"no command {name!r}"}})
        try:
            return Answer(200, {"result": command(**json.loads(request.body or "{}"))})
        except Refused as refused:
            return Answer(refused.status, objects.exported(refused.body))
        except (TypeError, ValueError) as error:
            return Answer(400, {"error": {"message": str(error)}})

    # --- What is there ------------------------------------------------------------------

    def all(self, kind: str) -> list[Object]:
        with self._state.alone():
            shown: list[Object] = objects.exported(self._state.of_kind(kind))
            return json.loads(json.dumps(shown))  # type: ignore[no-any-return]

    def waiting(self) -> list[Object]:
        with self._state.alone():
            return [dict(delivery) for delivery in self._state.waiting]

    def deliveries(self) -> list[Object]:
        with self._state.alone():
            return list(self._deliveries.log)

    # --- Webhooks -----------------------------------------------------------------------

    def send_webhooks_to(self, url: str, secret: str | None = None) -> None:
        self._deliveries.url = url
        self._deliveries.secret = secret or self._deliveries.secret

    def weather(self, **changes: Any) -> Object:
        self._deliveries.weather = Weather(**changes)
        return asdict(self._deliveries.weather)

    def release(self, order: str = "created", seed: int | None = None) -> int:
        with self._state.changing():
            return self._deliveries.release(order, seed)

    def send(
        self,
        event: str,
        sign: str = "good",
        age: int = 0,
        changes: Object | None = None,
        body: str | None = None,
    ) -> Object:
        with self._state.alone():
            found = self._state.get("event", event) | (changes or {})
        text = (json.dumps(found, indent=2) if body is None else body).encode()
        header = _header(self._deliveries.secret, text, sign, int(time.time()) - age)
        status, answer = self._deliveries.post(text, header)
        return {"status": status, "answer": answer}

    # --- Faults -------------------------------------------------------------------------

    def fault(self, **planned: Any) -> None:
        self._faults.plan(Fault(**planned))

    def heal(self) -> None:
        """No faults, no bad weather; what was held stays held until it is released."""
        self._faults.clear()
        self._deliveries.weather = Weather()
        self._state.refunds_are_pending = False
        self._state.balance = None

    def forget_keys(self) -> None:
        with self._state.changing():
            self._state.keys.clear()

    # --- What people do -----------------------------------------------------------------

    def pay(
        self, intent: str, card: str = "visa", amount: int | None = None, currency: str = ""
    ) -> Object:
        with self._changing_by_hand():
            found = self._state.get("payment_intent", intent)
            paid = intents.pay(self._state, found, card=card, amount=amount, currency=currency)
            return dict(objects.exported(paid))

    def authenticate(self, intent: str, succeeds: bool = True) -> Object:
        with self._changing_by_hand():
            found = self._state.get("payment_intent", intent)
            done = intents.authenticate(self._state, found, succeeds=succeeds)
            return dict(objects.exported(done))

    def cancel(self, intent: str) -> Object:
        with self._changing_by_hand():
            found = self._state.get("payment_intent", intent)
            return dict(objects.exported(intents.cancel(self._state, found, {})))

    def refund(self, **params: Any) -> Object:
        with self._changing_by_hand():
            return dict(objects.exported(refunds.create(self._state, params)))

    def refunds_are_pending(self, pending: bool = True) -> None:
        self._state.refunds_are_pending = pending

    def settle(self, refund: str, succeeds: bool = True) -> Object:
        with self._changing_by_hand():
            found = self._state.get("refund", refund)
            settled = refunds.settle(self._state, found, succeeds=succeeds)
            return dict(objects.exported(settled))

    def balance(self, amount: int | None) -> None:
        self._state.balance = amount

    def reverse(self, transfer: str, amount: int | None = None) -> Object:
        with self._changing_by_hand():
            found = self._state.get("transfer", transfer)
            given = {} if amount is None else {"amount": amount}
            return dict(objects.exported(transfers.reverse(self._state, found, given)))

    def dispute(self, intent: str, amount: int | None = None, reason: str = "fraudulent") -> Object:
        with self._changing_by_hand():
            found = self._state.get("payment_intent", intent)
            charge = self._state.get("charge", found["latest_charge"] or "")
            opened = refunds.open_dispute(self._state, charge, amount=amount, reason=reason)
            return dict(objects.exported(opened))

    def close(self, dispute: str, won: bool) -> Object:
        with self._changing_by_hand():
            found = self._state.get("dispute", dispute)
            return dict(objects.exported(refunds.close_dispute(self._state, found, won=won)))

    def _changing_by_hand(self) -> Any:
        """Events of the dashboard and of shoppers name no request of the shop."""
        self._state.request = {"id": None, "idempotency_key": None}
        return self._state.changing()


def _header(secret: str, body: bytes, sign: str, at: int) -> str | None:
    good = signature(secret, body, at)
    headers: dict[str, str | None] = {
        "good": good,
        "wrong": signature("whsec_of_somebody_else", body, at),
        "missing": None,
        "empty": "",
        "doubled": f"{good},{signature(secret, body, at - 1)}",
        "without_time": good.partition(",")[2],
        "without_signature": good.partition(",")[0],
        "rotated": f"{signature('whsec_of_before', body, at)},{good.partition(',')[2]}",
        "garbage": "Bearer of good news",
    }
    if sign not in headers:
        raise ValueError(f"sign: one of {', '.join(headers)}")
    return headers[sign]

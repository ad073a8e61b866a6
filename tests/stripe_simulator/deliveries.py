"""Signed webhooks, sent by a thread: in order and once, or as badly as a test asks for."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.stripe_simulator.refusals import Object
from tests.stripe_simulator.state import State

ANSWER_WITHIN = 10  # seconds
LONGEST_PAUSE = 60.0
GIVEN_UP_AFTER = 3 * 86400


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Stripe counts a redirect as a failure."""


_straight = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


@dataclass
class Weather:
    """How webhooks travel. `types`: only these events have it bad, when it is not empty.

    `hold` keeps them until they are released, `lose` drops them, `copies` go out at the same
    moment, `delay` is in seconds, and `shuffle` a random further delay of up to so many.
    """

    hold: bool = False
    lose: bool = False
    copies: int = 1
    delay: float = 0.0
    shuffle: float = 0.0
    types: list[str] = field(default_factory=list)


def signature(secret: str, body: bytes, at: int) -> str:
    signed = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


class Deliveries(threading.Thread):
    def __init__(self, state: State, url: str, secret: str, retry_after: float) -> None:
        super().__init__(name="webhooks", daemon=True)
        self.url, self.secret = url, secret
        self.weather = Weather()
        self.log: list[Object] = []
        self._state = state
        self._retry_after = retry_after
        self._something_new = threading.Event()
        state.heard = self._enqueue

    def _enqueue(self, event: Object) -> None:
        """Called inside `state.changing()`, as is everything that touches `waiting`."""
        weather = self.weather
        if weather.types and event["type"] not in weather.types:
            weather = Weather()
        if weather.lose or not self.url:
            return
        late = weather.delay + random.random() * weather.shuffle
        self._state.waiting.append(
            {
                "event": event["id"],
                "due": time.time() + late,
                "attempt": 0,
                "held": weather.hold,
                "copies": weather.copies,
            }
        )
        self._something_new.set()

    def release(self, order: str, seed: int | None) -> int:
        """Let go what is held: `created`, `reversed` or `shuffled`; answers how many."""
        held = [delivery for delivery in self._state.waiting if delivery["held"]]
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            random.Random(seed).shuffle(held)
        for position, delivery in enumerate(held):
            delivery |= {"held": False, "due": time.time() + position / 1e6}
        self._something_new.set()
        return len(held)

    def run(self) -> None:
        while True:
            with self._state.alone():
                self._something_new.clear()
                ready = [one for one in self._state.waiting if not one["held"]]
                next_one = min(ready, key=lambda one: float(one["due"]), default=None)
            pause = 60.0 if next_one is None else next_one["due"] - time.time()
            if next_one is None or pause > 0:
                self._something_new.wait(pause)
            else:
                self._deliver(next_one)

    def _deliver(self, delivery: Object) -> None:
        event = self._state.objects[delivery["event"]]
        body = json.dumps(event, indent=2).encode()
        header = signature(self.secret, body, int(time.time()))
        with ThreadPoolExecutor(delivery["copies"]) as together:
            answers = list(
                together.map(lambda _: self.post(body, header), range(delivery["copies"]))
            )
        with self._state.changing():
            for status, text in answers:
                noted = {"event": event["id"], "type": event["type"], "at": time.time()}
                self.log.append(noted | {"status": status, "answer": text})
            self._settle(delivery, is_received=all(200 <= status < 300 for status, _ in answers))

    def _settle(self, delivery: Object, *, is_received: bool) -> None:
        pause = min(self._retry_after * 2 ** min(delivery["attempt"], 16), LONGEST_PAUSE)
        delivery["attempt"] += 1
        is_old = time.time() - self._state.objects[delivery["event"]]["created"] > GIVEN_UP_AFTER
        if not (is_received or is_old):
            delivery |= {"due": time.time() + pause, "copies": 1}
        elif delivery in self._state.waiting:
            self._state.waiting.remove(delivery)

    def post(self, body: bytes, header: str | None) -> tuple[int, str]:
        """What the shop answers; the status is 0 when it does not."""
        request = urllib.request.Request(self.url, data=body, method="POST")
        request.add_header("Content-Type", "application/json; charset=utf-8")
        request.add_header("User-Agent", "Stripe/1.0 (simulated)")
        if header is not None:
            request.add_header("Stripe-Signature", header)
        try:
            with _straight.open(request, timeout=ANSWER_WITHIN) as response:
                return int(response.status), response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except OSError as error:
            return 0, str(error)

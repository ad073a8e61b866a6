"""Shoppers who browse and buy again and again, and note every answer that they get."""

import http.client
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

from tests.faults.report import Answer, Report, problem_of
from tests.faults.servers import HERE
from tests.faults.shop import Shop

PAUSE_BETWEEN_REGISTRATIONS = 1.0  # seconds: hashing a password takes a processor's fifth of one
ADDRESS = {"full_name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London"}
ADDRESS |= {"postal_code": "SW1Y 4JH", "country": "GB"}


class Stopped(Exception):
    """The load is over; a client that still waits for a good answer gives up."""


@dataclass
class Notes:
    """What all clients write down together."""

    answers: list[Answer] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)  # orders whose payment was answered 200
    registered: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


class Client:
    """One person on one connection, who repeats what was not answered, under the same key."""

    def __init__(self, port: int, token: str, notes: Notes, pause: float = 0) -> None:
        self._connection = http.client.HTTPConnection(HERE, port, timeout=60)
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._notes = notes
        self._pause = pause

    def get(self, path: str) -> Any:
        return self._insist("GET", path, None, 200, {})

    def post(
        self, path: str, body: Mapping[str, Any], *, expect: int = 200, key: str | None = None
    ) -> Any:
        """Under a key of its own unless one is given; an empty one is none."""
        key = uuid.uuid4().hex if key is None else key
        return self._insist("POST", path, body, expect, {"Idempotency-Key": key} if key else {})

    def _insist(
        self, method: str, path: str, body: Any, expect: int, key: Mapping[str, str]
    ) -> Any:
        while not self._notes.stopping.is_set():
            status, wait, answer = self._send(method, path, body, key, expect)
            if status == expect:
                self._notes.stopping.wait(self._pause)
                return answer
            self._notes.stopping.wait(wait)
        raise Stopped

    def _send(
        self, method: str, path: str, body: Any, key: Mapping[str, str], expect: int
    ) -> tuple[int, float, Any]:
        """The status, how long to wait before the next try, and the answer's JSON."""
        started = time.monotonic()
        status, wait, answer, problem = 0, 0.5, None, ""
        try:
            text = None if body is None else json.dumps(body)
            self._connection.request(method, path, text, {**self._headers, **key})
            response = self._connection.getresponse()
            raw = response.read()
            status, wait = response.status, float(response.headers.get("Retry-After", 0.5))
            problem = problem_of(response, raw, expect)
            answer = None if problem else json.loads(raw)
        except (OSError, http.client.HTTPException):
            self._connection.close()
        now = time.monotonic()
        self._notes.answers.append(
            Answer(now, now - started, f"{method} {path.partition('?')[0]}", status, problem)
        )
        return status, wait, answer


Walk = Callable[[Client, Mapping[str, Any], Notes, Iterator[int]], None]


def browse_and_buy(
    client: Client, people: Mapping[str, Any], notes: Notes, turns: Iterator[int]
) -> None:
    """One visit: look at some goods, order one of them and pay."""
    turn = next(turns)
    goods = people["goods"][turn % len(people["goods"])]
    category = people["categories"][turn % len(people["categories"])]
    client.get("/api/store/products/?ordering=price")
    client.get(f"/api/store/products/?category={category}&ordering=-price&in_stock=true")
    client.get(f"/api/store/products/{goods['slug']}/")
    client.get("/api/store/categories/?tree=true")
    client.get("/api/store/products/?search=product")
    order = buy(client, goods["variant"])
    notes.paid.append(order)
    client.get(f"/api/store/orders/{order}/")


def buy(client: Client, variant: int) -> int:
    """The id of an order of one piece, paid."""
    client.post("/api/store/carts/add_item/", {"variant": variant, "quantity": 1})
    client.get("/api/store/carts/")
    order = client.post("/api/store/orders/", {"shipping_address": ADDRESS}, expect=201)
    asked = {"order": order["id"], "method": "test"}
    payment = client.post("/api/store/payments/", asked, expect=201)
    client.post(f"/api/store/payments/{payment['id']}/confirm/", {"outcome": "succeed"})
    return int(order["id"])


def register(client: Client, people: Mapping[str, Any], notes: Notes, turns: Iterator[int]) -> None:
    """Somebody new, to whom the shop sends one mail."""
    email = f"new{next(turns)}.{uuid.uuid4().hex[:8]}@faults.test"
    body = {"email": email, "password": "correct-horse-battery"}
    client.post("/api/auth/registration/", body, expect=201)
    notes.registered.append(email)
    notes.stopping.wait(PAUSE_BETWEEN_REGISTRATIONS)


class Load:
    """Clients in closed loops while the block runs; its report tells of all their answers.

    `pause` is how long each of them thinks after each answer.
    """

    def __init__(
        self, shop: Shop, *, clients: int = 16, pause: float = 0, walks: Sequence[Walk] = ()
    ) -> None:
        self.notes = Notes()
        self._shop = shop
        self._walks = walks or [browse_and_buy]
        self._pause = pause
        self._clients = clients
        self._pool = ThreadPoolExecutor(clients)
        self._futures: list[Future[None]] = []

    def __enter__(self) -> Self:
        shoppers = self._shop.people["shoppers"][: self._clients]
        assert len(shoppers) == self._clients, "a shopper for each client"
        for number, shopper in enumerate(shoppers):
            walk = self._walks[number % len(self._walks)]
            client = Client(self._shop.port, shopper["token"], self.notes, self._pause)
            self._futures.append(self._pool.submit(self._go_round, client, walk, number))
        return self

    def __exit__(self, *_: object) -> None:
        self.notes.stopping.set()
        self._pool.shutdown()
        for future in self._futures:
            future.result()

    def run_for(self, seconds: float) -> Report:
        """Let them go on; the report is of these seconds."""
        started = time.monotonic()
        while time.monotonic() < started + seconds:
            self._check()
            time.sleep(0.05)
        return self.report(since=started)

    def run_until(self, answers: int, *, within: float) -> None:
        deadline = time.monotonic() + within
        while len(self.notes.answers) < answers and time.monotonic() < deadline:
            self._check()
            time.sleep(0.05)

    def report(self, since: float = 0) -> Report:
        return Report([answer for answer in list(self.notes.answers) if answer.at >= since])

    def _go_round(self, client: Client, walk: Walk, number: int) -> None:
        turns = itertools.count(number)
        try:
            while True:
                walk(client, self._shop.people, self.notes, turns)
        except Stopped:
            pass

    def _check(self) -> None:
        """A client that ended has failed; better now than after all the seconds."""
        for future in self._futures:
            if future.done():
                future.result()

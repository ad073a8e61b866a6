"""One shopper's way by card, in a thread: order, pay, be paid for, get the money back."""

import email
import uuid
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Literal, Self

from tests.faults.children import eventually
from tests.faults.load import ADDRESS, Client, Notes
from tests.faults.shop import Shop
from tests.stripe_simulator.steering import StripeSimulator

Step = Literal["order", "payment", "refund"]
ADDRESSED = {"shipping_address": ADDRESS}


class Journey:
    """Begins with the block. Every request is repeated until it is answered."""

    order: int
    intent: str
    cents: int

    def __init__(
        self,
        shop: Shop,
        stripe: StripeSimulator,
        shopper: Mapping[str, Any],
        *,
        only_key: Step | None = None,
    ) -> None:
        self._shop = shop
        self._stripe = stripe
        self._email = shopper["email"]
        self._only_key = only_key
        self._notes = Notes()
        self._shopper = Client(shop.port, shopper["token"], self._notes)
        self._clerk = Client(shop.port, shop.people["clerk"], self._notes)
        self._pool = ThreadPoolExecutor(1)
        self._walk: Future[None]

    def __enter__(self) -> Self:
        self._walk = self._pool.submit(self._go)
        return self

    def __exit__(self, *_: object) -> None:
        self._notes.stopping.set()
        self._pool.shutdown()

    def finish(self, *, within: float) -> None:
        self._walk.result(within)
        problems = [answer.problem for answer in self._notes.answers if answer.problem]
        assert not problems

    @property
    def repeated(self) -> int:
        return sum(1 for answer in self._notes.answers if not answer.is_good)

    def mails(self) -> Mapping[str, int]:
        """How many different mails of each kind about its order there are."""
        ((number,),) = self._shop.rows("SELECT number FROM orders_order WHERE id = %s", self.order)
        heads = map(email.message_from_string, self._shop.mails())
        ids = {str(head["Message-ID"]) for head in heads if number in str(head["Subject"])}
        return Counter(message_id.strip("<").partition(".")[0] for message_id in ids)

    def _go(self) -> None:
        goods = self._shop.people["goods"][0]
        self._shopper.post("/api/store/carts/add_item/", {"variant": goods["variant"]}, key="")
        order = self._post(self._shopper, "order", "/api/store/orders/", ADDRESSED)
        self.order = int(order["id"])
        self.cents = round(float(order["total_price"]) * 100)
        asked = {"order": self.order, "method": "card"}
        payment = self._post(self._shopper, "payment", "/api/store/payments/", asked)
        self.intent = str(payment["client_secret"]).partition("_secret_")[0]
        self._stripe.pay(self.intent)
        eventually(lambda: self._state() == "PAID", within=60, what="the order is paid")
        self._post(self._clerk, "refund", f"/api/store/orders/{self.order}/refund/", {})
        eventually(lambda: self._state() == "REFUNDED", within=60, what="the order is refunded")

    def _post(self, client: Client, step: Step, path: str, body: Mapping[str, Any]) -> Any:
        has_key = self._only_key in (None, step)
        status = 200 if step == "refund" else 201
        return client.post(path, body, expect=status, key=uuid.uuid4().hex if has_key else "")

    def _state(self) -> str:
        return str(self._shopper.get(f"/api/store/orders/{self.order}/")["status"])

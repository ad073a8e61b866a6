"""What the simulator knows: every object ever made, in memory and in one file."""

import copy
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from tests.stripe_simulator import objects
from tests.stripe_simulator.refusals import Object, missing

KEY_LASTS = 24 * 3600  # seconds after which Stripe forgets an idempotency key


class State:
    """Read it only inside `with state.alone():`, change it inside `with state.changing():`."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.RLock()
        self.objects: dict[str, Object] = {}  # by id, the oldest first
        self.keys: dict[str, Object] = {}  # the answers kept for idempotency keys
        self.waiting: list[Object] = []  # webhooks to send; see deliveries.py
        self.refunds_are_pending = False
        self.balance: int | None = None  # for transfers, in minor units; None: always enough
        self.address = ""  # by which the one who asks reaches the pages
        self.request: Object = {"id": None, "idempotency_key": None}
        self.heard: Callable[[Object], None] = lambda event: None
        if file is not None and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            self.objects, self.keys = kept["objects"], kept["keys"]
            self.waiting = kept["waiting"]

    def alone(self) -> AbstractContextManager[Any]:
        return self._lock

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Alone with the state; what has changed is kept, also when the action refuses."""
        with self._lock:
            try:
                yield
            finally:
                self._keep()

    def _keep(self) -> None:
        if self._file is None:
            return
        kept = {"objects": self.objects, "keys": self.keys, "waiting": self.waiting}
        beside = self._file.with_name(f"{self._file.name}.new")
        beside.write_text(json.dumps(kept), encoding="utf-8")
        os.replace(beside, self._file)  # noqa: PTH105 (a kill leaves the old file or the new one)

    def add(self, made: Object) -> Object:
        self.objects[made["id"]] = made
        return made

    def get(self, kind: str, name: str, *, param: str | None = None) -> Object:
        found = self.objects.get(name)
        if found is None or found["object"] != kind:
            raise missing(kind, name, param)
        return found

    def of_kind(self, kind: str) -> list[Object]:
        return [found for found in self.objects.values() if found["object"] == kind]

    def intent_of(self, client_secret: str) -> Object:
        intent = self.get("payment_intent", client_secret.partition("_secret_")[0])
        if intent["client_secret"] != client_secret:
            raise missing("payment_intent", client_secret)
        return intent

    def publish(self, name: str, about: Object, previous: Object | None = None) -> None:
        event = objects.event(name, about, dict(self.request), previous)
        self.add(copy.deepcopy(event))
        self.heard(event)

    def kept_answer(self, key: str) -> Object | None:
        kept = self.keys.get(key)
        return kept if kept and kept["at"] > time.time() - KEY_LASTS else None

    def keep_answer(self, key: str, asked: Any, status: int, body: Object) -> None:
        self.keys[key] = {"asked": asked, "status": status, "body": body, "at": time.time()}

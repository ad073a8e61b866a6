"""The other end of webhooks, for tests without a shop: what arrived, answered as told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe


@dataclass
class Receiver:
    secret: str
    url: str = ""
    statuses: list[int] = field(default_factory=list)  # of the next answers; then 200
    events: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def wait_for(self, name: str, *, within: float = 15) -> dict[str, Any]:
        """The first event of this type."""
        deadline = time.monotonic() + within
        while name not in self.types:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no {name} within {within} s, but {self.types}")
            time.sleep(0.02)
        return self.events[self.types.index(name)]

    def receive(self, body: str, header: str | None) -> int:
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return status
        try:
            stripe.Webhook.construct_event(body, header or "", self.secret)
        except stripe.SignatureVerificationError as error:
            self.refused.append(str(error))
            return 400
        self.events.append(json.loads(body))
        return 200


@contextmanager
def receiving(secret: str) -> Iterator[Receiver]:
    receiver = Receiver(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(receiver.receive(body, self.headers["Stripe-Signature"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield receiver
        server.shutdown()

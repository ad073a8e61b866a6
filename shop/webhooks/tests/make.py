"""Subscribers for tests: endpoints, and a real server that hears what the shop sends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from shop.core.events import Event, publish
from shop.core.models import OutboxEvent
from shop.core.relay import deliver_pending
from shop.vendors.models import Vendor
from shop.webhooks import services
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.sending import Outcome

URL = "https://hooks.example.com/nexus"

OK = Outcome(status_code=204, error="", duration_ms=12)
BROKEN = Outcome(status_code=500, error="answered 500", duration_ms=12, answer="oh no")


def make_endpoint(*events: str, vendor: Vendor | None = None, url: str = URL) -> Endpoint:
    """An endpoint that hears `events`, or all that it may."""
    return services.create_endpoint(url=url, events=list(events) or ["*"], vendor=vendor)


def tell(*events: Event) -> list[OutboxEvent]:
    """Publish `events` and have the relay tell all that waits; answers their rows."""
    with transaction.atomic():
        publish(*events)
    rows = OutboxEvent.objects.order_by("-id")[: len(events)]
    relay()
    return [OutboxEvent.objects.get(pk=row.pk) for row in reversed(rows)]


def relay() -> None:
    while deliver_pending():
        pass


def record(delivery: Delivery, *outcomes: Outcome) -> Delivery:
    """Note the outcomes of one attempt after the other, as if each had been claimed and sent."""
    for outcome in outcomes:
        claimed_until = timezone.now()
        Delivery.objects.filter(pk=delivery.pk).update(claimed_until=claimed_until)
        services.record_outcome(
            delivery_id=delivery.pk, claimed_until=claimed_until, outcome=outcome
        )
    delivery.refresh_from_db()
    return delivery


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return orjson.loads(self.raw)


Answer = Callable[[BaseHTTPRequestHandler], None]


def accept(request: BaseHTTPRequestHandler) -> None:
    request.send_response(204)
    request.end_headers()


def refuse(request: BaseHTTPRequestHandler) -> None:
    request.send_response(500)
    request.end_headers()
    request.wfile.write(b"oh \0no")


@dataclass
class Receiver:
    """A server of somebody else; `answer` is what it does with a request."""

    host: str
    port: int
    answer: Answer = accept
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/hook"


@contextmanager
def receiving(host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True
        request_queue_size = 64  # a busy machine resets what finds no place in the queue

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(self.path, headers, raw))
            receiver.answer(self)

        def log_message(self, *_: object) -> None:
            """Silent: the tests look at what was heard."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # the shop has hung up, which tests provoke

    server = Server((host, 0), Handler)
    receiver = Receiver(host, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.socket.close()

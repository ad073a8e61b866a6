"""The HTTP server: one thread for each connection, one handler for all addresses."""

import json
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.stripe_simulator import api, pages
from tests.stripe_simulator.api import Answer, Request
from tests.stripe_simulator.control import Control
from tests.stripe_simulator.deliveries import Deliveries
from tests.stripe_simulator.faults import Faults
from tests.stripe_simulator.refusals import missing
from tests.stripe_simulator.state import State

LONGEST_BODY = 1_000_000


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    webhook_url: str
    webhook_secret: str
    state: Path | None
    retry_after: float


class Simulator(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, options: Options) -> None:
        super().__init__((options.host, options.port), Handler)
        self.state = State(options.state)
        self.faults = Faults()
        self.deliveries = Deliveries(
            self.state, options.webhook_url, options.webhook_secret, options.retry_after
        )
        self.control = Control(self.state, self.deliveries, self.faults)
        self.deliveries.start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is nothing to tell of; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Simulator

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.close_connection = True
            self._send(Answer(413, {"error": {"message": "The body is too long."}}))
            return
        address = urlsplit(self.path)
        request = Request(
            self.command,
            address.path,
            address.query,
            self.rfile.read(length).decode(errors="replace"),
            {name.lower(): value for name, value in self.headers.items()},
        )
        self._send(self._answer(request))

    do_GET = do_POST = do_DELETE = do_OPTIONS = _handle  # noqa: N815 (names of the library)

    def _answer(self, request: Request) -> Answer:
        if request.method == "OPTIONS":
            return Answer(204, b"", {"Access-Control-Allow-Methods": "GET, POST"})
        if request.path.startswith("/v1/"):
            return api.answer(self.server.state, self.server.faults, request)
        if request.path.startswith("/_control/"):
            return self.server.control.answer(request)
        if request.path == "/healthz":
            return Answer(200, {"status": "ok"})
        page = pages.answer(self.server.state, request)
        return page or Answer(404, missing("page", request.path).body)

    def _send(self, answer: Answer) -> None:
        fault = answer.hangs or answer.waits
        if fault is not None:
            self.server.faults.wait(fault)
        if answer.hangs:
            self.close_connection = True
            return
        content, kind = answer.body, "text/html; charset=utf-8"
        if not isinstance(content, bytes):
            content, kind = json.dumps(content, indent=2).encode(), "application/json"
        headers = {"Content-Type": kind, "Content-Length": str(len(content))}
        # A storefront calls from its own origin, as it would call Stripe with Stripe.js.
        headers |= {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
        self.send_response(answer.status)
        for name, value in (headers | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing: its faults are made on purpose."""

"""One request to a stranger's server, in at most five seconds, to the address that was checked.

No redirects are followed, no proxies used, and nothing is read but the beginning of the answer.
"""

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from shop.webhooks.destinations import allowed, check_url
from shop.webhooks.errors import AddressNotAllowed

PATIENCE = 5.0  # seconds, from looking up the name to the last byte read
MOST_READ = 64 * 1024
KEPT = 1000
_ADDRESSES_TRIED = 3


@dataclass(frozen=True)
class Outcome:
    """What came of a request; without `status_code` no answer came, and `error` says why."""

    status_code: int | None
    error: str
    duration_ms: int
    answer: str = ""

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        return self.status_code == 410


class _Refused(httpcore.ConnectError):
    """The name leads where the shop does not go."""


class _TooSlow(httpcore.TimeoutException):
    """The time for the whole request is over."""


def post(*, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send `body` as JSON to `url`. Raises nothing: whatever happens is an outcome."""
    started = time.monotonic()
    status: int | None = None
    error = answer = ""
    try:
        check_url(url)
        status, answer = _exchange(url, body, headers, _Deadline(started + PATIENCE))
        if not 200 <= status < 300:
            error = f"answered {status}"
    except AddressNotAllowed as refusal:
        error = refusal.problems[0].detail
    except (_TooSlow, httpcore.TimeoutException):
        error = f"no answer within {PATIENCE:g} seconds"
    except Exception as problem:
        # Strangers' servers fail in every way; the text goes to the log of deliveries.
        error = f"{type(problem).__name__}: {problem}".rstrip(": ").lstrip("_")
    duration = round((time.monotonic() - started) * 1000)
    return Outcome(status, error.replace("\0", "")[:300], duration, answer)


class _Deadline:
    def __init__(self, at: float) -> None:
        self._at = at

    def left(self) -> float:
        """How many seconds; raises `_TooSlow` when none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise _TooSlow
        return left


def _exchange(
    url: str, body: bytes, headers: Mapping[str, str], deadline: _Deadline
) -> tuple[int, str]:
    sent: list[tuple[bytes | str, bytes | str]] = [
        ("host", urlsplit(url).netloc),  # with the brackets of IPv6
        ("content-type", "application/json"),
        ("user-agent", "Nexus-Webhooks/1"),
        ("accept-encoding", "identity"),
        *headers.items(),
    ]
    with (
        httpcore.ConnectionPool(
            ssl_context=_trust(), network_backend=_Backend(deadline), http2=False
        ) as pool,
        pool.stream("POST", url, headers=sent, content=body) as response,
    ):
        read = b""
        for chunk in response.iter_stream():
            read += chunk
            if len(read) >= MOST_READ:
                break
        text = read[:KEPT].decode(errors="replace").replace("\0", "")
        return response.status, text


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _Backend(httpcore.SyncBackend):
    """Looks up the name, checks what it leads to, and connects to just that."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _addresses_of(host, port, self._deadline)
        for position, address in enumerate(addresses, start=1):
            # Each of several gets its part of the time.
            patience = self._deadline.left() / (len(addresses) - position + 1)
            try:
                return _Stream(super().connect_tcp(address, port, timeout=patience), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if position == len(addresses):
                    raise
        raise _Refused("the name has no address")


class _Stream(httpcore.NetworkStream):
    """A connection whose time runs out once, not anew with each byte that drips in."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _addresses_of(host: str, port: int, deadline: _Deadline) -> list[str]:
    """The addresses of `host`; none of them when one of them is not allowed."""
    found = [
        # fe80::1%eth0 names an interface too, which is not a part of the address.
        str(entry[4][0]).partition("%")[0]
        for entry in _look_up(host, port, deadline)
    ]
    for address in found:
        if not allowed(ipaddress.ip_address(address)):
            raise _Refused(f"{host} leads to {address}, which is not on the public internet")
    return list(dict.fromkeys(found))[:_ADDRESSES_TRIED]


def _look_up(host: str, port: int, deadline: _Deadline) -> list[Any]:
    """`getaddrinfo`, which knows no time limit, in a thread that nobody waits for longer."""
    answers: queue.SimpleQueue[list[Any] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise _TooSlow from None
    if isinstance(answer, Exception):
        raise httpcore.ConnectError(f"{host} was not found: {answer}")
    return answer

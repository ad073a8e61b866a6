"""One request to a server that may be slow, hostile, or somewhere else than it seemed."""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from shop.webhooks import sending
from shop.webhooks.sending import Outcome, post
from shop.webhooks.tests.make import Receiver, receiving, refuse

TRUST = sending._trust  # what the shop trusts by itself


def _has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


def sent_to(url: str) -> Outcome:
    return post(url=url, body=b"{}", headers={"webhook-id": "evt_1"})


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Where names lead, instead of what the network says."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        found = known.get(str(host))
        if found is None:
            return real(host, port, *args, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_delivers_body_and_headers(receiver: Receiver) -> None:
    outcome = post(url=receiver.url, body=b'{"a": 1}', headers={"webhook-id": "evt_1"})
    assert (outcome.status_code, outcome.error, outcome.is_success) == (204, "", True)
    (heard,) = receiver.heard
    assert (heard.path, heard.raw) == ("/hook", b'{"a": 1}')
    assert heard.headers["webhook-id"] == "evt_1"
    assert heard.headers["content-type"] == "application/json"


def test_anything_but_2xx_is_a_failure(receiver: Receiver) -> None:
    receiver.answer = refuse
    outcome = sent_to(receiver.url)
    assert not outcome.is_success
    assert (outcome.status_code, outcome.error) == (500, "answered 500")
    assert outcome.answer == "oh no", "without what PostgreSQL cannot keep"


def test_does_not_follow_redirects(receiver: Receiver) -> None:
    def redirect(request: BaseHTTPRequestHandler) -> None:
        request.send_response(307)
        request.send_header("Location", receiver.url)
        request.end_headers()

    receiver.answer = redirect
    assert sent_to(receiver.url).error == "answered 307"
    assert len(receiver.heard) == 1


class TestAddresses:
    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.1", "localhost", "127.1", "0", "2130706433", "0x7f.1", "0x7f000001"),
            *("0177.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
        ],
    )
    def test_spelled_in_any_way_this_machine_is_not_reached(
        self, receiver: Receiver, settings: Settings, host: str
    ) -> None:
        settings.WEBHOOKS_ALLOWED_NETWORKS = []
        outcome = sent_to(f"http://{host}:{receiver.port}/")
        assert outcome.status_code is None
        assert "public internet" in outcome.error
        assert receiver.heard == []

    def test_connects_to_the_address_that_was_checked(
        self, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that leads to a good address when asked first, and here when asked again."""
        settings.WEBHOOKS_ALLOWED_NETWORKS = []
        asked = []

        def rebind(host: Any, port: Any, *_: Any, **__: Any) -> Any:
            asked.append(host)
            address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        connected = []

        def connect(address: Any, *_: Any, **__: Any) -> Any:
            connected.append(address[0])
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "getaddrinfo", rebind)
        monkeypatch.setattr(socket, "create_connection", connect)
        assert not sent_to(f"http://rebind.test:{receiver.port}/").is_success
        assert (asked, connected) == (["rebind.test"], ["93.184.216.34"])

    def test_one_bad_address_of_a_name_spoils_it(
        self, receiver: Receiver, settings: Settings, names: dict[str, list[str]]
    ) -> None:
        settings.WEBHOOKS_ALLOWED_NETWORKS = []
        names["mixed.test"] = ["93.184.216.34", "127.0.0.1"]
        outcome = sent_to(f"http://mixed.test:{receiver.port}/")
        assert "mixed.test leads to 127.0.0.1" in outcome.error
        assert receiver.heard == []

    def test_tries_the_next_address_of_a_name(
        self, receiver: Receiver, names: dict[str, list[str]]
    ) -> None:
        names["two.test"] = ["127.0.0.2", "127.0.0.1"]
        assert sent_to(f"http://two.test:{receiver.port}/").is_success
        assert receiver.heard[0].headers["host"] == f"two.test:{receiver.port}"

    @pytest.mark.skipif(not _has_ipv6(), reason="needs IPv6")
    def test_speaks_to_ipv6_too(self, local: None) -> None:
        with receiving("::1") as other:
            assert sent_to(other.url).is_success
        assert other.heard[0].headers["host"] == f"[::1]:{other.port}"

    def test_goes_through_no_proxy(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert sent_to(receiver.url).is_success

    def test_an_address_that_is_not_allowed_any_more_is_not_sent_to(
        self, receiver: Receiver, settings: Settings
    ) -> None:
        settings.WEBHOOKS_ALLOW_HTTP = False
        assert "https://" in sent_to(receiver.url).error
        assert receiver.heard == []

    def test_a_name_that_leads_nowhere_is_a_failure(
        self, local: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unknown(*_: Any, **__: Any) -> Any:
            raise socket.gaierror("Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        assert "was not found" in sent_to("http://nowhere.test/").error


class TestTime:
    """The limit is for all of it together; shorter here, so that tests are quick."""

    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sending, "PATIENCE", 0.4)

    def took(self, url: str) -> float:
        started = time.monotonic()
        outcome = sent_to(url)
        assert (outcome.status_code, outcome.error) == (None, "no answer within 0.4 seconds")
        return time.monotonic() - started

    def test_a_silent_server_is_left(self, receiver: Receiver) -> None:
        receiver.answer = lambda _: time.sleep(1)
        assert self.took(receiver.url) < 0.9

    @pytest.mark.parametrize("start", ["", "HTTP/1.1 200 OK\r\nX-A: ", "HTTP/1.1 200 OK\r\n\r\n"])
    def test_an_answer_that_drips_in_is_cut(self, receiver: Receiver, start: str) -> None:
        def drip(request: BaseHTTPRequestHandler) -> None:
            request.wfile.write(start.encode())
            for _ in range(30):
                request.wfile.write(b"H")
                time.sleep(0.05)

        receiver.answer = drip
        assert self.took(receiver.url) < 0.9

    def test_a_slow_name_server_is_left(self, local: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1))
        assert self.took("http://slow.test/") < 0.9

    def test_a_server_that_never_begins_tls_is_left(self, local: None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            assert self.took(f"https://127.0.0.1:{silent.getsockname()[1]}/") < 0.9


def test_a_huge_answer_is_not_read(receiver: Receiver) -> None:
    written = []

    def flood(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(2000):
            request.wfile.write(b"x" * 64 * 1024)
            written.append(1)

    receiver.answer = flood
    outcome = sent_to(receiver.url)
    assert outcome.is_success
    assert outcome.answer == "x" * 1000
    assert len(written) < 1000


def test_nonsense_is_a_failure(local: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                _read_request(connection)
                connection.sendall(b"\x00\xff nothing like HTTP\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        outcome = sent_to(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert outcome.status_code is None
    assert "RemoteProtocolError" in outcome.error


class TestCertificates:
    @pytest.fixture
    def secure(
        self,
        receiver: Receiver,
        names: dict[str, list[str]],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Iterator[int]:
        """The port of a server with a certificate for hooks.test, which the shop trusts."""
        names["hooks.test"] = names["other.test"] = ["127.0.0.1"]
        trust, own = _certificate_for("hooks.test", tmp_path)
        monkeypatch.setattr(sending, "_trust", lambda: trust)
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=_serve, args=(server, own), daemon=True).start()
            yield server.getsockname()[1]

    def test_is_checked_against_the_name(self, secure: int) -> None:
        assert sent_to(f"https://hooks.test:{secure}/").status_code == 204
        outcome = sent_to(f"https://other.test:{secure}/")
        assert outcome.status_code is None
        assert "certificate verify failed" in outcome.error

    def test_must_be_trusted(self, secure: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sending, "_trust", TRUST)
        outcome = sent_to(f"https://hooks.test:{secure}/")
        assert outcome.status_code is None
        assert "certificate verify failed" in outcome.error


def _certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A client's context that trusts the certificate, and a server's that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "own.pem"
    file.write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return ssl.create_default_context(cadata=pem.decode()), server


def _read_request(connection: socket.socket) -> None:
    """All of it: closing with something unread would also take back what was answered."""
    read = b""
    while not read.endswith(b"\r\n\r\n{}"):
        chunk = connection.recv(10_000)
        if not chunk:
            return
        read += chunk


def _serve(server: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            plain, _ = server.accept()
            with suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
                _read_request(connection)
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

"""A shop of one's own: the production server on an embedded PostgreSQL, with the demo."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
PASSWORD = "nexus-demo-2026"  # noqa: S105 (of the demo's accounts)
STARTS_WITHIN = 180  # seconds


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running_shop(**variables: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yields the shop's address, and the environment for `manage.py` beside it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="nexus-contract-") as folder:
        environment = os.environ | {
            "DATA_DIR": folder,
            "PORT": str(port),
            "LOAD_DEMO": "true",
            "RATE_LIMIT_SCALE": "1000000",
            "ACCESS_TOKEN_MINUTES": "1440",
            **variables,
        }
        environment.pop("DATABASE_URL", None)
        launch = [sys.executable, "-m", "config.launch"]
        shop = subprocess.Popen(launch, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, shop)
            yield address, environment
        finally:
            shop.send_signal(signal.SIGINT)
            try:
                shop.wait(60)
            except subprocess.TimeoutExpired:
                shop.send_signal(signal.SIGINT)  # the second one does not wait
                shop.wait(60)


def _wait(address: str, shop: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if shop.poll() is not None:
            raise RuntimeError(f"the shop ended with {shop.returncode}")
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the shop did not start within {STARTS_WITHIN} s")

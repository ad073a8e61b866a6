"""A real web server on the test database, for tests about races and whole journeys."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment_of_a_test() -> dict[str, str]:
    """For processes that work on the database of the test that starts them."""
    settings = connection.settings_dict
    database = {key: str(settings[key]) for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "TEST_DATABASE": json.dumps(database),
        "RATE_LIMIT_SCALE": "1000000",
    }


@contextmanager
def running_server(
    *,
    workers: int = 1,
    sabotage: str = "",
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Granian serving the shop on the database that this test writes to; yields its address.

    The test must commit what the server shall see: mark it `django_db(transaction=True)`.
    Races want two `workers`: processes that share nothing but the database.
    `sabotage` names a module that the server imports once it is set up: a negative control.
    """
    port = port or free_port()
    variables = environment_of_a_test() | {"SABOTAGE": sabotage} | dict(environment or {})
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += [
        "--workers",
        str(workers),
        "--blocking-threads",
        "8",
        "--backlog",
        "2048",
        "tests.wsgi:application",
    ]
    # A group of its own, so that its workers end with it, also when it must be killed.
    process = subprocess.Popen(command, cwd=ROOT, env=variables, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start within 30 s")

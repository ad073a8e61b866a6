import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from kombu import Connection

from tests.mail_files import mails_in

ROOT = Path(__file__).parent.parent.parent
PROCESS = "tests.services.shop_process"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.services)


def address_of(variable: str) -> str:
    """The server's address; without one the test is skipped, for it could prove nothing."""
    address = os.environ.get(variable, "")
    if not address:
        pytest.skip(f"{variable} names no server")
    return address


def database_of_this_test() -> str:
    """For the processes that a test starts, as JSON."""
    settings = connection.settings_dict
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    return json.dumps({name: str(settings[name]) for name in names})


def eventually(holds: Callable[[], Any], *, within: float = 30) -> Any:
    """The first truthy answer of `holds`."""
    deadline = time.monotonic() + within
    while not (answer := holds()):
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.1)
    return answer


class Backstage:
    """Starts what works behind the web server, on this test's database and queue."""

    def __init__(self, broker: str, folder: Path) -> None:
        self.broker = broker
        self.queue = f"nexus-test-{uuid.uuid4().hex[:8]}"
        self.mail = folder / "mail"
        self.mail.mkdir()
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, failpoint: str = "") -> subprocess.Popen[bytes]:
        """Where `failpoint` is, the process ends itself; see `shop.core.failpoints`."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "TEST_DATABASE": database_of_this_test(),
            "MAIL_FOLDER": str(self.mail),
            "FAILPOINT": failpoint,
            "CELERY_BROKER_URL": self.broker,
            "BROKER_QUEUE": self.queue,
        }
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", PROCESS, *command],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def relay(self) -> None:
        """Hand over what waits in the outbox, and send the mails that wait, once."""
        assert self.start("run_worker", "--once").wait(60) == 0

    def worker(self, failpoint: str = "") -> subprocess.Popen[bytes]:
        name = f"{self.queue}@%h"
        options = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--hostname", name]
        if failpoint:
            # Without a pool the process that does the task is the one that was started.
            options += ["--pool", "solo"]
        command = ("celery", "worker", "--loglevel", "WARNING", *options)
        return self.start(*command, failpoint=failpoint)

    def mails(self) -> list[str]:
        return mails_in(self.mail)

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def delayed_queues() -> set[str]:
    """What a Celery worker leaves in the broker beside its own queue."""
    return {f"celery_delayed_{level}" for level in range(28)}


def channel_of(broker: Connection) -> Any:
    """Its methods are AMQP's; kombu's types do not know them."""
    return broker.channel()


def exists(broker: Connection, queue: str) -> bool:
    try:
        channel_of(broker).queue_declare(queue, passive=True)
    except broker.channel_errors:
        return False
    return True


@pytest.fixture
def backstage(tmp_path: Path, transactional_db: None) -> Iterator[Backstage]:
    broker = address_of("CELERY_BROKER_URL")
    with Connection(broker) as rabbit:
        found = {name for name in delayed_queues() if exists(rabbit, name)}
        stage = Backstage(broker, tmp_path)
        yield stage
        stage.stop()
        channel = channel_of(rabbit)
        for name in {stage.queue} | (delayed_queues() - found):
            channel.queue_delete(name)
        channel.exchange_delete(stage.queue)

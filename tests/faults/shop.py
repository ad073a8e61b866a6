"""The shop on the tests' servers: whole, as `make run` starts it, or its parts one by one."""

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from amqp.protocol import queue_declare_ok_t
from kombu import Connection

from tests.faults.children import ROOT, Child, eventually
from tests.faults.servers import HERE, PostgreSQL, RabbitMQ, Redis
from tests.mail_files import mails_in
from tests.server import free_port

READY_WITHIN = 90
UNSENT = """
    SELECT count(*) FROM notifications_mail
    WHERE sent_at IS NULL AND failed_at IS NULL AND recipient <> ''
"""
PYTHON = sys.executable
KILLED = 137  # the exit code of a process that a failpoint has ended
CELERY = ["-m", "celery", "--quiet", "--app", "config.celery"]
WORKER_COMMAND = [
    *CELERY,
    "worker",
    "--loglevel",
    "WARNING",
    "--without-gossip",
    "--without-mingle",
]
WEB, RELAY, WORKER, SOLO_WORKER = "web server", "relay", "worker", "solo worker"
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"]
# Stopped while it starts, it would wait for ever for a worker that has not heard of it.
GRANIAN += ["--workers-kill-timeout", "5"]
PARTS = {
    # One process that is not started again when it dies, unlike that of `make run`.
    WEB: [*GRANIAN, "--workers", "1", "--blocking-threads", "8", "config.wsgi:application"],
    RELAY: ["manage.py", "run_worker"],
    WORKER: [*WORKER_COMMAND, "--concurrency", "2"],
    # So that a failpoint in a task ends the worker and not only its child.
    SOLO_WORKER: [*WORKER_COMMAND, "--pool", "solo"],
}


@dataclass(frozen=True)
class Servers:
    postgres: PostgreSQL
    redis: Redis
    rabbitmq: RabbitMQ


def environment_for(servers: Servers, database: str, folder: Path) -> Mapping[str, str]:
    """What an operator would set; nothing else of this machine's settings counts."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONWARNINGS": "ignore",
        "DATABASE_URL": servers.postgres.url(database),
        "REDIS_URL": servers.redis.url,
        "CELERY_BROKER_URL": servers.rabbitmq.url,
        "BROKER_QUEUE": database,
        "SECRET_KEY": "faults-only-" + "x" * 40,
        "DATA_DIR": str(folder),
        "LOAD_DEMO": "false",
        "PAYMENTS_TEST_MODE": "true",
        "RATE_LIMIT_SCALE": "1000000",
        "ACCESS_TOKEN_MINUTES": "600",
        "LOG_LEVEL": "WARNING",
    }


class Shop:
    """A shop of its own database, queue, folder and port."""

    def __init__(
        self, servers: Servers, database: str, people: Mapping[str, Any], folder: Path
    ) -> None:
        self.servers = servers
        self.database = database
        self.people = people
        self.port = free_port()
        self._folder = folder
        self._environment = {
            **environment_for(servers, database, folder),
            "PORT": str(self.port),
            "GRANIAN_PORT": str(self.port),
        }
        self._parts: dict[str, Child] = {}

    # --- Its processes ---

    def open(self, **environment: str) -> Child:
        """`make run`, until it answers and a worker waits for tasks."""
        launched = self._start("shop", ["-m", "config.launch"], **environment)
        self._wait_until_open(launched)
        self.wait_for_worker()
        return launched

    def start_part(self, name: str, **environment: str) -> Child:
        """Returns when it is at work; without a broker's help one cannot see that of a relay."""
        part = self._start(name, PARTS[name], **environment)
        if name == WEB:
            self._wait_until_open(part)
        elif name != RELAY:
            self.wait_for_worker()
        return part

    def restart_part(self, name: str, **environment: str) -> Child:
        """With this environment from now on."""
        self._parts[name].stop()
        return self.start_part(name, **environment)

    def part(self, name: str) -> Child:
        """The one that was started last."""
        return self._parts[name]

    def set(self, **environment: str) -> None:
        """For what is started from now on."""
        self._environment.update(environment)

    def wait_for_worker(self) -> None:
        eventually(self._has_worker, within=READY_WITHIN, what="a worker waits for tasks")

    def close(self) -> None:
        for child in reversed(self._parts.values()):
            child.stop()

    def last_words(self) -> str:
        return "\n".join(child.last_words() for child in self._parts.values())

    def _start(self, name: str, arguments: list[str], **environment: str) -> Child:
        child = Child(
            name.replace(" ", "-"),
            [PYTHON, *arguments],
            folder=self._folder,
            environment={**self._environment, **environment},
        )
        self._parts[name] = child
        child.start()
        return child

    def _wait_until_open(self, process: Child) -> None:
        def answers() -> bool:
            assert process.is_running(), process.last_words()
            return self.status_of("/readyz") == 200

        eventually(answers, within=READY_WITHIN, what="the shop is open")

    def _has_worker(self) -> bool:
        return bool(self._queue().consumer_count)

    def is_at_rest(self) -> bool:
        """No event waits, no task at the broker, no mail; what a worker holds is not seen."""
        return not (self.waiting_events() or self._queue().message_count or self.count(UNSENT))

    def _queue(self) -> Any:
        """What the broker says of the shop's queue."""
        with Connection(self.servers.rabbitmq.url) as broker:
            channel: Any = broker.channel()
            try:
                return channel.queue_declare(self.database, passive=True)
            except broker.channel_errors:
                return queue_declare_ok_t(self.database, 0, 0)

    # --- What it says and what it has ---

    def manage(self, *command: str) -> tuple[int, str]:
        """The exit code of a command of manage.py, and what it printed."""
        done = subprocess.run(
            [PYTHON, "manage.py", *command],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def status_of(self, path: str) -> int:
        """Of one request on a connection of its own; 0: there was no answer."""
        connection = http.client.HTTPConnection(HERE, self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def reads(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://{HERE}:{self.port}{path}", timeout=30) as answer:
            return json.load(answer)

    def session(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.servers.postgres.url(self.database))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.session() as session:
            return session.execute(query.encode(), values).fetchall()

    def count(self, query: str, *values: Any) -> int:
        """What a `SELECT count(*)` says."""
        ((number,),) = self.rows(query, *values)
        return int(number)

    def mails(self) -> list[str]:
        return mails_in(self._folder / "mail")

    def drain(self, *, within: float) -> float:
        """Wait until no event waits; answers how many seconds it took."""
        started = time.monotonic()
        eventually(lambda: self.waiting_events() == 0, within=within, what="no event waits")
        return time.monotonic() - started

    def waiting_events(self) -> int:
        return self.count(
            "SELECT count(*) FROM core_outboxevent WHERE delivered_at IS NULL AND failed_at IS NULL"
        )


def read_people(printed: bytes) -> Mapping[str, Any]:
    people: Mapping[str, Any] = json.loads(printed)
    return people

"""What `make run` does: one command from an empty folder to an open shop.

`python -m config.launch` starts PostgreSQL (unless DATABASE_URL names one), brings the
tables up to date, fills an empty shop with the demo, and keeps the web server and what
works behind it running until Ctrl-C or SIGTERM. A second Ctrl-C does not wait for them.
With BACKGROUND=false only the web server runs: the rest is started elsewhere.
"""

import os
import re
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError

from config import embedded_postgres, environment, stripe_simulation
from config.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from config.processes import Process, Processes

READY_WITHIN = 60  # seconds from the start of the web server to its first answer


class CannotStart(Exception):
    """The text is the one line that the operator reads."""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        _run(StopSignals())
    except KeyboardInterrupt:
        pass
    except OperationalError as problem:
        print(f"nexus: the database: {str(problem).splitlines()[0]}", file=sys.stderr)
        return 1
    except (CannotStart, CommandError, EmbeddedPostgresError, ImproperlyConfigured) as problem:
        print(f"nexus: {problem}", file=sys.stderr)
        return 1
    print("Stopped.", flush=True)
    return 0


class StopSignals:
    """Ctrl-C and SIGTERM: noted, and asked for between two steps.

    An exception raised at any odd moment could leave a step half done. Only within
    `interrupting` it is worth it, for a step that is long and stands being cut off.
    """

    def __init__(self) -> None:
        self.count = 0
        self._interrupts = False
        # Set even where SIGINT is ignored, as in a script's background jobs.
        signal.signal(signal.SIGINT, self._note)
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, *_: object) -> None:
        self.count += 1
        if self._interrupts:
            raise KeyboardInterrupt

    def check(self) -> None:
        """End here if a signal has come."""
        if self.count or _make_was_interrupted():
            raise KeyboardInterrupt

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        self._interrupts = True
        try:
            self.check()
            yield
        finally:
            self._interrupts = False


def _run(stop: StopSignals) -> None:
    started = time.monotonic()
    host = environment.text("HOST", "127.0.0.1")
    port = environment.integer("PORT", 8000, minimum=1)
    _check_address(host, port)

    from django.conf import settings  # noqa: PLC0415 (reads the environment when imported)

    if settings.STRIPE_SIMULATED:
        _check_address(host, settings.STRIPE_SIM_PORT, "STRIPE_SIM_PORT")
    _check_folder(settings.DATA_DIR)
    with _database(settings.DATA_DIR if settings.EMBEDDED_POSTGRES else None) as server:
        django.setup()
        with stop.interrupting():
            has_demo = _prepare_shop(settings.LOAD_DEMO)
        address = ""
        # Stopping waits for work in hand: none before the first answer, or a second Ctrl-C.
        with Processes(hurry=lambda: not address or stop.count > 1) as processes:
            web = processes.start(_web_server(host, port))
            for process in background():
                processes.start(process)
            if settings.STRIPE_SIMULATED:
                processes.start(stripe_simulation.process(settings.DATA_DIR))
            address = _wait_until_ready(port, processes, web, stop)
            _greet(address, time.monotonic() - started, has_demo=has_demo)
            while True:
                stop.check()
                processes.watch(seconds=0.5)
                if server is not None:
                    server.revive()


def _make_was_interrupted() -> bool:
    """Whether `make run` itself got a SIGINT that did not reach us, as from `kill -INT`.

    GNU make then waits for us for ever and tells nobody; only its signal mask shows it.
    """
    status = ""
    if "MAKELEVEL" in os.environ:
        with suppress(OSError):
            status = Path(f"/proc/{os.getppid()}/status").read_text(encoding="utf-8")
    blocked = re.search(
        r"^Name:\s*g?make$.*^SigBlk:\s*([0-9a-f]+)$", status, re.MULTILINE | re.DOTALL
    )
    return bool(blocked and int(blocked[1], 16) & 1 << (signal.SIGINT - 1))


# --- Before the start -------------------------------------------------------------------


def _check_address(host: str, port: int, name: str = "PORT") -> None:
    if port > 65535:
        raise CannotStart(f"{name}: the highest port is 65535, got {port}")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(
            f"cannot listen on {host} port {port}: {error.strerror}; choose with HOST and {name}"
        ) from None


def _check_folder(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=data_dir).close()
    except OSError as error:
        raise CannotStart(f"DATA_DIR: cannot write to {data_dir}: {error.strerror}") from None


def _database(data_dir: Path | None) -> AbstractContextManager[EmbeddedPostgres | None]:
    if data_dir is None:
        return nullcontext()
    print(f"Starting PostgreSQL in {data_dir}", flush=True)
    return embedded_postgres.running(data_dir)


def _prepare_shop(load_demo: bool) -> bool:
    """Bring the tables up to date and fill an empty shop; answers whether it holds the demo."""
    from django.apps import apps  # noqa: PLC0415 (usable after django.setup)
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(f"Applying {len(plan)} migrations", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    users = get_user_model()._default_manager
    products = apps.get_model("products", "Product")._default_manager
    if load_demo and not users.exists() and not products.exists():
        print("Loading the demo shop", flush=True)
        call_command("load_demo", verbosity=0)
    has_demo = users.filter(email="shopper@nexus.test").exists()
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it
    return has_demo


# --- The processes of a shop ------------------------------------------------------------


def _web_server(host: str, port: int) -> Process:
    from django.conf import settings  # noqa: PLC0415

    for folder in (settings.MEDIA_ROOT, settings.STATIC_ROOT):
        folder.mkdir(parents=True, exist_ok=True)
    options = {
        "interface": "wsgi",
        "host": host,
        "port": port,
        "workers": environment.integer("WEB_WORKERS", 2, minimum=1),
        "blocking-threads": settings.WEB_THREADS,
        # A crowd waits for a free thread; nobody is turned away.
        "backlog": 2048,
        "backpressure": 1024,
        "respawn-interval": 1,
        "workers-kill-timeout": 10,
        "static-path-route": settings.MEDIA_URL.rstrip("/"),
        "static-path-mount": settings.MEDIA_ROOT,
        "log-level": "error",  # below, it minds more threads than cores; ours wait for the database
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    flags += ["--no-ws", "--respawn-failed-workers"]
    return Process("web server", ["-m", "granian", *flags, "config.wsgi:application"])


def background() -> list[Process]:
    """What works behind the web server: one worker, or with a broker its three parts."""
    from django.conf import settings  # noqa: PLC0415

    if not environment.boolean("BACKGROUND", True):
        return []
    run_worker = [str(environment.REPOSITORY / "manage.py"), "run_worker"]
    if not settings.CELERY_BROKER_URL:
        return [Process("worker", run_worker)]
    celery = ["-m", "celery", "--quiet", "--workdir", str(environment.REPOSITORY)]
    celery += ["--app", "config.celery"]
    level = ["--loglevel", settings.LOGGING["root"]["level"]]
    only_worker = ["--concurrency", "2", "--without-gossip", "--without-mingle"]
    schedule = ["--schedule", str(settings.DATA_DIR / "beat")]
    return [
        Process("relay", run_worker),
        Process("task worker", [*celery, "worker", *level, *only_worker]),
        Process("scheduler", [*celery, "beat", *level, *schedule]),
    ]


def _wait_until_ready(port: int, processes: Processes, web: Process, stop: StopSignals) -> str:
    address = environment.address(port)
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if _answers(f"{address}/healthz"):
            return address
        if not web.is_running():
            raise CannotStart("the web server ended before its first answer; see above")
        processes.watch(seconds=0)
        stop.check()
        time.sleep(0.05)
    raise CannotStart(f"no answer from {address}/healthz in {READY_WITHIN} seconds; see above")


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
    except urllib.error.HTTPError as answer:
        # Below 500 it is we who ask wrongly: by an address that ALLOWED_HOSTS does not list.
        return answer.code < 500
    except OSError:
        return False
    return True


def _greet(address: str, seconds: float, *, has_demo: bool) -> None:
    from django.conf import settings  # noqa: PLC0415

    lines = [
        "",
        f"Nexus is ready ({seconds:.1f} s). Ctrl-C stops it.",
        "",
        f"  Shop         {address}/",
        f"  API          {address}/api/docs/  {address}/redoc/",
        f"  Back office  {address}/admin/",
    ]
    if settings.MAIL_VIEWER:
        lines.append(f"  Mails        {address}/mails/")
    if has_demo:
        lines += [
            "",
            "  Demo accounts, all with the password nexus-demo-2026:",
            "  admin@nexus.test  vendor@nexus.test  shopper@nexus.test",
        ]
    if settings.STRIPE_SIMULATED:
        cards = environment.address(settings.STRIPE_SIM_PORT)
        lines += [
            "",
            "  Card payments are a simulation: no money moves. Pay, or be declined, at",
            f"  {cards}/  or  {cards}/pay/<client_secret>",
        ]
    print("\n".join([*lines, ""]), flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""PostgreSQL, Redis and RabbitMQ of the tests' own, never those of the machine.

Each keeps its port and its data through stops and starts. The programs are the machine's;
a machine without them cannot run these tests.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest
import redis
from kombu import Connection
from kombu.exceptions import OperationalError

from tests.faults.children import Child, eventually
from tests.server import free_port

HERE = "127.0.0.1"
START_WITHIN = 60
INITDB = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
# Erlang on one core: a broker of a few messages, beside all the others.
ERLANG = "+S 1:1 +sbwt none"


def program(name: str, *folders: str) -> str:
    """Where it is installed; without it the test is skipped, on CI it fails."""
    path = os.pathsep.join([*folders, os.environ["PATH"]])
    found = shutil.which(name, path=path)
    if found is None:
        words = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    return found


class Server(Child):
    """A child that listens on a port of its own."""

    port: int

    def start(self) -> None:
        """Returns when it answers."""
        super().start()
        eventually(self._answers_or_died, within=START_WITHIN, what=f"{self.name} answers")

    def answers(self) -> bool:
        raise NotImplementedError

    def _answers_or_died(self) -> bool:
        assert self.is_running(), self.last_words()
        return self.answers()


class PostgreSQL(Server):
    stop_signal = signal.SIGINT  # fast: ends the sessions and does not wait for them

    def __init__(self, folder: Path) -> None:
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parts[-2]))
        self._programs = [str(path) for path in reversed(versions)]
        self.port = free_port()
        data = folder / "postgres"
        user = _unprivileged("postgres")
        data.mkdir(mode=0o700)
        if user is not None:
            shutil.chown(data, user, user)
        environment = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
        subprocess.run(
            [program("initdb", *self._programs), f"--pgdata={data}", *INITDB],
            env=environment,
            cwd="/",
            user=user,
            group=user,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        settings = {
            "port": self.port,
            "listen_addresses": HERE,
            "unix_socket_directories": "",
            "max_connections": 100,
            # Processes die here, never the machine: what was written is not lost.
            "fsync": "off",
        }
        command = [program("postgres", *self._programs), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        super().__init__("postgres", command, folder=folder, environment=environment, user=user)

    def url(self, database: str) -> str:
        return f"postgres://postgres@{HERE}:{self.port}/{database}"

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def run(self, statement: str) -> None:
        """As superuser, outside any transaction: for whole databases."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as session:
            session.execute(statement.encode())


class Redis(Server):
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://{HERE}:{self.port}/0"
        command = [program("redis-server"), "--port", str(self.port), "--bind", HERE]
        command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        super().__init__("redis", command, folder=folder, environment=os.environ)

    def answers(self) -> bool:
        with redis.Redis(host=HERE, port=self.port, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


class RabbitMQ(Server):
    """One node, with a name server (epmd) of its own, so that it meets no other Erlang."""

    def __init__(self, folder: Path) -> None:
        scripts = "/usr/lib/rabbitmq/bin"  # beside it, Debian's wrappers insist on their own user
        self.port = free_port()
        self.url = f"amqp://guest:guest@{HERE}:{self.port}//"
        self._folder = folder / "rabbitmq"
        self._folder.mkdir()
        self._control = program("rabbitmqctl", scripts)
        self._environment_here = os.environ | _rabbitmq_environment(self._folder, self.port)
        name_port = self._environment_here["ERL_EPMD_PORT"]
        epmd = [program("epmd"), "-port", name_port, "-address", HERE]
        self._names = Child("epmd", epmd, folder=self._folder, environment=os.environ)
        super().__init__(
            "rabbitmq",
            [program("rabbitmq-server", scripts)],
            folder=folder,
            environment=self._environment_here,
        )

    def start(self) -> None:
        if not self._names.is_running():
            self._names.start()
        super().start()

    def answers(self) -> bool:
        try:
            with Connection(self.url, connect_timeout=2) as connection:
                connection.ensure_connection(max_retries=1, interval_start=0)
        except (OSError, OperationalError):
            return False
        return True

    def control(self, *command: str) -> None:
        subprocess.run(
            [self._control, "--quiet", *command],
            env=self._environment_here,
            timeout=60,
            check=True,
        )

    def close(self) -> None:
        self.kill()
        self._names.kill()


def _rabbitmq_environment(folder: Path, port: int) -> Mapping[str, str]:
    cookie = folder / ".erlang.cookie"
    cookie.write_text("NEXUS-FAULTS")
    cookie.chmod(0o400)
    plugins = folder / "enabled_plugins"
    plugins.write_text("[].")
    settings = folder / "rabbitmq.conf"
    settings.write_text(
        f"listeners.tcp.1 = {HERE}:{port}\nlog.file = false\nlog.console = true\n"
        "log.console.level = warning\ndisk_free_limit.absolute = 50MB\n"
    )
    (folder / "nothing.conf").touch()
    return {
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": HERE,
        "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_NODENAME": "nexus-faults@localhost",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "nothing.conf"),
        "RABBITMQ_CONFIG_FILE": str(settings),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
        # Else a shell stays in front of it, and takes our signals for itself.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def _unprivileged(name: str) -> str | None:
    """Who runs PostgreSQL, which refuses to be run by root; None: whoever we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name).pw_name
    except KeyError:
        pytest.skip(f"root cannot run PostgreSQL, and there is no user {name}")

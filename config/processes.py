"""Child processes that are kept running, and stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

STOP_WITHIN = 15  # seconds that a process has to finish its work
LONGEST_PAUSE = 30.0  # seconds before a process that keeps dying is started again
PR_SET_PDEATHSIG = 1  # from <sys/prctl.h>


class Process:
    """Python with the given arguments, in a process group of its own."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name = name
        self._command = [sys.executable, *arguments]
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._restart_at: float | None = None
        self._pause = 0.5

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._restart_at = None
        self._child = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C reaches only us: we stop in order
            # Safe: no thread of ours runs beside it.
            preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def keep_running(self) -> None:
        """Start it again if it died: soon at first, ever later while it keeps dying."""
        if self._child is None or self.is_running():
            return
        now = time.monotonic()
        if self._restart_at is None:
            lived_long = now - self._started_at > LONGEST_PAUSE
            self._pause = 0.5 if lived_long else min(self._pause * 2, LONGEST_PAUSE)
            self._restart_at = now + self._pause
            code = self._child.returncode
            print(
                f"nexus: the {self.name} ended unexpectedly (exit code {code}); "
                f"it starts again in {self._pause:.0f} s",
                file=sys.stderr,
                flush=True,
            )
        elif now >= self._restart_at:
            self.signal(signal.SIGKILL)  # what it may have left behind
            self.start()

    def signal(self, number: int) -> None:
        """Send a signal: SIGKILL to all its processes, another one only to the first."""
        if self._child is None:
            return
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self._child.pid, number)
            elif self.is_running():
                self._child.send_signal(number)

    def end(self) -> None:
        """Kill what still runs of it."""
        self.signal(signal.SIGKILL)
        if self._child is not None:
            self._child.wait()


class Processes:
    """All of them: leaving the `with` block stops them.

    They get some time to finish their work, unless `hurry` answers that it is over.
    """

    def __init__(self, hurry: Callable[[], bool] = lambda: False) -> None:
        self._all: list[Process] = []
        self._hurry = hurry

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._all:
            process.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        while any(process.is_running() for process in self._all):
            if self._hurry() or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        for process in self._all:
            process.end()

    def start(self, process: Process) -> Process:
        self._all.append(process)
        process.start()
        return process

    def watch(self, seconds: float) -> None:
        """Sleep, then start again what died meanwhile."""
        time.sleep(seconds)
        for process in self._all:
            process.keep_running()


def end_with_parent() -> None:
    """Have the kernel stop this process when its parent dies, even by `kill -9`."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

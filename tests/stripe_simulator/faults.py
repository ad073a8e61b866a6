"""How the next calls of the shop go wrong, on demand."""

import re
import threading
from dataclasses import dataclass

BEFORE = {"timeout_before", "error_before", "rate_limit"}
AFTER = {"timeout_after", "error_after", "slow"}


@dataclass
class Fault:
    """`timeout_…`: no answer for `seconds`, then a closed connection; `…_after`: the effect stays.

    `error_…` is a 500, `rate_limit` a 429, and `slow` the true answer after `seconds`.
    `path` is searched in `METHOD /v1/...`.
    """

    kind: str
    calls: int = 1
    path: str = ""
    seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.kind not in BEFORE | AFTER:
            raise ValueError(f"kind: one of {', '.join(sorted(BEFORE | AFTER))}")
        re.compile(self.path)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []
        self._over = threading.Event()

    def plan(self, fault: Fault) -> None:
        with self._lock:
            self._over = threading.Event()
            self._planned.append(fault)

    def clear(self) -> None:
        """No more faults; who waits in one waits no longer."""
        with self._lock:
            self._planned.clear()
            self._over.set()

    def next(self, call: str) -> Fault | None:
        """The fault that this call meets, counted down."""
        with self._lock:
            for fault in self._planned:
                if fault.calls > 0 and re.search(fault.path, call):
                    fault.calls -= 1
                    return fault
        return None

    def wait(self, fault: Fault) -> None:
        self._over.wait(fault.seconds)

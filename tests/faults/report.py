"""What became of the requests: how many, how long, and what must never be among them."""

import http.client
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    at: float  # by time.monotonic
    seconds: float
    request: str
    status: int  # 0: the connection was closed without an answer
    problem: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def problem_of(response: http.client.HTTPResponse, raw: bytes, expect: int) -> str:
    """Why a client must never see this answer; empty for the expected one, and for "not now"."""
    if response.headers.get_content_type() != "application/json":
        return f"{response.status} as {response.headers.get_content_type()}: {raw[:200]!r}"
    try:
        answer = json.loads(raw)
    except ValueError:
        return f"{response.status} with broken JSON: {raw[:200]!r}"
    if response.status == 503 and "Retry-After" not in response.headers:
        return "503 without Retry-After"
    if is_in_progress(response.status, answer):
        return ""
    if response.status not in (expect, 503):
        return f"{response.status} instead of {expect}: {raw[:300]!r}"
    return ""


def is_in_progress(status: int, answer: Any) -> bool:
    """The first request with this key is still running: its client was too impatient."""
    return status == 409 and answer["errors"][0]["code"] == "request_in_progress"


@dataclass(frozen=True)
class Report:
    answers: Sequence[Answer]

    @property
    def problems(self) -> Counter[str]:
        return Counter(f"{a.request}: {a.problem}" for a in self.answers if a.problem)

    @property
    def failed(self) -> list[Answer]:
        """Those that a client must ask again for."""
        return [answer for answer in self.answers if not answer.is_good]

    @property
    def worst(self) -> float:
        return max(answer.seconds for answer in self.answers)

    def percentile(self, percent: float) -> float:
        times = sorted(answer.seconds for answer in self.answers)
        return times[min(len(times) - 1, int(len(times) * percent / 100))]

    def __str__(self) -> str:
        kinds = Counter(answer.status for answer in self.failed)
        failed = ", ".join(f"{n} x {status or 'closed'}" for status, n in sorted(kinds.items()))
        return (
            f"{len(self.answers)} requests, {len(self.failed)} failed ({failed or 'none'}), "
            f"p50 {self.percentile(50) * 1000:.0f} ms, p99 {self.percentile(99) * 1000:.0f} ms, "
            f"worst {self.worst * 1000:.0f} ms"
        )

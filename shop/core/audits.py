"""Audits: what the shop believes, derived once more from its parts (`manage.py verify`).

Each app has its own in `audits.py`, nearly all of them one statement that finds the rows which
do not fit; `config/audits.py` lists them. An audit may say only what every commit leaves true.
What follows later, by an event, is judged once the event has been delivered and had its minute.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection, transaction

from shop.core import sql


@dataclass(frozen=True)
class Disagreement:
    """Rows that do not fit together: who found it, which they are, and what each of them says."""

    check: str
    rows: str
    text: str


class Audit(Protocol):
    """Called, it tells every disagreement that there is; `name` is for people: "stock.on_hand"."""

    @property
    def name(self) -> str: ...

    def __call__(self) -> Iterator[Disagreement]: ...


@dataclass(frozen=True)
class Statement:
    """An audit by one statement, which answers nothing when all is well.

    `rows` and `text` are formats over the columns that it answers.
    """

    name: str
    find: str
    rows: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self) -> Iterator[Disagreement]:
        for row in sql.rows(self.find, self.params):
            yield Disagreement(self.name, self.rows.format(**row), self.text.format(**row))


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is of one moment, however busy the shop is, and nobody waits for it.

    Inside a larger transaction, such as a test's, it is that one which decides.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # Meant for requests; the books of a large shop may take longer.
            cursor.execute("SET LOCAL statement_timeout = 0")
        yield


# --- The outbox -----------------------------------------------------------------------------

events_waiting = Statement(
    "events.waiting",
    """
    SELECT id, name, attempts, available_at FROM core_outboxevent
    WHERE delivered_at IS NULL AND failed_at IS NULL AND available_at < now() - interval '10 min'
    ORDER BY id
    """,
    rows="OutboxEvent {id} ({name})",
    text="it was due at {available_at:%Y-%m-%d %H:%M:%S} and nobody has taken it",
)

events_given_up = Statement(
    "events.given_up",
    """
    SELECT id, name, attempts, failed_at, split_part(last_error, E'\\n', 1) AS error
    FROM core_outboxevent WHERE failed_at IS NOT NULL ORDER BY id
    """,
    rows="OutboxEvent {id} ({name})",
    text="it was given up after {attempts} attempts: {error}",
)

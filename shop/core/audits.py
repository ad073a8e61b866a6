"""Audits: what the shop believes, derived once more from its parts (`manage.py verify`).

Each app has its own in `audits.py`, nearly all of them one statement that finds the rows which
do not fit; `config/audits.py` lists them. An audit may say only what every commit leaves true.
What follows later, by an event, is judged once the event has been delivered and had its minute.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from shop.core import sql, walls
from shop.core.broker import Task
from shop.core.events import Event


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

    `rows` and `text` are formats over the columns that it answers. `params` is a function
    where they are known only when it is asked.
    """

    name: str
    find: str
    rows: str
    text: str
    params: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)

    def __call__(self) -> Iterator[Disagreement]:
        params = self.params() if callable(self.params) else self.params
        for row in sql.rows(self.find, params):
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
    SELECT event.id, event.name, event.attempts, split_part(event.last_error, E'\\n', 1) AS error,
           coalesce(string_agg(letter.handler, ', ' ORDER BY letter.handler), 'it') AS handlers
    FROM core_outboxevent AS event
    LEFT JOIN core_deadletter AS letter ON letter.event_id = event.id
    WHERE event.failed_at IS NOT NULL
    GROUP BY event.id ORDER BY event.id
    """,
    rows="OutboxEvent {id} ({name})",
    text="{handlers} was given up after {attempts} attempts: {error}",
)


def _routes() -> Mapping[str, Any]:
    """Which task hears which event, as two columns."""
    routes: Mapping[type[Event], Sequence[Task]] = import_string(settings.EVENT_ROUTES)
    pairs = [(event.name, task.name) for event, tasks in routes.items() for task in tasks]
    return {"events": [event for event, _ in pairs], "handlers": [task for _, task in pairs]}


# A broker that loses its disk loses what it has confirmed. Whoever is new to an event was not
# there for what came before the first one that it heard.
events_heard = Statement(
    "events.heard",
    """
    SELECT event.id, event.name, route.handler, event.delivered_at
    FROM core_outboxevent AS event
    JOIN unnest(%(events)s::text[], %(handlers)s::text[]) AS route (event, handler)
        ON route.event = event.name
    JOIN (
        SELECT note.handler, known.name, min(known.id) AS first
        FROM core_handledevent AS note JOIN core_outboxevent AS known ON known.id = note.event_id
        GROUP BY note.handler, known.name
    ) AS heard
        ON heard.handler = route.handler AND heard.name = event.name AND heard.first < event.id
    WHERE event.position IS NOT NULL AND event.delivered_at < now() - interval '10 min'
      AND NOT EXISTS (
          SELECT FROM core_handledevent AS note
          WHERE note.event_id = event.id AND note.handler = route.handler
      )
    ORDER BY event.id, route.handler
    """,
    rows="OutboxEvent {id} ({name})",
    text="it was delivered at {delivered_at:%Y-%m-%d %H:%M:%S}, and {handler} never heard it",
    params=_routes,
)

# --- The wall between sellers ---------------------------------------------------------------

# Roles belong to the server: a dump of the database has none of this.
wall = Statement(
    "wall.role",
    """
    WITH wall AS (
        SELECT oid, rolsuper OR rolbypassrls AS passes FROM pg_roles WHERE rolname = %(role)s
    ), guarded AS (
        SELECT class.oid, relname, relrowsecurity FROM pg_policy AS policy
        JOIN pg_class AS class ON class.oid = policy.polrelid WHERE policy.polname = 'wall'
    ), found AS (
        SELECT 'it is missing: nobody acts for a vendor' AS text
        WHERE NOT EXISTS (SELECT FROM wall)
        UNION ALL
        SELECT session_user || ' may not enter it: nobody acts for a vendor' FROM wall
        WHERE NOT CASE WHEN current_setting('server_version_num')::int >= 160000
                       THEN pg_has_role(session_user, oid, 'SET')
                       ELSE pg_has_role(session_user, oid, 'MEMBER') END
        UNION ALL
        SELECT current_user || ' inherits it, and sees no goods' FROM wall
        WHERE pg_has_role(oid, 'USAGE')
          AND EXISTS (SELECT FROM guarded WHERE row_security_active(guarded.oid))
        UNION ALL
        SELECT 'it sees the rows of every vendor' FROM wall WHERE passes
        UNION ALL
        SELECT 'it sees every row of ' || relname FROM guarded WHERE NOT relrowsecurity
    )
    SELECT text FROM found
    """,
    rows="Role nexus_vendor",
    text="{text}",
    params={"role": walls.ROLE},
)

"""Sending tasks to the broker, so that one that was sent is never lost.

Celery's own pool keeps a connection after a failure, with a late answer still in it that
would confirm the next task. Here a failure ends the connection.
"""

from collections.abc import Callable
from typing import Any, Protocol

from celery import current_app

# A message that no queue takes is an error, not a loss; a silent broker is given up soon.
SENDING = {"mandatory": True, "timeout": 5, "confirm_timeout": 5, "retry": False}


class BrokerAway(Exception):
    """The broker takes no tasks now; the text says why."""


class Task(Protocol):
    """The part of a Celery task that the shop uses."""

    name: str

    def apply(self, *, kwargs: dict[str, Any], throw: bool) -> Any: ...
    @property
    def apply_async(self) -> Callable[..., Any]: ...


class Broker:
    """A connection to the broker, opened when it is first needed; for one thread."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._producer: Any = None

    def send(self, task: Task, arguments: dict[str, Any], *, task_id: str) -> None:
        """Returns when the broker has the task on disk.

        Raises `BrokerAway`, or `TypeError` when the task does not take these arguments.
        """
        try:
            self._open()
            task.apply_async(kwargs=arguments, task_id=task_id, producer=self._producer, **SENDING)
        except TypeError:
            raise
        except Exception as error:
            # The task runs elsewhere: whatever else fails here is the way to the broker.
            self._drop()
            raise BrokerAway(repr(error)) from error

    def _open(self) -> None:
        if self._producer is None:
            self._connection = current_app.connection_for_write()
            self._connection.ensure_connection(max_retries=1, interval_start=0)
            self._producer = current_app.amqp.Producer(self._connection, auto_declare=False)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.collect(socket_timeout=0.1)
        self._connection = self._producer = None

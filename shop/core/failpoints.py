"""Places where a test may end the process, as `kill -9` would.

`FAILPOINT=relay.after_publish` in the environment of one process ends it with code 137 when
it comes to that place. tests/faults shows what the shop is like afterwards.
"""

import os

from django.conf import settings
from django.db import transaction

EXIT_CODE = 137  # what a shell says of a process that SIGKILL has ended


def failpoint(name: str) -> None:
    """End the process here, at once and without any clearing up, if `name` is the chosen one."""
    if name == settings.FAILPOINT:
        os._exit(EXIT_CODE)


def failpoint_after_commit(name: str) -> None:
    """The same, as soon as the transaction in hand is committed."""
    if name == settings.FAILPOINT:
        transaction.on_commit(lambda: failpoint(name))

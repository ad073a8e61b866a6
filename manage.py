#!/usr/bin/env python
"""Django's command line; it brings its own PostgreSQL when DATABASE_URL is not set."""

import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config import embedded_postgres

# `test` starts a server of its own.
NEED_NO_DATABASE = {"check", "collectstatic", "help", "spectacular", "test", "version"}


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings  # noqa: PLC0415 (must know the module's name first)

    asks_for_help = len(arguments) < 2 or not {"-h", "--help", "--version"}.isdisjoint(arguments)
    if asks_for_help or arguments[1] in NEED_NO_DATABASE or not settings.EMBEDDED_POSTGRES:
        execute_from_command_line(arguments)
        return
    # So that the server is stopped, too, when the command is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with embedded_postgres.running(settings.DATA_DIR):
        execute_from_command_line(arguments)


if __name__ == "__main__":
    try:
        main(sys.argv)
    except (ImproperlyConfigured, embedded_postgres.EmbeddedPostgresError) as error:
        sys.exit(f"nexus: {error}")

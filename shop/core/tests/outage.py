"""An outage of the database, as one session sees it."""

import psycopg
from django.db import connection


def end_this_session() -> None:
    """As a database does that is stopped: the next statement finds nobody there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    parameters = connection.get_connection_params()
    address = {name: parameters[name] for name in ("dbname", "user", "host", "port")}
    with psycopg.connect(**address, password=parameters.get("password")) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

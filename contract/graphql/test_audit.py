"""`make contract-graphql`: the audits of GraphQL over HTTP (npm graphql-http), on a real server."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.server import running_server

AUDIT = Path(__file__).parent / "audit.mjs"


@pytest.mark.django_db(transaction=True)
def test_keeps_to_the_specification_of_graphql_over_http() -> None:
    with running_server() as address:
        ran = subprocess.run(
            ["node", str(AUDIT)],
            env=os.environ | {"SHOP": address},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    print(ran.stdout)
    assert ran.returncode == 0, ran.stdout + ran.stderr

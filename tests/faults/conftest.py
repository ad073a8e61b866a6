import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.children import ROOT
from tests.faults.servers import PostgreSQL, RabbitMQ, Redis
from tests.faults.shop import Servers, Shop, environment_for, read_people

PREFIX = "nexus-faults-"
FURNISHED = "furnished"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    expression = config.option.markexpr
    wanted = "faults" in expression or "outage" in expression
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)
            if not wanted:
                item.add_marker(pytest.mark.skip(reason="takes minutes: make faults"))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where others may pass: PostgreSQL does not run as root."""
    temporary = Path(tempfile.gettempdir())
    for left in temporary.glob(f"{PREFIX}*"):  # of runs that were killed; their servers are gone
        if left.stat().st_uid == os.geteuid() and time.time() - left.stat().st_mtime > 3600:
            shutil.rmtree(left, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=PREFIX))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def servers(folder: Path) -> Iterator[Servers]:
    servers = Servers(PostgreSQL(folder), Redis(folder), RabbitMQ(folder))
    try:
        for server in (servers.postgres, servers.redis, servers.rabbitmq):
            server.start()
        yield servers
    finally:
        servers.rabbitmq.close()
        servers.redis.kill()
        servers.postgres.stop()


@pytest.fixture(scope="session")
def people(servers: Servers, folder: Path) -> Mapping[str, Any]:
    """A furnished shop, of which each test gets a copy, and who there is in it."""
    servers.postgres.run(f"CREATE DATABASE {FURNISHED}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.furnish"],
        cwd=ROOT,
        env=environment_for(servers, FURNISHED, folder),
        stdout=subprocess.PIPE,
        check=True,
    )
    return read_people(done.stdout)


@contextmanager
def new_shop(servers: Servers, people: Mapping[str, Any], folder: Path) -> Iterator[Shop]:
    """On a copy of the furnished database; nothing of it runs yet."""
    name = f"shop_{uuid.uuid4().hex[:8]}"
    servers.postgres.run(f"CREATE DATABASE {name} TEMPLATE {FURNISHED}")
    data = folder / name
    data.mkdir()
    shop = Shop(servers, name, people, data)
    yield shop
    shop.close()
    print(shop.last_words())  # pytest shows it of tests that fail
    servers.postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def shop(servers: Servers, people: Mapping[str, Any], folder: Path) -> Iterator[Shop]:
    with new_shop(servers, people, folder) as shop:
        yield shop


Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Say:
    """Print what was measured, also of a test that passes."""

    def say(figures: str) -> None:
        with capsys.disabled():
            print(f"\n  {request.node.name}: {figures}")

    return say

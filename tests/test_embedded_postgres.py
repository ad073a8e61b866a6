"""The server that Nexus brings along: its users come, go and die in any order."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from config import embedded_postgres
from config.embedded_postgres import EmbeddedPostgresError


def answers(data_dir: Path) -> bool:
    address = embedded_postgres.connection(data_dir)
    try:
        with psycopg.connect(
            host=address["HOST"],
            port=address["PORT"],
            user=address["USER"],
            dbname=address["NAME"],
        ) as session:
            return session.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def test_runs_for_its_users_and_stops_with_the_last(tmp_path: Path) -> None:
    first, second = ExitStack(), ExitStack()
    first.enter_context(embedded_postgres.running(tmp_path, durable=False))
    second.enter_context(embedded_postgres.running(tmp_path, durable=False))
    first.close()
    assert answers(tmp_path)
    second.close()
    assert not answers(tmp_path)


def test_forgets_a_user_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import os, sys, pathlib; from config import embedded_postgres as e\n"
        "with e.running(pathlib.Path(sys.argv[1]), durable=False): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert answers(tmp_path)
    with embedded_postgres.running(tmp_path, durable=False):
        assert answers(tmp_path)
    assert not answers(tmp_path)


def test_comes_back_after_its_server_was_killed(tmp_path: Path) -> None:
    with embedded_postgres.running(tmp_path, durable=False) as server:
        os.kill(postmaster(tmp_path), signal.SIGKILL)
        while not answers(tmp_path):
            server.revive()
        os.kill(postmaster(tmp_path), signal.SIGKILL)
    # As after a reboot: the number in the left-over file now belongs to somebody else.
    left_over = tmp_path / "postgres" / "postmaster.pid"
    lines = left_over.read_text().splitlines()
    left_over.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with embedded_postgres.running(tmp_path, durable=False):
        assert answers(tmp_path)


def test_takes_a_folder_that_is_too_deep_for_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / "a, b" / ("deep" * 25)
    with embedded_postgres.running(deep, durable=False):
        assert answers(deep)
        sockets = Path(embedded_postgres.connection(deep)["HOST"])
        assert sockets.stat().st_mode & 0o077 == 0
    embedded_postgres.discard(deep)
    assert not deep.exists()
    assert not sockets.exists()


def test_says_in_one_line_why_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match=r"cannot write to .*file/data") as refusal:
        embedded_postgres.running(tmp_path / "file" / "data").__enter__()
    assert "\n" not in str(refusal.value)


def test_says_in_one_line_why_the_server_does_not_start(tmp_path: Path) -> None:
    with embedded_postgres.running(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(EmbeddedPostgresError, match="incompatible") as refusal:
        embedded_postgres.running(tmp_path, durable=False).__enter__()
    assert "\n" not in str(refusal.value)

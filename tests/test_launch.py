"""`make run`: what it refuses, and how it keeps its processes."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from config import check_python, launch
from config.processes import Process, Processes


def refusal(**environment: str) -> str:
    """The one line with which the launcher ends."""
    done = subprocess.run(
        [sys.executable, "-m", "config.launch"],
        env=os.environ | {"HOST": "127.0.0.1"} | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_refuses_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refusal(PORT=str(port), DATA_DIR=str(tmp_path))
    assert line.startswith(f"nexus: cannot listen on 127.0.0.1 port {port}: Address already in use")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("PORT", "0"), ("PORT", "65536"), ("HOST", "no.such.host.invalid")],
)
def test_refuses_an_address_that_is_none(name: str, value: str) -> None:
    assert value in refusal(**{name: value})


def test_refuses_a_folder_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = refusal(PORT=str(free_port()), DATA_DIR=str(tmp_path / "file" / "data"))
    assert "DATA_DIR" in line
    assert str(tmp_path / "file" / "data") in line


def test_refuses_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    answer = check_python.main()
    assert answer == "nexus: Python 3.11 or newer is needed, this is 3.9.2; try: make PYTHON=..."


@pytest.mark.parametrize(
    ("broker", "background", "names"),
    [
        ("", "", ["worker"]),
        ("amqp://somewhere", "true", ["relay", "task worker", "scheduler"]),
        ("amqp://somewhere", "false", []),
        ("", "false", []),
    ],
)
def test_runs_behind_the_web_server_what_the_shop_needs(
    broker: str,
    background: str,
    names: list[str],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.CELERY_BROKER_URL = broker
    monkeypatch.setenv("BACKGROUND", background)
    assert [process.name for process in launch.background()] == names


def test_starts_a_process_again_that_died(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = "import sys; print(file=open(sys.argv[1], 'a'))"
    with Processes() as processes:
        processes.start(Process("writer", ["-c", script, str(tmp_path / "lives")]))
        deadline = time.monotonic() + 15
        while lives(tmp_path) < 2 and time.monotonic() < deadline:
            processes.watch(seconds=0.05)
    assert lives(tmp_path) >= 2
    assert "the writer ended unexpectedly (exit code 0)" in capfd.readouterr().err


def test_does_not_wait_for_a_stubborn_process_when_hurried() -> None:
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    started = time.monotonic()
    with Processes(hurry=lambda: time.monotonic() > started + 1) as processes:
        stubborn = processes.start(Process("stubborn", ["-c", script]))
        time.sleep(0.5)
    assert not stubborn.is_running()
    assert 1 <= time.monotonic() - started < 5


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def lives(folder: Path) -> int:
    file = folder / "lives"
    return len(file.read_text()) if file.exists() else 0

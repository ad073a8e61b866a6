"""`make run`: what it refuses, and how it keeps its processes."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import stripe
from django.test import Client
from pytest_django import Settings

from config import check_python, launch, stripe_simulation
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


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"STRIPE": "live"}, "STRIPE: expected sim or nothing, got 'live'"),
        ({"STRIPE": "sim", "STRIPE_SECRET_KEY": "sk_live_1"}, "leave STRIPE_SECRET_KEY out"),
        ({"STRIPE": "sim", "STRIPE_API_URL": "https://api.stripe.com"}, "leave STRIPE_API_URL out"),
        ({"STRIPE": "sim", "STRIPE_SIM_PORT": "65536"}, "STRIPE_SIM_PORT: the highest port"),
    ],
)
def test_refuses_a_simulation_beside_an_account(environment: dict[str, str], reason: str) -> None:
    assert reason in refusal(PORT=str(free_port()), **environment)


def test_refuses_a_port_of_the_simulation_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = refusal(PORT=str(free_port()), STRIPE="sim", STRIPE_SIM_PORT=port)
    assert line.endswith("Address already in use; choose with HOST and STRIPE_SIM_PORT")


def test_simulates_stripe_when_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in stripe_simulation.OF_AN_ACCOUNT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STRIPE", "sim")
    monkeypatch.setenv("STRIPE_SIM_PORT", str(free_port()))
    assert stripe_simulation.is_wanted()
    settings = stripe_simulation.settings()
    ids = [pay_id(settings, tmp_path) for _ in range(2)]
    assert ids[0] == ids[1], "it knows its payments after a restart"


def pay_id(settings: dict[str, str | list[str]], data_dir: Path) -> str:
    """The id of one payment, made with the same idempotency key at each start."""
    with Processes() as processes:
        processes.start(stripe_simulation.process(data_dir))
        client = stripe.StripeClient(
            str(settings["STRIPE_SECRET_KEY"]),
            base_addresses={"api": str(settings["STRIPE_API_URL"])},
            max_network_retries=10,  # while it starts
        )
        made = client.v1.payment_intents.create(
            {"amount": 500, "currency": "usd"}, {"idempotency_key": "payment-1"}
        )
    return made.id


@pytest.mark.django_db
def test_the_landing_page_says_that_cards_are_simulated(client: Client, settings: Settings) -> None:
    settings.STRIPE_SIMULATED, settings.STRIPE_SIM_PORT = True, 8001
    page = client.get("/", headers={"host": "localhost:8000"}).content.decode()
    assert "Card payments are a simulation" in page
    assert 'href="http://localhost:8001/"' in page
    settings.STRIPE_SIMULATED = False
    assert "simulation" not in client.get("/").content.decode()


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


def test_greets_with_all_that_a_newcomer_can_open(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MAIL_VIEWER, settings.STRIPE_SIMULATED, settings.STRIPE_SIM_PORT = True, True, 8001
    launch._greet("http://127.0.0.1:8000", 2.0, has_demo=True)
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8000/mails/" in said
    assert "http://127.0.0.1:8001/pay/<client_secret>" in said
    settings.MAIL_VIEWER = settings.STRIPE_SIMULATED = False
    launch._greet("http://127.0.0.1:8000", 2.0, has_demo=False)
    said = capsys.readouterr().out
    assert [word for word in ("mails", "simulation", "nexus-demo") if word in said] == []

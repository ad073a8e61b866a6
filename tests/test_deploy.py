"""The container files, as far as they can be judged without a container engine."""

import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "deploy" / "compose.yaml"
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = {"web", "relay", "worker", "scheduler"}
SERVERS = {"postgres", "redis", "rabbitmq"}

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]


def of_each(names: set[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("service", sorted(names))


def test_it_is_the_whole_shop() -> None:
    assert set(SERVICES) == OURS | SERVERS
    assert yaml.safe_load((ROOT / "compose.yaml").read_text()) == {
        "include": ["deploy/compose.yaml"]
    }


@of_each(OURS | SERVERS)
def test_every_service_has_a_health_check_or_says_why_not(service: str) -> None:
    check = SERVICES[service].get("healthcheck", {})
    if check.get("disable"):
        own_lines = COMPOSE.read_text().split(f"\n  {service}:\n")[1]
        assert "# No health check: " in own_lines.partition("healthcheck:")[0]
    elif service == "web":
        assert "HEALTHCHECK" in DOCKERFILE
    else:
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        # Only a shell knows variables.
        assert check["test"][0] == "CMD-SHELL" or "$" not in " ".join(check["test"])


@of_each(OURS)
def test_ours_wait_for_the_servers_and_share_their_files(service: str) -> None:
    waits_for = {name: how["condition"] for name, how in SERVICES[service]["depends_on"].items()}
    expected = SERVERS if service == "web" else SERVERS | {"web"}
    assert waits_for == dict.fromkeys(expected, "service_healthy")
    assert SERVICES[service]["volumes"] == ["data:/data"]


@of_each(OURS | SERVERS)
def test_nothing_is_lost_with_a_container(service: str) -> None:
    volumes = yaml.safe_load(COMPOSE.read_text())["volumes"]
    named = [volume.partition(":")[0] for volume in SERVICES[service]["volumes"]]
    assert named
    assert set(named) <= set(volumes)


def test_every_image_is_of_a_chosen_version() -> None:
    images = [service["image"] for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    for image in images:
        _, _, tag = image.partition(":")
        assert tag
        assert tag != "latest"


def test_the_image_does_not_run_as_root() -> None:
    instructions = re.findall(r"^(USER|CMD|VOLUME|HEALTHCHECK) ?(.*)", DOCKERFILE, re.MULTILINE)
    assert instructions[0] == ("USER", "nexus"), "before all that runs"


def test_every_variable_is_explained() -> None:
    explained = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    asked_for = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text()))
    given = {name for service in OURS for name in SERVICES[service]["environment"]}
    assert asked_for | given <= explained
    assert {"SECRET_KEY", "DATABASE_URL", "BACKGROUND"} <= given


@of_each(OURS)
def test_its_command_exists(service: str) -> None:
    program, *arguments = SERVICES[service]["command"]
    command = [program] if program != "python" else [sys.executable]
    if program == "celery":
        command = [str(Path(sys.executable).with_name("celery"))]
    if arguments[:2] == ["-m", "config.launch"]:
        return  # test_launch.py starts it
    done = subprocess.run(
        [*command, *arguments, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()


def test_what_the_image_copies_exists() -> None:
    for source in re.findall(r"^COPY (?!--from)(?:--\S+ )*(\S+) ", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists()
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", ".env", ".data"} <= set(ignored), "secrets and data stay outside"


@contextmanager
def answering(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield str(server.server_port)
        server.shutdown()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (400, 0), (503, 1)])
def test_the_health_check_says_whether_the_shop_serves(status: int, code: int) -> None:
    check = re.search(r"HEALTHCHECK .*\n +CMD (\[.*\])", DOCKERFILE)
    assert check is not None
    python, script = json.loads(check[1])
    assert python == "python"
    with answering(status) as port:
        done = subprocess.run(
            [sys.executable, script], cwd=ROOT, env={"PORT": port}, capture_output=True, check=False
        )
    assert done.returncode == code
    dead = subprocess.run(
        [sys.executable, script], cwd=ROOT, env={"PORT": "1"}, capture_output=True, check=False
    )
    assert dead.returncode == 1


def test_the_workflow_tests_all_pythons_on_real_servers() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    test = jobs["test"]
    assert test["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert set(test["services"]) == SERVERS
    steps = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    targets = {words[1] for step in steps if (words := shlex.split(step))[0] == "make"}
    made = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"lint", "test"} <= targets <= set(made)

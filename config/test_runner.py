"""`python manage.py test` runs the same suite as `make test`."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any


class PytestRunner:
    """Django's test runner interface, translated to pytest's command line.

    Labels are paths (`shop/orders/tests`, also with `::test_name`) or dotted names.
    """

    def __init__(
        self,
        *,
        verbosity: int = 1,
        failfast: bool = False,
        keepdb: bool = False,
        parallel: str = "auto",
        keyword: str | None = None,
        **_: Any,
    ) -> None:
        self.options = [f"--numprocesses={parallel}"]
        if verbosity != 1:
            self.options.append("--quiet" if verbosity == 0 else f"-{'v' * (verbosity - 1)}")
        if failfast:
            self.options.append("--exitfirst")
        if keepdb:
            self.options.append("--reuse-db")
        if keyword:
            self.options += ["-k", keyword]

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        parser.add_argument("--failfast", action="store_true", help="Stop after the first failure.")
        parser.add_argument("--keepdb", action="store_true", help="Keep the test database.")
        parser.add_argument(
            "--parallel",
            nargs="?",
            const="auto",
            default="auto",
            help="Number of processes (default: one per core; 0: in one process).",
        )
        parser.add_argument("-k", dest="keyword", help="Only tests whose name matches.")

    def run_tests(self, test_labels: list[str], **_: Any) -> int:
        """Run pytest in a process of its own: this one has the settings of the real shop."""
        environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        command = [sys.executable, "-m", "pytest", *self.options, *map(_path, test_labels)]
        return subprocess.run(command, env=environment, check=False).returncode


def _path(label: str) -> str:
    if Path(label.partition("::")[0]).exists():
        return label
    path = label.replace(".", "/")
    return path if Path(path).is_dir() else f"{path}.py"

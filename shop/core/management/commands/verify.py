"""`manage.py verify`: proves the books, or says what does not fit."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from shop.core.audits import Audit, Disagreement, one_moment
from shop.core.renderers import to_json


class Command(BaseCommand):
    help = "Derives what the shop believes from its parts and prints what disagrees (exit 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="NAME",
            help="an audit (stock.on_hand) or all of a subject (stock); may be repeated",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, only: Sequence[str] = (), **options: Any) -> None:
        audits = _chosen(only)
        with one_moment():
            found = [disagreement for audit in audits for disagreement in audit()]
        if options["json"]:
            document = {"audits": len(audits), "disagreements": [asdict(each) for each in found]}
            self.stdout.write(to_json(document).decode())
        else:
            self._print(found)
        if found:
            raise CommandError(f"{_number(audits)}, {len(found)} found that do not fit")
        if not options["json"]:
            self.stdout.write(f"{_number(audits)}, no disagreement")

    def _print(self, found: Sequence[Disagreement]) -> None:
        for each in found:
            self.stdout.write(f"{each.check}  {each.rows}: {each.text}")


def _chosen(only: Sequence[str]) -> Sequence[Audit]:
    audits: Sequence[Audit] = import_string(settings.AUDITS)
    if not only:
        return audits
    subjects = tuple(f"{name}." for name in only)
    chosen = [audit for audit in audits if f"{audit.name}.".startswith(subjects)]
    if not chosen:
        names = ", ".join(audit.name for audit in audits)
        raise CommandError(f"there is no such audit; there are: {names}", returncode=2)
    return chosen


def _number(audits: Sequence[Audit]) -> str:
    return f"{len(audits)} audit{'s' if len(audits) != 1 else ''}"

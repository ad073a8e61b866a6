"""`manage.py import_products FILE`: another shop's catalogue becomes ours (docs/importing.md)."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, ProgrammingError
from rich.console import Console
from rich.progress import Progress

from shop.products.importing.catalogue import Behalf, BrokenFile
from shop.products.importing.formats import FORMATS
from shop.products.importing.report import Report
from shop.products.importing.running import AnotherImportRuns, import_file
from shop.vendors.models import Vendor


class Command(BaseCommand):
    help = "Imports a catalogue from a Shopify export, a Nexus CSV or a Nexus JSON Lines file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--format", choices=sorted(FORMATS), help="default: what it looks like")
        parser.add_argument("--vendor", metavar="SLUG", help="whose goods; default: the house's")
        parser.add_argument("--dry-run", action="store_true", help="check all, write nothing")
        parser.add_argument(
            "--download-images", action="store_true", help="fetch the pictures, slowly and safely"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._report: Report | None = None
        try:
            self._import(options)
        except (BrokenFile, AnotherImportRuns) as error:
            raise CommandError(f"{error} Nothing was imported.") from None
        except ProgrammingError as error:
            raise CommandError(f"{_first_line(error)}. Is the database migrated?") from None
        except (DatabaseError, InterfaceError) as error:
            self._print(options)
            raise CommandError(f"The database stopped answering: {_first_line(error)}") from None
        except KeyboardInterrupt:
            self._print(options)
            raise CommandError("Stopped. Run it again to go on.", returncode=130) from None
        self._print(options)
        refused = self._report.counts["refused"] if self._report else 0
        if refused:
            raise CommandError(f"{refused} of the file's products were refused.")

    def _import(self, options: dict[str, Any]) -> None:
        # Progress goes to the terminal only: neither into pipes nor into logs.
        console = Console(file=sys.stderr)
        with Progress(console=console, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("Reading", total=None)

            def show(what: str, done: int, total: int | None) -> None:
                bar.update(task, description=what, completed=done, total=total)

            import_file(
                options["file"],
                behalf=Behalf(vendor=_vendor(options["vendor"])),
                format_name=options["format"],
                reference=f"import:{options['file'].name}",
                dry_run=options["dry_run"],
                download_images=options["download_images"],
                progress=show,
                report_to=self._keep,
            )

    def _keep(self, report: Report) -> None:
        self._report = report

    def _print(self, options: dict[str, Any]) -> None:
        if self._report is None:
            return
        if self.stdout.isatty():
            self._report.print(Console())
        else:
            self.stdout.write(self._report.plain())
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _vendor(slug: str | None) -> Vendor:
    found = Vendor.objects.filter(**({"is_house": True} if slug is None else {"slug": slug}))
    vendor = found.first()
    if vendor is None:
        raise CommandError(
            "The shop has no house vendor. Run migrate, or name one with --vendor."
            if slug is None
            else f"There is no vendor with the slug {slug!r}."
        )
    return vendor

"""Imports that sellers send: one file in a request, some seconds of work."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import File

from shop.products.errors import FileNotAcceptable, ImportRunning, ImportTooLarge
from shop.products.importing.catalogue import Behalf, BrokenFile, TooLarge
from shop.products.importing.report import Report
from shop.products.importing.running import AnotherImportRuns, import_file


def import_upload(
    *,
    file: File,  # type: ignore[type-arg]  # not generic at run time
    behalf: Behalf,
    format: str | None = None,  # noqa: A002 (as clients call it)
    dry_run: bool = False,
) -> Report:
    """Import `file` as goods of a vendor; what is refused stands in the report.

    Pictures stay addresses: nothing is fetched. Each batch is a transaction, and the same
    file again changes nothing. Raises `FileNotAcceptable`, `ImportTooLarge`, `ImportRunning`.
    """
    reports: list[Report] = []
    with NamedTemporaryFile(prefix="nexus-import-") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            import_file(
                Path(copy.name),
                behalf=behalf,
                format_name=format,
                reference="import",
                dry_run=dry_run,
                download_images=False,
                progress=lambda *_: None,
                report_to=reports.append,
            )
        except TooLarge as error:
            raise ImportTooLarge(str(error), attr="file") from None
        except BrokenFile as error:
            raise FileNotAcceptable(str(error), attr="file") from None
        except AnotherImportRuns:
            raise ImportRunning from None
    return reports[0]

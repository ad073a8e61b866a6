"""The file as lines of text: never more than one line in memory, and certainly UTF-8."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from shop.products.importing.catalogue import BrokenFile

MAX_LINE_BYTES = 2_000_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Source:
    """A catalogue file, open for reading; `lines()` starts anew each time.

    Raises `BrokenFile` when it cannot be read or is not a text in UTF-8.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        if self.path.is_dir():
            raise BrokenFile(_("{path} is a folder; name a file.").format(path=self.path))
        # A pipe would wait for ever, and the file is read twice.
        if self.path.exists() and not self.path.is_file():
            raise BrokenFile(_("{path} is not an ordinary file.").format(path=self.path))
        try:
            self._file: BinaryIO = self.path.open("rb")
        except OSError as error:
            detail = _("{path} cannot be read: {reason}.")
            raise BrokenFile(detail.format(path=self.path, reason=error.strerror)) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def lines(self) -> Iterator[tuple[int, str]]:
        """(line number, text with its line end), from the first; a byte order mark is dropped."""
        self._file.seek(0)
        number = 0
        while raw := self._file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if number == 1:
                if raw.startswith(_UTF16):
                    raise BrokenFile("The file is in UTF-16. Save it as UTF-8.")
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if len(raw) > MAX_LINE_BYTES:
                raise BrokenFile(
                    _("Line {line} is longer than {most} bytes: this is no catalogue.").format(
                        line=number, most=number_format(MAX_LINE_BYTES, force_grouping=True)
                    )
                )
            yield number, _decoded(raw, number)

    def first_line(self) -> str:
        """The first line that is not blank. Raises `BrokenFile` when there is none."""
        for _number, text in self.lines():
            if text.strip():
                return text
        raise BrokenFile("The file is empty.")


def _decoded(raw: bytes, number: int) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        detail = _("Line {line}, byte {place} is not UTF-8 ({byte}). Save the file as UTF-8.")
        byte = f"0x{raw[error.start]:02x}"
        raise BrokenFile(detail.format(line=number, place=error.start + 1, byte=byte)) from None

"""Mails that a process has written to files, by Django's backend for that."""

from pathlib import Path

END_OF_MAIL = "-" * 79


def mails_in(folder: Path) -> list[str]:
    """Each mail as a text.

    A file is named by the second and the place of an object in memory: two may share one.
    """
    texts = [path.read_text() for path in folder.glob("*.log")]
    return [mail.lstrip() for text in texts for mail in text.split(END_OF_MAIL) if mail.strip()]

"""Mail for a shop with neither SMTP nor `/mails/`: to the console, and to a file each."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.core.mail.backends.filebased import EmailBackend as FileBackend


class TextBackend(ConsoleBackend):
    """Shows what people would read, without what only machines do."""

    def write_message(self, message: EmailMessage) -> None:
        self.stream.write(f"Mail to {', '.join(message.to)}: {message.subject}\n")
        self.stream.write(f"{message.body}\n{'-' * 79}\n")


class ConsoleAndFileBackend(FileBackend):
    """Writes `*.log` files to `EMAIL_FILE_PATH` and shows each message on the console."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._console = TextBackend(fail_silently=True)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self._console.send_messages(email_messages)
        return super().send_messages(email_messages)

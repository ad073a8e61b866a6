"""`python -m tests.services.shop_process COMMAND`: a process of the shop on a test's database.

COMMAND is `celery ...`, or one of `manage.py`. The environment says which database
(`TEST_DATABASE`, JSON) and, in `MAIL_FOLDER` and `MAIL_BACKEND`, what becomes of mails.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.core.management import execute_from_command_line

from config.celery import app


class BrokenBackend(EmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionRefusedError("the mail server is away")


class FatalBackend(EmailBackend):
    """Dies with the first mail, as if the machine did; later ones are written."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        first = Path(os.environ["MAIL_FOLDER"], "first-attempt")
        if not first.exists():
            first.touch()
            os.killpg(os.getpgid(0), signal.SIGKILL)
            time.sleep(60)
        return super().send_messages(email_messages)


def main(arguments: list[str]) -> None:
    settings.DATABASES["default"].update(json.loads(os.environ["TEST_DATABASE"]))
    settings.CELERY_BROKER_URL = os.environ["CELERY_BROKER_URL"]
    settings.EMAIL_FILE_PATH = os.environ["MAIL_FOLDER"]
    settings.EMAIL_BACKEND = os.environ["MAIL_BACKEND"]
    if arguments[0] == "celery":
        app.start(arguments[1:])
    else:
        execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])

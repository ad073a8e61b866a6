"""`python -m tests.services.shop_process COMMAND`: a process of the shop on a test's database.

COMMAND is `celery ...`, or one of `manage.py`. The environment says which database
(`TEST_DATABASE`, JSON), and where mails are written (`MAIL_FOLDER`).
"""

import json
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from config.celery import app


def main(arguments: list[str]) -> None:
    settings.DATABASES["default"].update(json.loads(os.environ["TEST_DATABASE"]))
    settings.CELERY_BROKER_URL = os.environ["CELERY_BROKER_URL"]
    settings.EMAIL_FILE_PATH = os.environ["MAIL_FOLDER"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    if arguments[0] == "celery":
        app.start(arguments[1:])
    else:
        execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])

"""Writing mails, once per event, and sending them until the mail server takes them.

A handler writes the row in its own transaction; `send_waiting` sends outside of any. A crash
after the server took a mail and before that is noted sends it once more, under the same
`Message-ID`: no protocol for mail can do better, and better twice than never.
"""

import logging
import re
import time
import uuid
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from shop.core import sql
from shop.core.failpoints import failpoint
from shop.core.locks import session_lock
from shop.core.pruning import delete_in_pieces
from shop.core.transactions import atomic
from shop.notifications import querysets, server
from shop.notifications.letters import Letter
from shop.notifications.models import Mail

logger = logging.getLogger(__name__)

BATCH = 100
DATABASE_PATIENCE = 30  # seconds that a sent mail waits for the database, to be noted there

# The next turn is set before the attempt: a mail that ends the process must not come back at
# once, for ever, and keep the others waiting. After 15 s, 30 s, 1 min ... at most 10 min.
_BEGIN = f"""
    UPDATE notifications_mail
    SET attempts = attempts + 1,
        available_at = statement_timestamp()
                       + least(interval '15 s' * 2 ^ least(attempts, 10), interval '10 min')
    WHERE id = %s AND sent_at IS NULL AND failed_at IS NULL AND recipient <> ''
      AND available_at <= statement_timestamp()
    RETURNING {sql.columns(Mail)}
"""  # noqa: S608 (the columns come from the model)


@atomic
def write_mails(*, event_id: int | None, kind: str, letters: Sequence[Letter]) -> None:
    """Keep `letters` to be sent, once per event, kind and recipient.

    Without letters the row says that there was nobody to write to. Without an event, such
    as by hand, each call writes anew.
    """
    rows = [_written(event_id, kind, letter) for letter in letters]
    nobody = Mail(event_id=event_id, kind=kind)
    Mail.objects.bulk_create(rows or [nobody], ignore_conflicts=True)


def send_waiting() -> int:
    """Send what is due, what waits longest first; returns how many were tried.

    Any number of processes may do this at once: a lock keeps each mail to one of them, and
    ends with its process.
    """
    return sum(_send(mail_id) for mail_id in querysets.due().values_list("pk", flat=True)[:BATCH])


@atomic
def send_again(*, mails: QuerySet[Mail]) -> int:
    """Let those of `mails` wait anew that were given up; returns how many.

    Those whose tokens are gone stay as they are: their readers ask for another one.
    """
    given_up = mails.filter(failed_at__isnull=False).exclude(recipient="").exclude(text="")
    return given_up.update(failed_at=None, attempts=0, available_at=Now(), waiting_since=Now())


@atomic
def forget_mails(*, user_id: int) -> None:
    """Empty the mails of somebody whose account is erased; what waits is not sent.

    What sellers got of their orders names where they live: it is emptied too, once it is sent.
    """
    of_orders = querysets.to_sellers_about(user_id)
    of_orders.filter(sent_at=None, failed_at=None).update(has_secret=True)
    of_orders.exclude(sent_at=None, failed_at=None).update(text="", html="")
    Mail.objects.filter(user=user_id).update(
        recipient="", subject="", text="", html="", last_error="", user=None
    )


def prune_mails() -> int:
    """Delete what is old; returns how many."""
    return delete_in_pieces(querysets.outdated())


def _written(event_id: int | None, kind: str, letter: Letter) -> Mail:
    # What people named may hold line breaks, which no subject can.
    subject = " ".join(letter.subject.split())[:200]
    context = {
        **letter.context,
        "subject": subject,
        "shop_name": settings.SHOP_NAME,
        "shop_url": settings.SHOP_URL.rstrip("/"),
    }
    return Mail(
        event_id=event_id,
        kind=kind,
        user_id=letter.user_id,
        recipient=letter.to,
        subject=subject,
        text=_text(kind, context),
        html=render_to_string(f"notifications/mail/{kind}.html", context),
        has_secret=letter.has_secret,
        message_id=_message_id(event_id, kind, letter.to),
    )


def _text(kind: str, context: dict[str, Any]) -> str:
    """What is left out of a template leaves no hole."""
    text = render_to_string(f"notifications/mail/{kind}.txt", context)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _message_id(event_id: int | None, kind: str, to: str) -> str:
    """The same for the same mail. Keyed, because another shop has an event of this id too."""
    what = f"{event_id or uuid.uuid4()} {kind} {to}"
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    digest = salted_hmac("shop.notifications", what, algorithm="sha256").hexdigest()
    return f"<{kind}.{digest[:32]}@{domain}>"


def _send(mail_id: int) -> bool:
    """Whether it was this process's turn to try."""
    with session_lock(f"mail {mail_id}") as is_ours:
        begun = sql.instances(Mail, _BEGIN, [mail_id]) if is_ours else []
        for mail in begun:
            _try(mail)
    return bool(begun)


def _try(mail: Mail) -> None:
    failpoint("mail.before_send")
    try:
        server.hand_over(mail)
    except Exception as error:
        # Whatever the server or the way to it has: the mail waits, and the others have a turn.
        logger.warning("%s (mail %s) was not sent: %r", mail, mail.pk, error)
        _note_failure(mail, error)
        return
    failpoint("mail.after_send")
    _note_success(mail)


def _note_failure(mail: Mail, error: Exception) -> None:
    row = Mail.objects.filter(pk=mail.pk)
    row.update(last_error=repr(error)[:2000])
    if not server.is_refusal(error):
        row = row.filter(waiting_since__lt=Now() - querysets.PATIENCE)
    row.update(failed_at=Now(), **_without_secret(mail))


def _note_success(mail: Mail) -> None:
    """The database may be what is away: then wait a while, rather than send the mail twice."""
    deadline = time.monotonic() + DATABASE_PATIENCE
    while True:
        try:
            Mail.objects.filter(pk=mail.pk).update(
                sent_at=Now(), last_error="", **_without_secret(mail)
            )
        except Error:
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            close_old_connections()
            time.sleep(0.5)
        else:
            return


def _without_secret(mail: Mail) -> dict[str, str]:
    """Tokens are not kept longer than needed; a shop on trial shows its mails."""
    return {"text": "", "html": ""} if mail.has_secret and not settings.MAIL_VIEWER else {}

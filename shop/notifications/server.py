"""The mail server, whichever the settings name: the only file that speaks to it."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from shop.notifications.models import Mail


def hand_over(mail: Mail) -> None:
    """Returns when the server has taken the mail; raises whatever keeps it from that."""
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.recipient],
        # No machine shall answer a machine (RFC 3834).
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(mail.html, "text/html")
    message.send()


def is_refusal(error: Exception) -> bool:
    """Whether the server will not take this mail, now or later (SMTP's 5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPDataError):
        codes = [error.smtp_code]
    else:
        return False
    return all(500 <= code < 600 for code in codes)

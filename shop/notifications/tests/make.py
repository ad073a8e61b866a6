"""Mails for tests, caused as people cause them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage

from shop.accounts import services as accounts
from shop.accounts.models import User
from shop.core.relay import deliver_pending
from shop.notifications.models import Mail


def tell_events() -> None:
    """Hand over what waits in the outbox: mails are written, and not yet sent."""
    while deliver_pending():
        pass


def make_mail(user: User) -> Mail:
    """A mail that waits: with a token, because `user` forgot the password."""
    accounts.request_password_reset(email=user.email)
    tell_events()
    return Mail.objects.filter(kind="reset_password", user=user).latest("id")


def mail_of(kind: str) -> Mail:
    """The only mail of `kind`, after everything was told."""
    tell_events()
    return Mail.objects.get(kind=kind)


class Server:
    """Stands in for the mail server: takes mails, or raises what `refusals` say, one each."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.refusals: list[Exception | None] = []

    def hand_over(self, mail: Mail) -> None:
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self.taken.append(mail.message_id)


def ids_of(messages: Sequence[EmailMessage]) -> list[str]:
    return [str(message.extra_headers["Message-ID"]) for message in messages]

"""Mails as they are read: what waits, what was given up."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from shop.notifications.kinds import WITH_ADDRESS
from shop.notifications.models import Mail
from shop.orders.models import Order

PATIENCE = timedelta(days=3)  # how long a mail waits for the mail server
KEEP = timedelta(days=90)

State = Mail.State

_STATES = {
    State.WAITING: Q(sent_at=None, failed_at=None) & ~Q(recipient=""),
    State.SENT: Q(sent_at__isnull=False),
    State.FAILED: Q(failed_at__isnull=False),
    State.NOBODY: Q(sent_at=None, failed_at=None, recipient=""),
}


def in_state(state: Mail.State) -> QuerySet[Mail]:
    return Mail.objects.filter(_STATES[state])


def due() -> QuerySet[Mail]:
    """What is to be sent now, by the database's clock; those that wait longest first."""
    return in_state(State.WAITING).filter(available_at__lte=Now()).order_by("available_at", "id")


def written() -> QuerySet[Mail]:
    """The mails that somebody gets or got, newest first."""
    return Mail.objects.exclude(recipient="").order_by("-id")


def to_sellers_about(buyer_id: int) -> QuerySet[Mail]:
    """What sellers were told of the orders of `buyer_id`, with the address."""
    numbers = Order.objects.filter(user=buyer_id).values_list("pk", flat=True)
    return Mail.objects.filter(kind__in=WITH_ADDRESS, event__payload__order_id__in=list(numbers))


def outdated() -> QuerySet[Mail]:
    return Mail.objects.filter(created_at__lt=Now() - KEEP)

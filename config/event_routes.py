"""Who hears which event: the urls.py of events. Tasks get the event's fields by name."""

from collections.abc import Callable, Mapping, Sequence

from shop.accounts import events as accounts
from shop.accounts import tasks as accounts_tasks
from shop.core.broker import Task
from shop.core.events import Event
from shop.core.models import OutboxEvent
from shop.orders import events as orders
from shop.payments import events as payments
from shop.payments import tasks as payments_tasks
from shop.webhooks import services as webhooks

ROUTES: Mapping[type[Event], Sequence[Task]] = {
    accounts.UserRegistered: [accounts_tasks.send_verification_email],
    accounts.EmailChanged: [accounts_tasks.send_verification_email],
    accounts.VerificationRequested: [accounts_tasks.send_verification_email],
    accounts.PasswordResetRequested: [accounts_tasks.send_password_reset_email],
    accounts.PasswordChanged: [accounts_tasks.send_password_changed_email],
    orders.OrderCancelled: [payments_tasks.settle_cancelled_order],
    payments.RefundOpened: [payments_tasks.complete_refund],
}

# Called by the relay with every batch of events, whoever else hears them; they work in the
# database only, and bear to get an event again.
BATCHES: Sequence[Callable[[Sequence[OutboxEvent]], None]] = (webhooks.enqueue,)

"""Every periodic task and how often it runs, and what `run_worker` does all the time."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from shop.accounts import tasks as accounts
from shop.core import tasks as core
from shop.core.schedule import Periodic
from shop.ledger import tasks as ledger
from shop.notifications import services as mails
from shop.notifications import tasks as notifications
from shop.orders import tasks as orders
from shop.payments import tasks as payments
from shop.vendors import tasks as vendors
from shop.webhooks import services as webhooks_services
from shop.webhooks import tasks as webhooks

SCHEDULE: Sequence[Periodic] = (
    Periodic(accounts.prune_sessions, every=timedelta(hours=6)),
    Periodic(core.prune_idempotency_keys, every=timedelta(hours=1)),
    Periodic(core.prune_rate_limits, every=timedelta(hours=6)),
    Periodic(ledger.catch_up, every=timedelta(minutes=1)),
    # Once a day for each vendor; asked often, so that a day begins soon and none is missed.
    Periodic(ledger.schedule_payouts, every=timedelta(hours=1)),
    Periodic(ledger.send_payouts, every=timedelta(minutes=5)),
    Periodic(notifications.prune_mails, every=timedelta(hours=6)),
    Periodic(orders.expire_orders, every=timedelta(minutes=1)),
    Periodic(payments.complete_refunds, every=timedelta(minutes=1)),
    Periodic(payments.reconcile, every=timedelta(minutes=1)),
    Periodic(payments.prune_inbox, every=timedelta(hours=6)),
    Periodic(vendors.prune_invitations, every=timedelta(hours=6)),
    Periodic(webhooks.redeliver, every=timedelta(minutes=1)),
    Periodic(webhooks.prune_deliveries, every=timedelta(hours=6)),
)

# Called again and again, each in a thread of its own; they answer how much they have done.
ALWAYS: Sequence[Callable[[], int]] = (mails.send_waiting, webhooks_services.send_due)

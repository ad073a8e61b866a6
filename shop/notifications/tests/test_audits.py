"""`manage.py verify` finds mails that should be there, and those that should not."""

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.core.tests.plant import plant, told
from shop.notifications import audits, services
from shop.notifications.kinds import KINDS
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, make_mail, tell_events
from shop.orders.tests.make import make_order

pytestmark = pytest.mark.django_db

ALL = (audits.written, audits.causes, audits.sent)
LONG_AGO = "UPDATE core_outboxevent SET delivered_at = delivered_at - interval '2 min'"


@pytest.fixture
def row(alice: User) -> Mail:
    make_order(alice)
    row = mail_of("order_placed")
    services.send_waiting()
    plant(LONG_AGO)
    assert [told(audit) for audit in ALL] == [[], [], []]
    return row


def test_finds_an_event_whose_mail_is_missing(row: Mail) -> None:
    plant("DELETE FROM notifications_mail")
    (found,) = told(audits.written)
    assert found.startswith(f"OutboxEvent {row.event_id} (order.placed): it was delivered, and ")
    assert found.endswith("there is no mail order_placed")


def test_a_mail_of_another_kind_is_none(row: Mail) -> None:
    plant("UPDATE notifications_mail SET kind = 'order_paid'")
    assert len(told(audits.written)) == 1
    assert told(audits.causes) == [
        f"Mail {row.pk} (order_paid): it tells of OutboxEvent {row.event_id}, which is order.placed"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_outboxevent SET delivered_at = now()",
        "UPDATE core_outboxevent SET delivered_at = NULL",
        "UPDATE core_outboxevent SET position = NULL",
        "UPDATE core_outboxevent SET created_at = now() - interval '90 days'",
        "UPDATE core_outboxevent SET name = 'order.processing'",
    ],
    ids=["just delivered", "not delivered", "from before", "pruned", "of no mail"],
)
def test_asks_for_no_mail_of_an_event_that_is(statement: str, row: Mail) -> None:
    plant("DELETE FROM notifications_mail", statement)
    assert told(audits.written) == []


def test_accepts_that_there_was_nobody_to_write_to(alice: User) -> None:
    make_order(alice)
    User.objects.update(is_active=False)
    OutboxEvent.objects.create(name="user.registered", payload={"user_id": alice.pk})
    tell_events()
    plant(LONG_AGO)
    assert told(audits.written) == []


@pytest.mark.parametrize(
    ("statement", "is_found"),
    [
        ("available_at = now() - interval '11 min'", True),
        ("available_at = now() - interval '9 min'", False),
        ("failed_at = now(), waiting_since = now() - interval '73 hours'", True),
        ("failed_at = now()", False),
    ],
    ids=["nobody sends it", "it is its turn", "given up", "refused by the server"],
)
def test_finds_a_mail_that_was_not_sent_in_its_time(
    statement: str, is_found: bool, alice: User
) -> None:
    row = make_mail(alice)
    plant(
        "UPDATE notifications_mail SET attempts = 3, last_error = E'TimeoutError()\\nmore', "
        + statement
    )
    found = told(audits.sent)
    assert bool(found) == is_found
    if found:
        assert found[0].startswith(f"Mail {row.pk} (reset_password to alice@example.test): ")
        assert found[0].endswith("was not sent in 3 attempts: TimeoutError()")


def test_every_event_that_mails_tell_of_is_heard() -> None:
    """And the other way round: every handler that writes mails is in the audits' table."""
    routes = import_string(settings.EVENT_ROUTES)
    heard = {
        event: {task.name for task in tasks if task.name.startswith("notifications.write_")}
        for event, tasks in routes.items()
    }
    wanted = {
        event: {f"notifications.write_{kind}" for kind in kinds} for event, kinds in KINDS.items()
    }
    assert {event: names for event, names in heard.items() if names} == wanted

"""A process is killed while it pays out; the next one goes on, and everybody is paid once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now
from pytest_django import Settings

from shop.core.failpoints import EXIT_CODE
from shop.ledger import services
from shop.ledger.models import Entry, Payout, Transaction
from shop.ledger.tests.payouts.make import balances, make_seller, sell
from shop.payments import stripe as ours
from tests.stripe_simulator.running import RunningStripe, running_stripe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).parents[4]
WORK = """
import json, sys
import django
django.setup()
from django.db import connections
connections.databases["default"].update(json.loads(sys.argv[1]))
from shop.ledger import services
services.pay_due_days()
services.send_waiting()
"""


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningStripe]:
    with running_stripe() as simulator:
        yield simulator


@pytest.fixture
def stripe(simulator: RunningStripe, settings: Settings) -> Iterator[RunningStripe]:
    settings.STRIPE_SECRET_KEY = simulator.secret_key
    settings.STRIPE_API_URL = simulator.url
    ours.client_for.cache_clear()
    yield simulator
    ours.client_for.cache_clear()


def work(stripe: RunningStripe, *, dies_at: str) -> int:
    """Pay and send in a process of its own; how it ended."""
    names = ("NAME", "HOST", "PORT", "USER", "PASSWORD")
    where = json.dumps({name: str(connection.settings_dict[name]) for name in names})
    environment = {
        **os.environ,
        **stripe.environment,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "FAILPOINT": dies_at,
    }
    command = [sys.executable, "-c", WORK, where]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=120).returncode


@pytest.mark.parametrize(
    "failpoint",
    [
        *("payout.before_commit", "payout.after_commit", "payout.before_provider"),
        *("payout.after_provider", "payout.before_sent"),
    ],
)
def test_everybody_is_paid_once(failpoint: str, stripe: RunningStripe) -> None:
    vendors = [make_seller(method="stripe") for _ in range(2)]
    for vendor in vendors:
        sell(vendor, "45.00")
    before = len(stripe.transfers())
    assert work(stripe, dies_at=failpoint) == EXIT_CODE

    services.pay_due_days()
    services.send_waiting()
    Payout.objects.update(sent_at=Now() - services.sending.PATIENCE * 2)
    services.follow_sent()

    assert len(stripe.transfers()) == before + 2
    for vendor in vendors:
        payout = Payout.objects.get(vendor=vendor)
        assert (payout.status, payout.amount) == ("settled", 45)
        assert balances(vendor) == {"payable": 0, "in_transit": 0}
        causes = Transaction.objects.filter(cause__startswith=f"payout:{payout.pk}")
        assert causes.count() == 2
    assert not Entry.objects.filter(account="vendor_payable", payout=None).exists()


def test_the_process_does_its_work_when_nobody_kills_it(stripe: RunningStripe) -> None:
    vendor = make_seller(method="stripe")
    sell(vendor, "45.00")
    assert work(stripe, dies_at="") == 0
    assert Payout.objects.get(vendor=vendor).status == "sent"

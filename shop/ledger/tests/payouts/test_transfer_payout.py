"""Payouts by Stripe Connect: one transfer each, whatever is lost on the way."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from shop.ledger import services
from shop.ledger.errors import IllegalPayoutMove
from shop.ledger.models import Payout, Transaction
from shop.ledger.tests.payouts.make import balances, make_seller, pay_out, sell
from shop.payments.errors import NotEnoughMoney, ProviderAway, ProviderRefused
from shop.payments.tests.fake_stripe import FakeStripe
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db(transaction=True)


class Cut(Exception):
    """The process died, or its line was cut."""


@pytest.fixture
def vera(db: None) -> Vendor:
    return make_seller("Vera", method="stripe")


@pytest.fixture
def payout(vera: Vendor, stripe: FakeStripe) -> Payout:
    stripe.forbids_transactions = True
    sell(vera, "45.00")
    return pay_out(vera)


@pytest.fixture
def cut(stripe: FakeStripe) -> Callable[[], None]:
    def plan() -> None:
        def die() -> None:
            stripe.dies_after = None
            raise Cut

        stripe.dies_after = die

    return plan


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """So much time passes."""
    real = timezone.now

    def wait(**time: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(**time))

    return wait


def follow(payout: Payout) -> Payout:
    Payout.objects.filter(pk=payout.pk).update(sent_at=Now() - timedelta(minutes=5))
    services.follow_sent()
    payout.refresh_from_db()
    return payout


def test_is_one_transfer_to_the_vendors_account(payout: Payout, stripe: FakeStripe) -> None:
    assert services.send_waiting() == 1
    (made,) = stripe.transfers.values()
    assert (made["amount"], made["currency"], made["destination"]) == (4500, "usd", "acct_vera")
    assert made["metadata"]["payout"] == payout.number
    payout.refresh_from_db()
    assert (payout.status, payout.reference) == ("sent", made["id"])
    assert services.send_waiting() == 0
    assert stripe.posts("transfers") == 1


def test_what_stays_there_is_settled(payout: Payout, vera: Vendor) -> None:
    services.send_payout(payout=payout)
    assert services.follow_sent() == 0, "not at once"
    assert follow(payout).status == "settled"
    assert balances(vera) == {"payable": 0, "in_transit": 0}
    booked = Transaction.objects.get(cause=f"payout:{payout.pk}:settled")
    assert booked.entries.get(account="clearing").provider == "stripe"


def test_what_was_taken_back_has_failed(payout: Payout, vera: Vendor, stripe: FakeStripe) -> None:
    sent = services.send_payout(payout=payout)
    stripe.reverse(sent.reference, 100)
    assert follow(payout).status == "sent", "a part of it is for people to judge"
    stripe.reverse(sent.reference, 4400)
    assert follow(payout).status == "failed"
    assert balances(vera) == {"payable": 45, "in_transit": 0}


@pytest.mark.parametrize("is_settled", [False, True])
def test_people_cannot_give_up_what_the_vendor_has(
    payout: Payout, vera: Vendor, stripe: FakeStripe, is_settled: bool
) -> None:
    services.send_payout(payout=payout)
    if is_settled:
        follow(payout)
    with pytest.raises(IllegalPayoutMove):
        services.fail_payout(payout=payout, reason="A mistake.")
    assert balances(vera)["payable"] == 0
    payout.refresh_from_db()
    stripe.reverse(payout.reference)
    services.fail_payout(payout=payout, reason="Taken back at Stripe.")
    assert balances(vera) == {"payable": 45, "in_transit": 0}


def test_what_is_taken_back_after_it_arrived_has_failed(
    payout: Payout, vera: Vendor, stripe: FakeStripe
) -> None:
    services.send_payout(payout=payout)
    assert follow(payout).status == "settled"
    stripe.reverse(payout.reference)
    assert services.follow_settled() == 0, "it is asked for once a day"
    arrived = Payout.objects.filter(pk=payout.pk)
    arrived.update(settled_at=Now() - timedelta(days=31))
    assert services.follow_settled() == 0, "for a month"
    arrived.update(settled_at=Now() - timedelta(days=2))
    assert services.follow_settled() == 1
    payout.refresh_from_db()
    assert (payout.status, payout.failure_reason) == ("failed", "The transfer was reversed.")
    assert balances(vera) == {"payable": 45, "in_transit": 0}
    assert services.follow_settled() == 0


def test_what_stays_is_not_asked_for_all_the_time(payout: Payout, stripe: FakeStripe) -> None:
    services.send_payout(payout=payout)
    assert follow(payout).status == "settled"
    Payout.objects.update(settled_at=Now() - timedelta(days=2))
    for _ in range(3):
        assert services.follow_settled() == 0
    asked = [call for call in stripe.calls if f"transfers/{payout.reference}" in call]
    assert len(asked) == 2, "once when it was sent, once since"


class TestStripeIsAway:
    def test_it_stays_scheduled_and_is_sent_later(self, payout: Payout, stripe: FakeStripe) -> None:
        stripe.status_instead = 500
        with pytest.raises(ProviderAway):
            services.send_payout(payout=payout)
        assert services.send_waiting() == 0
        payout.refresh_from_db()
        assert payout.status == "scheduled"
        stripe.status_instead = 0
        assert services.send_waiting() == 1
        assert len(stripe.transfers) == 1

    def test_without_keys_it_waits(self, payout: Payout, settings: Settings) -> None:
        settings.STRIPE_SECRET_KEY = ""
        assert services.send_waiting() == 0

    @pytest.mark.parametrize("hours", [0, 30])
    def test_a_lost_answer_makes_no_second_transfer(
        self,
        payout: Payout,
        stripe: FakeStripe,
        cut: Callable[[], None],
        later: Callable[..., None],
        hours: int,
    ) -> None:
        cut()
        with pytest.raises(Cut):
            services.send_payout(payout=payout)
        if hours:
            later(hours=hours)
            stripe.answered.clear()
        assert services.send_waiting() == 1
        payout.refresh_from_db()
        assert list(stripe.transfers) == [payout.reference]

    def test_people_do_not_give_up_what_may_be_on_its_way(
        self, payout: Payout, cut: Callable[[], None], later: Callable[..., None]
    ) -> None:
        cut()
        with pytest.raises(Cut):
            services.send_payout(payout=payout)
        for minutes in (0, 3):
            later(minutes=minutes)
            with pytest.raises(IllegalPayoutMove):
                services.fail_payout(payout=payout, reason="Too slow.")
        payout.refresh_from_db()
        assert payout.status == "sent", "it was looked for, and found"

    def test_people_give_up_what_is_not_there(
        self, payout: Payout, stripe: FakeStripe, vera: Vendor, later: Callable[..., None]
    ) -> None:
        stripe.status_instead = 403
        with pytest.raises(ProviderAway):
            services.send_payout(payout=payout)
        later(minutes=3)
        with pytest.raises(ProviderAway):
            services.fail_payout(payout=payout, reason="Too slow.")
        stripe.status_instead = 0
        services.fail_payout(payout=payout, reason="Too slow.")
        assert services.send_waiting() == 0
        assert balances(vera)["payable"] == 45
        assert not stripe.transfers

    def test_the_others_need_not_wait_for_it(self, payout: Payout, stripe: FakeStripe) -> None:
        wim = make_seller("Wim", method="stripe")
        sell(wim, "45.00")
        pay_out(wim)
        stripe.status_instead = 500
        before = len(stripe.calls)
        services.send_waiting()
        asked = len(stripe.calls) - before
        stripe.status_instead = 0
        assert asked <= 3, "one payout, with the repetitions of the SDK"


class TestStripeRefuses:
    def test_for_good(self, payout: Payout, stripe: FakeStripe, vera: Vendor) -> None:
        stripe.accounts.clear()
        with pytest.raises(ProviderRefused):
            services.send_payout(payout=payout)
        payout.refresh_from_db()
        assert payout.status == "failed"
        assert balances(vera) == {"payable": 45, "in_transit": 0}

    def test_what_it_has_made_before_is_no_refusal(
        self, payout: Payout, stripe: FakeStripe, cut: Callable[[], None]
    ) -> None:
        cut()
        with pytest.raises(Cut):
            services.send_payout(payout=payout)
        stripe.answered.clear()
        stripe.accounts.clear()
        assert services.send_payout(payout=payout).reference in stripe.transfers

    def test_for_want_of_money(self, payout: Payout, stripe: FakeStripe) -> None:
        stripe.balance, stripe.keeps_refusals = 4499, True
        with pytest.raises(NotEnoughMoney):
            services.send_payout(payout=payout)
        assert services.send_waiting() == 0
        payout.refresh_from_db()
        assert (payout.status, payout.refusals, payout.attempted_at) == ("scheduled", 2, None)
        stripe.balance = 4500
        assert services.send_waiting() == 1
        assert len(stripe.transfers) == 1

    def test_one_does_not_keep_the_others_money(self, payout: Payout, stripe: FakeStripe) -> None:
        wim = make_seller("Wim", method="stripe")
        sell(wim, "99.00")
        pay_out(wim)
        Payout.objects.filter(pk=payout.pk).update(destination={"account": "acct_nobody"})
        assert services.send_waiting() == 1
        assert [made["amount"] for made in stripe.transfers.values()] == [9900]


def test_stripes_own_name_of_it_stays(payout: Payout) -> None:
    sent = services.send_payout(payout=payout)
    settled = services.settle_payout(payout=payout, reference="something else")
    assert settled.reference == sent.reference


def test_the_suspended_wait(payout: Payout, vera: Vendor, stripe: FakeStripe) -> None:
    Vendor.objects.filter(pk=vera.pk).update(status="suspended")
    assert services.send_waiting() == 0
    assert not stripe.transfers
    assert payout.amount == Decimal(45)

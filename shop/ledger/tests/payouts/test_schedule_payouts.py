"""What is due is set aside: for whom, how much, and once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.accounts.tests.make import make_user
from shop.core.models import OutboxEvent
from shop.ledger import payout_querysets, services
from shop.ledger.errors import AlreadyPaidOut, DayToCome, NothingToPayOut
from shop.ledger.models import Entry, Payout, Transaction
from shop.ledger.services import paying_out
from shop.ledger.tests.payouts.make import balances, book, make_part, make_seller, pay_out, sell
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
Status = Payout.Status


def test_pays_all_that_is_due() -> None:
    vera = make_seller("Vera")
    part = sell(vera, "45.00")
    book(vera, "-5.00", kind="refund", part=part)
    book(vera, "2.50", kind="adjustment", note="A voucher of ours.")
    payout = pay_out(vera)
    assert (payout.amount, payout.currency, payout.status) == (Decimal("42.50"), "USD", "scheduled")
    assert payout.period_end == services.today()
    assert payout.number.startswith("PO-20")
    assert payout.destination == vera.payout_details
    assert balances(vera) == {"payable": 0, "in_transit": Decimal("42.50")}
    own = payout.entries.filter(account="vendor_payable")
    assert sum(own.values_list("amount", flat=True)) == 0
    assert Transaction.objects.get(cause=f"payout:{payout.pk}").note == payout.number
    event = OutboxEvent.objects.get(name="payout.scheduled")
    assert event.payload == {"payout_id": payout.pk, "vendor_id": vera.pk}


class TestHoldingPeriod:
    @pytest.mark.parametrize(("days_ago", "is_due"), [(6.9, False), (7.1, True)])
    def test_a_part_waits_from_its_delivery(self, days_ago: float, is_due: bool) -> None:
        vera = make_seller()
        sell(vera, "45.00", days_ago=days_ago)
        assert bool(services.schedule_payouts(on=services.today()).payouts) == is_due

    def test_a_vendor_may_have_its_own(self) -> None:
        vera = make_seller(payout_hold_days=0)
        sell(vera, "45.00", days_ago=0.01)
        assert pay_out(vera).amount == Decimal("45.00")

    @pytest.mark.parametrize("status", ["PAID", "PROCESSING", "SHIPPED"])
    def test_what_is_not_delivered_is_not_due(self, status: str) -> None:
        vera = make_seller()
        sell(vera, "45.00", status=status)
        assert not services.schedule_payouts(on=services.today()).payouts
        assert balances(vera)["payable"] == 45

    def test_all_of_a_part_becomes_due_together(self) -> None:
        vera = make_seller()
        waiting = sell(vera, "45.00", days_ago=1)
        book(vera, "-20.00", kind="refund", part=waiting)
        sell(vera, "30.00")
        assert pay_out(vera).amount == 30, "a refund of what is held is no debt"

    @pytest.mark.parametrize("status", ["CANCELLED", "REFUNDED"])
    def test_what_was_given_back_whole_is_closed_with_the_next_payout(self, status: str) -> None:
        vera = make_seller()
        part = sell(vera, "45.00", status=status, days_ago=0)
        book(vera, "-45.00", kind="refund", part=part)
        sell(vera, "30.00")
        payout = pay_out(vera)
        assert payout.amount == 30
        assert payout.entries.filter(vendor_order=part).count() == 2

    def test_what_is_cancelled_is_not_paid_before_its_refund_is_booked(self) -> None:
        vera = make_seller()
        sell(vera, "45.00", status="CANCELLED", days_ago=0)
        sell(vera, "30.00")
        assert pay_out(vera).amount == 30

    def test_a_debit_after_the_payout_is_due_at_once(self) -> None:
        vera = make_seller()
        part = sell(vera, "45.00")
        first = pay_out(vera, on=services.today() - timedelta(days=1))
        book(vera, "-45.00", kind="refund", part=part)
        sell(vera, "60.00")
        assert first.amount == 45
        assert pay_out(vera).amount == 15, "later sales pay the debt"


class TestHoldsBack:
    def held(self, vendor: Vendor) -> str:
        before = Entry.objects.filter(payout=None).count()
        run = services.schedule_payouts(on=services.today(), vendors=[vendor])
        assert not run.payouts
        assert Entry.objects.filter(payout=None).count() == before
        ((_, reason),) = run.held_back
        return str(reason)

    def test_what_is_below_the_minimum(self, settings: Settings) -> None:
        settings.PAYOUT_MINIMUM = Decimal("10.00")
        vera = make_seller()
        sell(vera, "9.99")
        assert self.held(vera) == "below_minimum"
        book(vera, "0.01", kind="adjustment")
        assert pay_out(vera).amount == 10

    def test_but_not_in_another_currency_than_the_shops(self, settings: Settings) -> None:
        settings.PAYOUT_MINIMUM = Decimal("10.00")
        vera = make_seller(payout_minimum=Decimal(100))
        sell(vera, "5.00", currency="EUR")
        ((due, _),) = services.preview_payouts()
        assert (due.currency, due.minimum) == ("EUR", Decimal(0))
        (payout,) = services.schedule_payouts(on=services.today()).payouts
        assert (payout.amount, payout.currency) == (Decimal(5), "EUR")

    def test_what_is_below_the_minimum_of_the_vendor(self) -> None:
        vera = make_seller(payout_minimum=Decimal(100))
        sell(vera, "99.99")
        assert self.held(vera) == "below_minimum"

    def test_a_debt(self) -> None:
        vera = make_seller(payout_minimum=Decimal(0))
        part = sell(vera, "10.00")
        book(vera, "-10.01", kind="refund", part=part)
        assert self.held(vera) == "debt"

    def test_nothing(self) -> None:
        vera = make_seller(payout_minimum=Decimal(0))
        part = sell(vera, "10.00")
        book(vera, "-10.00", kind="refund", part=part)
        assert self.held(vera) == "nothing_due"

    @pytest.mark.parametrize(
        ("status", "reason"),
        [("suspended", "suspended"), ("pending", "not_approved"), ("rejected", "not_approved")],
    )
    def test_whom_the_shop_does_not_approve(self, status: str, reason: str) -> None:
        vera = make_seller()
        sell(vera, "45.00")
        Vendor.objects.filter(pk=vera.pk).update(status=status)
        assert self.held(vera) == reason

    @pytest.mark.parametrize("details", [{}, {"account_holder": "Vera"}, {"account": "acct_1"}])
    def test_who_has_not_said_where_to(self, details: dict[str, str]) -> None:
        vera = make_seller(payout_details=details)
        sell(vera, "45.00")
        assert self.held(vera) == "no_details"


def test_the_house_is_never_paid_out() -> None:
    make_seller("Vera")
    house = Vendor.objects.get(is_house=True)
    book(house, "45.00", part=make_part(house))
    assert not services.schedule_payouts(on=services.today()).payouts


def test_each_currency_is_a_payout_of_its_own() -> None:
    vera = make_seller()
    sell(vera, "45.00")
    sell(vera, "50.00", currency="EUR")
    run = services.schedule_payouts(on=services.today())
    assert [(p.currency, p.amount) for p in run.payouts] == [("EUR", 50), ("USD", 45)]


class TestSchedules:
    DAYS = {
        "daily": [MONDAY, MONDAY + timedelta(days=1), date(2026, 11, 1)],
        "weekly": [MONDAY],
        "monthly": [date(2026, 11, 1)],
    }

    @pytest.mark.parametrize("schedule", DAYS)
    def test_each_has_its_days(self, schedule: str) -> None:
        vera = make_seller(schedule=schedule)
        sell(vera, "45.00", days_ago=90)
        for day in self.DAYS["daily"]:
            run = services.schedule_payouts(on=day)
            assert bool(run.payouts) == (day in self.DAYS[schedule]), day
            sell(vera, "45.00", days_ago=90)

    def test_people_may_pay_on_any_day(self) -> None:
        vera = make_seller(schedule="monthly")
        sell(vera, "45.00", days_ago=90)
        assert pay_out(vera, on=MONDAY).period_end == MONDAY


class TestDueDays:
    """What the schedule does by itself, on Wednesday the 25th."""

    @pytest.fixture(autouse=True)
    def _wednesday(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paying_out, "today", lambda: MONDAY + timedelta(days=2))

    @pytest.mark.parametrize(
        ("schedule", "day"),
        [
            ("daily", MONDAY + timedelta(days=2)),
            ("weekly", MONDAY),
            ("monthly", date(2026, 11, 1)),
        ],
    )
    def test_a_missed_day_is_made_up_for(self, schedule: str, day: date) -> None:
        vera = make_seller(schedule=schedule)
        sell(vera, "45.00", days_ago=90)
        assert services.pay_due_days() == 1
        assert Payout.objects.get().period_end == day
        sell(vera, "45.00", days_ago=90)
        assert services.pay_due_days() == 0, "the day is done"

    def test_what_was_delivered_after_the_day_waits(self) -> None:
        vera = make_seller(schedule="weekly", payout_hold_days=0)
        part = sell(vera, "45.00")
        type(part).objects.update(delivered_at="2026-11-24T00:00:01Z")
        assert services.pay_due_days() == 0

    def test_a_failed_payout_is_left_to_the_next_day(self) -> None:
        vera = make_seller()
        sell(vera, "45.00", days_ago=90)
        services.pay_due_days()
        services.fail_payout(payout=Payout.objects.get(), reason="The account is closed.")
        assert services.pay_due_days() == 0
        assert balances(vera)["payable"] == 45

    def test_people_have_paid_since(self) -> None:
        vera = make_seller(schedule="weekly")
        sell(vera, "45.00", days_ago=90)
        pay_out(vera, on=MONDAY + timedelta(days=1))
        sell(vera, "45.00", days_ago=90)
        assert services.pay_due_days() == 0


class TestTwice:
    def test_the_schedule_does_nothing(self) -> None:
        vera = make_seller()
        sell(vera, "45.00")
        assert len(services.schedule_payouts(on=services.today()).payouts) == 1
        sell(vera, "45.00")
        run = services.schedule_payouts(on=services.today())
        assert not run.payouts
        assert [reason for _, reason in run.held_back] == ["already_paid_out"]
        assert balances(vera)["payable"] == 45

    @pytest.mark.parametrize("is_named", [True, False])
    @pytest.mark.parametrize("has_more", [True, False])
    def test_people_are_told(self, is_named: bool, has_more: bool) -> None:
        vera, clerk = make_seller(), make_user()
        who = {"vendors": [vera]} if is_named else {}
        sell(vera, "45.00")
        services.schedule_payouts(on=services.today(), actor=clerk, **who)
        if has_more:
            sell(vera, "45.00")
        with pytest.raises(AlreadyPaidOut):
            services.schedule_payouts(on=services.today(), actor=clerk, **who)
        assert Payout.objects.count() == 1

    def test_nobody_is_paid_when_one_of_the_named_was(self) -> None:
        vera, wim = make_seller(), make_seller()
        sell(vera, "45.00")
        pay_out(vera)
        sell(wim, "45.00")
        with pytest.raises(AlreadyPaidOut):
            services.schedule_payouts(on=services.today(), vendors=[vera, wim], actor=make_user())
        assert Payout.objects.count() == 1

    def test_a_failed_one_may_be_paid_again(self) -> None:
        vera = make_seller()
        sell(vera, "45.00")
        first = services.fail_payout(payout=pay_out(vera), reason="Wrong account.")
        again = pay_out(vera)
        assert (again.amount, again.period_end) == (first.amount, first.period_end)
        assert again.number != first.number
        assert balances(vera) == {"payable": 0, "in_transit": 45}


def test_refuses_a_day_to_come() -> None:
    with pytest.raises(DayToCome):
        services.schedule_payouts(on=services.today() + timedelta(days=1))


def test_tells_people_why_nobody_is_paid() -> None:
    vera, wim = make_seller("Vera"), make_seller("Wim")
    sell(vera, "1.00")
    with pytest.raises(NothingToPayOut) as refused:
        services.schedule_payouts(on=services.today(), vendors=[vera, wim], actor=make_user())
    assert [problem.detail for problem in refused.value.problems] == [
        "Vera is due less than its minimum.",
        "Wim has nothing that is due.",
    ]


def test_one_vendor_does_not_keep_the_others_money(monkeypatch: pytest.MonkeyPatch) -> None:
    vera, wim = make_seller(), make_seller()
    for vendor in (vera, wim):
        sell(vendor, "45.00")
    take = payout_querysets.take

    def broken(*, vendor_id: int, **more: Any) -> Payout | None:
        if vendor_id == vera.pk:
            raise RuntimeError
        return take(vendor_id=vendor_id, **more)

    monkeypatch.setattr(payout_querysets, "take", broken)
    (payout,) = services.schedule_payouts(on=services.today()).payouts
    assert payout.vendor_id == wim.pk


def test_a_vendor_suspended_meanwhile_is_not_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    vera = make_seller()
    sell(vera, "45.00")
    found = payout_querysets.preview(on=services.today())
    Vendor.objects.filter(pk=vera.pk).update(status="suspended")
    monkeypatch.setattr(payout_querysets, "preview", lambda **_: found)
    assert not services.schedule_payouts(on=services.today()).payouts
    assert balances(vera) == {"payable": 45, "in_transit": 0}


def statements(vendors: int, parts: int) -> tuple[int, int]:
    """Of the preview, and of the run."""
    Vendor.objects.filter(is_house=False).update(status="rejected")
    for _ in range(vendors):
        vendor = make_seller()
        for _ in range(parts):
            sell(vendor, "45.00")
    with CaptureQueriesContext(connection) as previewing:
        payout_querysets.preview(on=services.today())
    with CaptureQueriesContext(connection) as running:
        assert len(services.schedule_payouts(on=services.today()).payouts) == vendors
    return len(previewing), len(running)


def test_the_number_of_statements_does_not_grow_with_the_parts() -> None:
    assert statements(1, 1) == statements(1, 12)


def test_the_preview_is_one_statement_and_each_vendor_costs_five() -> None:
    preview, one = statements(1, 1)
    more_preview, more = statements(4, 1)
    assert preview == more_preview == 1
    # Savepoint, lock, all of the payout, its event, and the end of the savepoint.
    assert (one, more) == (1 + 5, 1 + 4 * 5)

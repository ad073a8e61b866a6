"""What is due, for any books: hypothesis against the rule said in another way."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from shop.ledger import payout_querysets, services
from shop.ledger.due import is_its_day, last_day
from shop.ledger.models import Entry
from shop.ledger.tests.payouts.make import balances, book, make_part, make_seller

CENTS = st.integers(-20_00, 80_00).filter(bool).map(lambda cents: Decimal(cents) / 100)
FINAL = ("CANCELLED", "REFUNDED")


@dataclass(frozen=True)
class Part:
    status: str
    days_ago: float
    entries: list[Decimal]

    @property
    def worth(self) -> Decimal:
        return sum(self.entries, Decimal(0))

    def is_due(self, *, hold: int, on_days_ago: int) -> bool:
        end = datetime.combine(services.today() - timedelta(on_days_ago), time.max, UTC)
        moved_at = timezone.now() - timedelta(self.days_ago)
        has_waited = moved_at < min(end, timezone.now()) - timedelta(hold)
        if self.worth < 0:
            return True
        if self.status in FINAL:
            return self.worth == 0 or has_waited
        return self.status == "DELIVERED" and has_waited


parts = st.builds(
    Part,
    status=st.sampled_from(["DELIVERED", "DELIVERED", "SHIPPED", "PAID", *FINAL]),
    days_ago=st.sampled_from([0.01, 2.01, 5.01, 6.99, 7.01, 30.01]),
    entries=st.lists(CENTS, min_size=1, max_size=3),
)


@pytest.mark.slow
class TestDue(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        sold=st.lists(parts, max_size=4),
        corrections=st.lists(CENTS, max_size=2),
        minimum=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(25)]),
        hold=st.sampled_from([0, 2, 7]),
        on_days_ago=st.integers(0, 3),
    )
    def test_pays_the_due_parts_whole_or_nothing(
        self,
        sold: list[Part],
        corrections: list[Decimal],
        minimum: Decimal,
        hold: int,
        on_days_ago: int,
    ) -> None:
        vera = make_seller(payout_minimum=minimum, payout_hold_days=hold)
        due_ids: set[int] = set()
        for told in sold:
            part = make_part(vera, status=told.status, days_ago=told.days_ago)
            for amount in told.entries:
                book(vera, amount, part=part)
            if told.is_due(hold=hold, on_days_ago=on_days_ago):
                due_ids |= set(Entry.objects.filter(vendor_order=part).values_list("pk", flat=True))
        for amount in corrections:
            book(vera, amount, kind="adjustment")
        due_ids |= set(
            Entry.objects.filter(vendor=vera, vendor_order=None).values_list("pk", flat=True)
        )
        due = -sum((e.amount for e in Entry.objects.filter(pk__in=due_ids)), Decimal(0))
        everything = balances(vera)["payable"]
        on = services.today() - timedelta(on_days_ago)

        for seen in payout_querysets.preview(on=on):
            assert (seen.amount, seen.entries) == (due, len(due_ids))
            assert seen.balance == everything
        run = services.schedule_payouts(on=on)

        if due > 0 and due >= minimum:
            (payout,) = run.payouts
            taken = payout.entries.filter(account="vendor_payable").exclude(
                transaction__kind="payout"
            )
            assert set(taken.values_list("pk", flat=True)) == due_ids
            assert payout.amount == due
            assert balances(vera) == {"payable": everything - due, "in_transit": due}
        else:
            assert not run.payouts
            assert balances(vera) == {"payable": everything, "in_transit": 0}


@given(st.sampled_from(["daily", "weekly", "monthly"]), st.dates(max_value=date(9999, 1, 1)))
def test_the_last_day_is_the_latest_one_that_has_come(schedule: str, today: date) -> None:
    day = last_day(schedule, today)
    assert day <= today
    assert is_its_day(schedule, day)
    passed = [day + timedelta(n) for n in range(1, (today - day).days + 1)]
    assert not any(is_its_day(schedule, later) for later in passed)

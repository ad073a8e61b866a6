"""Payouts that several work on at the same moment."""

from functools import partial

import pytest

from shop.ledger import services
from shop.ledger.errors import IllegalPayoutMove
from shop.ledger.models import Payout, Transaction
from shop.ledger.tests.payouts.make import balances, book, make_seller, pay_out, sell
from shop.orders.tests.parallel import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_runs_at_once_pay_once() -> None:
    for _ in range(3):
        vendors = [make_seller() for _ in range(4)]
        for vendor in vendors:
            sell(vendor, "45.00")
        run = partial(services.schedule_payouts, on=services.today())
        runs = together([run, run, services.pay_due_days, services.pay_due_days])
        made = sum(len(done.payouts) for done in runs[:2]) + sum(runs[2:])
        assert made == 4
        for vendor in vendors:
            assert Payout.objects.get(vendor=vendor).amount == 45
            assert balances(vendor) == {"payable": 0, "in_transit": 45}


def test_sales_go_on_while_a_vendor_is_paid() -> None:
    vera = make_seller()
    part = sell(vera, "45.00")
    credit = partial(book, vera, "1.00", part=part)
    together([partial(services.schedule_payouts, on=services.today()), *[credit] * 6])
    payout = Payout.objects.get()
    left = balances(vera)
    assert payout.amount + left["payable"] == 51
    assert left["in_transit"] == payout.amount


def test_a_payout_has_one_end() -> None:
    for _ in range(5):
        vera = make_seller()
        sell(vera, "45.00")
        payout = services.send_payout(payout=pay_out(vera))
        fail = partial(services.fail_payout, payout=payout, reason="It came back.")
        settle = partial(services.settle_payout, payout=payout)
        results = together([fail, settle, fail, settle])
        # It may have arrived, and then come back.
        ends = Transaction.objects.filter(cause__startswith=f"payout:{payout.pk}:").order_by("id")
        kinds = list(ends.values_list("kind", flat=True))
        arrived, failed = ["payout_settled"], ["payout_returned"]
        assert kinds in (failed, [*arrived, *failed])
        assert results.count(IllegalPayoutMove) == 4 - len(kinds)
        payout.refresh_from_db()
        left = 45 if payout.status == "failed" else 0
        assert balances(vera) == {"payable": left, "in_transit": 0}

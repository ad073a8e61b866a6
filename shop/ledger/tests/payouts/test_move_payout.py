"""Payouts by hand: scheduled → sent → settled or failed, and the books of each."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from shop.core.models import OutboxEvent
from shop.ledger import services
from shop.ledger.errors import IllegalPayoutMove, VendorHeldBack
from shop.ledger.models import Entry, Payout, Transaction
from shop.ledger.tests.payouts.make import balances, pay_out, sell
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db

Move = Callable[..., Payout]
MOVES: dict[str, Move] = {
    "send": services.send_payout,
    "settle": services.settle_payout,
    "fail": partial(services.fail_payout, reason="The account is closed."),
}
ALLOWED = {
    ("scheduled", "send"): "sent",
    ("scheduled", "fail"): "failed",
    ("sent", "settle"): "settled",
    ("sent", "fail"): "failed",
    ("settled", "fail"): "failed",
}
WAYS: dict[str, list[str]] = {
    "scheduled": [],
    "sent": ["send"],
    "settled": ["send", "settle"],
    "failed": ["send", "fail"],
}


@pytest.fixture
def payout(vera: Vendor) -> Payout:
    sell(vera, "45.00")
    return pay_out(vera)


def events() -> list[str]:
    found = OutboxEvent.objects.filter(name__startswith="payout.").order_by("id")
    return list(found.values_list("name", flat=True))


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("move", MOVES)
def test_only_some_moves_are_allowed(payout: Payout, state: str, move: str) -> None:
    for way in WAYS[state]:
        payout = MOVES[way](payout=payout)
    assert payout.status == state
    before = (events(), Transaction.objects.count())
    if (state, move) in ALLOWED:
        assert MOVES[move](payout=payout).status == ALLOWED[state, move]
    else:
        with pytest.raises(IllegalPayoutMove):
            MOVES[move](payout=payout)
        payout.refresh_from_db()
        assert payout.status == state
        assert (events(), Transaction.objects.count()) == before


def test_sending_says_so_and_books_nothing(payout: Payout) -> None:
    before = Transaction.objects.count()
    sent = services.send_payout(payout=payout)
    assert sent.sent_at is not None
    assert events() == ["payout.scheduled", "payout.sent"]
    assert Transaction.objects.count() == before


def test_what_arrived_leaves_the_bank(payout: Payout, vera: Vendor) -> None:
    services.send_payout(payout=payout)
    settled = services.settle_payout(payout=payout, reference="4711")
    assert (settled.reference, settled.settled_at is not None) == ("4711", True)
    assert balances(vera) == {"payable": 0, "in_transit": 0}
    booked = Transaction.objects.get(cause=f"payout:{payout.pk}:settled")
    entries = booked.entries.values_list("account", "provider", "amount")
    assert set(entries) == {
        ("vendor_in_transit", "", Decimal(45)),
        ("clearing", "bank", Decimal(-45)),
    }
    assert events()[-1] == "payout.settled"


def test_what_comes_back_after_it_arrived_is_payable_again(payout: Payout, vera: Vendor) -> None:
    services.send_payout(payout=payout)
    services.settle_payout(payout=payout)
    services.fail_payout(payout=payout, reason="The bank recalled it.")
    assert balances(vera) == {"payable": 45, "in_transit": 0}
    entries = Entry.objects.filter(account="clearing", provider="bank")
    assert sum(entry.amount for entry in entries) == 0
    booked = Transaction.objects.get(cause=f"payout:{payout.pk}:returned")
    assert set(booked.entries.values_list("account", "amount")) == {
        ("clearing", Decimal(45)),
        ("vendor_payable", Decimal(-45)),
    }
    assert not booked.entries.exclude(payout=None).exists()
    assert pay_out(vera).amount == 45


@pytest.mark.parametrize("way", ["scheduled", "sent"])
def test_what_failed_is_payable_again(payout: Payout, vera: Vendor, way: str) -> None:
    for move in WAYS[way]:
        MOVES[move](payout=payout)
    failed = services.fail_payout(payout=payout, reason="The account is closed.")
    assert failed.failure_reason == "The account is closed."
    assert balances(vera) == {"payable": 45, "in_transit": 0}
    booked = Transaction.objects.get(cause=f"payout:{payout.pk}:returned")
    back = booked.entries.get(account=Entry.Account.VENDOR_PAYABLE)
    assert (back.payout, back.amount) == (None, Decimal(-45))
    assert booked.note == f"{payout.number}: The account is closed."
    assert events()[-1] == "payout.failed"
    again = pay_out(vera)
    assert list(again.entries.filter(amount__lt=0, account="vendor_payable")) == [back]


def test_payouts_of_a_suspended_vendor_wait(payout: Payout, vera: Vendor) -> None:
    Vendor.objects.filter(pk=vera.pk).update(status="suspended")
    with pytest.raises(VendorHeldBack):
        services.send_payout(payout=payout)
    assert services.fail_payout(payout=payout, reason="Suspended.").status == "failed"
    assert balances(vera)["payable"] == 45

from decimal import Decimal

import pytest
from django.db import IntegrityError

from shop.accounts.models import User
from shop.core.errors import DomainError
from shop.ledger import errors, querysets, services
from shop.ledger.models import Adjustment, Entry, Transaction
from shop.products.tests.make import house_vendor
from shop.vendors.models import Vendor, VendorChange

pytestmark = pytest.mark.django_db


def propose(vendor: Vendor, actor: User, amount: str = "12.50") -> Adjustment:
    return services.propose_adjustment(
        vendor=vendor, amount=Decimal(amount), currency="USD", reason=" Photos. ", actor=actor
    )


def payable(vendor: Vendor) -> Decimal:
    (balance,) = querysets.balances_of(vendor)
    return balance.payable


def test_books_nothing_before_another_has_approved(vera: Vendor, mona: User, milo: User) -> None:
    adjustment = propose(vera, mona)
    assert adjustment.reason == "Photos."
    assert payable(vera) == 0
    services.approve_adjustment(adjustment=adjustment, actor=milo)
    assert payable(vera) == Decimal("12.50")
    booked = Transaction.objects.get()
    assert (booked.cause, booked.note) == (f"adjustment:{adjustment.pk}", "Photos.")
    assert booked.actor == milo
    entries = {entry.account: entry.amount for entry in Entry.objects.all()}
    assert entries == {"adjustments": Decimal("12.50"), "vendor_payable": Decimal("-12.50")}


def test_debits_the_vendor_of_a_negative_amount(vera: Vendor, mona: User, milo: User) -> None:
    services.approve_adjustment(adjustment=propose(vera, mona, "-3.00"), actor=milo)
    (balance,) = querysets.balances_of(vera)
    assert balance.payable == Decimal("-3.00")
    assert balance.is_debt


def test_needs_another_than_who_proposed_it(vera: Vendor, mona: User) -> None:
    adjustment = propose(vera, mona)
    with pytest.raises(errors.NeedsAnother):
        services.approve_adjustment(adjustment=adjustment, actor=mona)
    assert not Transaction.objects.exists()


def test_needs_another_also_in_the_database(vera: Vendor, mona: User) -> None:
    adjustment = propose(vera, mona)
    with pytest.raises(IntegrityError):
        Adjustment.objects.filter(pk=adjustment.pk).update(
            status="approved", decided_by=mona, decided_at="2026-11-20T12:00:00Z"
        )


def test_decides_once(vera: Vendor, mona: User, milo: User) -> None:
    adjustment = propose(vera, mona)
    services.approve_adjustment(adjustment=adjustment, actor=milo)
    for decide in (services.approve_adjustment, services.reject_adjustment):
        with pytest.raises(errors.AlreadyDecided):
            decide(adjustment=adjustment, actor=milo)
    assert payable(vera) == Decimal("12.50")


def test_books_nothing_of_what_is_rejected(vera: Vendor, mona: User) -> None:
    adjustment = services.reject_adjustment(adjustment=propose(vera, mona), actor=mona)
    assert adjustment.status == "rejected"
    assert not Transaction.objects.exists()


def test_writes_down_who_did_what(vera: Vendor, mona: User, milo: User) -> None:
    adjustment = propose(vera, mona)
    services.approve_adjustment(adjustment=adjustment, actor=milo)
    services.reject_adjustment(adjustment=propose(vera, mona), actor=milo)
    written = VendorChange.objects.filter(vendor=vera, kind__startswith="adjustment").order_by("id")
    assert [(change.kind, change.actor) for change in written] == [
        ("adjustment_proposed", mona),
        ("adjustment_approved", milo),
        ("adjustment_proposed", mona),
        ("adjustment_rejected", milo),
    ]
    assert written[0].details == {
        "adjustment": adjustment.pk,
        "amount": "12.50",
        "currency": "USD",
    }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": Decimal(0)}, errors.AmountNotValid),
        ({"amount": Decimal("0.001")}, errors.AmountNotValid),
        ({"amount": Decimal(10**12)}, errors.AmountNotValid),
        ({"currency": "XXX"}, errors.WrongCurrency),
        ({"reason": "  "}, errors.ReasonNeeded),
    ],
)
def test_refuses_what_makes_no_sense(
    vera: Vendor, mona: User, changes: dict[str, object], error: type[DomainError]
) -> None:
    asked = {"amount": Decimal(1), "currency": "USD", "reason": "Photos."} | changes
    with pytest.raises(error):
        services.propose_adjustment(vendor=vera, actor=mona, **asked)  # type: ignore[arg-type]
    assert not Adjustment.objects.exists()


def test_refuses_to_owe_the_house(mona: User) -> None:
    with pytest.raises(errors.NoBooks):
        propose(house_vendor(), mona)

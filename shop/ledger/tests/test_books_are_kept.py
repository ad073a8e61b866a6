"""What PostgreSQL itself refuses of the books, whatever the code does."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shop.ledger.models import Entry, Payout, Transaction
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db

Account = Entry.Account


def post(*amounts: str, currency: str = "USD", vendor: Vendor | None = None) -> Transaction:
    """A transaction whose entries are of `amounts`, the first of a vendor, checked at once."""
    vendor = vendor or make_vendor()
    booked = Transaction.objects.create(kind="sale", cause=f"payment:{vendor.pk}")
    for number, amount in enumerate(amounts):
        of_vendor = {"account": Account.VENDOR_PAYABLE, "vendor": vendor}
        of_shop = {"account": Account.PLATFORM_COMMISSION}
        Entry.objects.create(
            transaction=booked,
            currency=currency,
            amount=Decimal(amount),
            **(of_shop if number else of_vendor),
        )
    check_now()
    return booked


def check_now() -> None:
    """What is checked at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def make_payout(vendor: Vendor) -> Payout:
    return Payout.objects.create(
        vendor=vendor,
        number=f"PO-{vendor.pk}",
        method="manual",
        currency="USD",
        amount=1,
        period_end="2026-11-28",
        destination={},
    )


def test_keeps_entries_that_sum_to_zero() -> None:
    assert post("-9.00", "4.00", "5.00").entries.count() == 3


@pytest.mark.parametrize("amounts", [("-9.00", "8.99"), ("1.00",), ()])
def test_refuses_entries_that_do_not(amounts: tuple[str, ...]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        post(*amounts)


def test_refuses_to_balance_one_currency_with_another() -> None:
    booked = post("-9.00", "9.00")
    Entry.objects.create(transaction=booked, account=Account.TAX, currency="EUR", amount=1)
    Entry.objects.create(transaction=booked, account=Account.TAX, currency="GBP", amount=-1)
    with pytest.raises(IntegrityError, match="do not sum to zero"):
        check_now()


def test_refuses_changes_and_deletions() -> None:
    booked = post("-9.00", "9.00")
    for change in (
        lambda: Entry.objects.filter(transaction=booked).update(amount=1),
        lambda: Entry.objects.filter(transaction=booked).delete(),
        lambda: Transaction.objects.filter(pk=booked.pk).update(note="x"),
        lambda: Transaction.objects.filter(pk=booked.pk).delete(),
    ):
        with pytest.raises(Exception, match=r"never changed|referenced"), transaction.atomic():
            change()


def test_says_once_which_payout_pays_an_entry_out() -> None:
    vendor = make_vendor()
    payable = post("-9.00", "9.00", vendor=vendor).entries.filter(vendor=vendor)
    assert payable.update(payout=make_payout(vendor)) == 1
    for other in (make_payout(make_vendor()), None):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            payable.update(payout=other)


def test_refuses_to_change_an_amount_beside_its_payout() -> None:
    vendor = make_vendor()
    payable = post("-9.00", "9.00", vendor=vendor).entries.filter(vendor=vendor)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        payable.update(payout=make_payout(vendor), amount=-8)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": Account.VENDOR_PAYABLE},
        {"account": Account.CLEARING},
        {"account": Account.TAX, "provider": "stripe"},
        {"account": "petty_cash"},
    ],
    ids=str,
)
def test_refuses_an_account_that_is_not_whole(wrong: dict[str, str]) -> None:
    booked = post("-9.00", "9.00")
    with pytest.raises(IntegrityError, match="ledger_entry_account_is_known"), transaction.atomic():
        Entry.objects.create(transaction=booked, currency="USD", amount=1, **wrong)

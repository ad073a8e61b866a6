"""Corrections of a vendor's balance by hand: one of the staff proposes, another approves."""

from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core.money import MAX_AMOUNT, quantize
from shop.core.transactions import atomic, retry_on_conflict
from shop.ledger import querysets
from shop.ledger.errors import (
    AlreadyDecided,
    AmountNotValid,
    NeedsAnother,
    NoBooks,
    ReasonNeeded,
    WrongCurrency,
)
from shop.ledger.models import Adjustment, Entry, Transaction
from shop.vendors import services as vendors
from shop.vendors.models import Vendor

Account = Entry.Account
Status = Adjustment.Status


@retry_on_conflict
@atomic
def propose_adjustment(
    *, vendor: Vendor, amount: Decimal, currency: str, reason: str, actor: User
) -> Adjustment:
    """Ask for `amount` to be credited to the vendor (negative: debited); nothing is booked yet.

    Raises `NoBooks` (409), `AmountNotValid`, `WrongCurrency`, `ReasonNeeded` (400).
    """
    if vendor.is_house:
        raise NoBooks
    if not reason.strip():
        raise ReasonNeeded(attr="reason")
    known = {settings.SHOP_CURRENCY, *querysets.currencies_of(vendor)}
    if currency not in known:
        detail = _("Known are: {currencies}.").format(currencies=", ".join(sorted(known)))
        raise WrongCurrency(detail, attr="currency")
    if not amount or abs(amount) > MAX_AMOUNT or quantize(amount, currency) != amount:
        raise AmountNotValid(attr="amount")
    adjustment = Adjustment.objects.create(
        vendor=vendor, amount=amount, currency=currency, reason=reason.strip(), proposed_by=actor
    )
    _note(adjustment, "adjustment_proposed", actor)
    return adjustment


@retry_on_conflict
@atomic
def approve_adjustment(*, adjustment: Adjustment, actor: User) -> Adjustment:
    """Book it. Raises `NeedsAnother`, `AlreadyDecided` (409)."""
    adjustment = _undecided(adjustment)
    if adjustment.proposed_by_id == actor.pk:
        raise NeedsAnother
    _decide(adjustment, Status.APPROVED, actor)
    transaction = Transaction.objects.create(
        kind=Transaction.Kind.ADJUSTMENT,
        cause=f"adjustment:{adjustment.pk}",
        note=adjustment.reason,
        actor=actor,
    )
    debit = Entry(
        transaction=transaction,
        account=Account.ADJUSTMENTS,
        currency=adjustment.currency,
        amount=adjustment.amount,
    )
    credit = Entry(
        transaction=transaction,
        account=Account.VENDOR_PAYABLE,
        vendor_id=adjustment.vendor_id,
        currency=adjustment.currency,
        amount=-adjustment.amount,
    )
    Entry.objects.bulk_create([debit, credit])
    _note(adjustment, "adjustment_approved", actor)
    return adjustment


@retry_on_conflict
@atomic
def reject_adjustment(*, adjustment: Adjustment, actor: User) -> Adjustment:
    """It is not booked; who proposed it may take it back so. Raises `AlreadyDecided` (409)."""
    adjustment = _undecided(adjustment)
    _decide(adjustment, Status.REJECTED, actor)
    _note(adjustment, "adjustment_rejected", actor)
    return adjustment


def _undecided(adjustment: Adjustment) -> Adjustment:
    rows = Adjustment.objects.select_for_update(of=["self"]).select_related("vendor")
    locked = rows.get(pk=adjustment.pk)
    if locked.status != Status.PROPOSED:
        raise AlreadyDecided
    return locked


def _decide(adjustment: Adjustment, status: Adjustment.Status, actor: User) -> None:
    adjustment.status, adjustment.decided_by = status, actor
    adjustment.decided_at = timezone.now()
    adjustment.save()


def _note(adjustment: Adjustment, kind: str, actor: User) -> None:
    vendors.note_change(
        vendor=adjustment.vendor,
        kind=kind,
        actor=actor,
        reason=adjustment.reason,
        details={
            "adjustment": adjustment.pk,
            "amount": str(adjustment.amount),
            "currency": adjustment.currency,
        },
    )

"""When a vendor is paid, and why not. Only computes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_noop

from shop.vendors.models import Vendor

Schedule = Vendor.PayoutSchedule

# Without these there is nowhere to send the money.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    Vendor.PayoutMethod.MANUAL: ("account_holder", "iban"),
    Vendor.PayoutMethod.STRIPE: ("account",),
}


class HeldBack(StrEnum):
    """Why a vendor is not paid what it has."""

    SUSPENDED = "suspended"
    NOT_APPROVED = "not_approved"
    ALREADY_PAID_OUT = "already_paid_out"
    NOTHING_DUE = "nothing_due"
    DEBT = "debt"
    BELOW_MINIMUM = "below_minimum"
    NO_DETAILS = "no_details"
    NOT_ITS_DAY = "not_its_day"


IN_WORDS: Mapping[HeldBack, str] = {
    HeldBack.SUSPENDED: gettext_noop("is suspended"),
    HeldBack.NOT_APPROVED: gettext_noop("is not approved"),
    HeldBack.ALREADY_PAID_OUT: gettext_noop("is paid out for that day already"),
    HeldBack.NOTHING_DUE: gettext_noop("has nothing that is due"),
    HeldBack.DEBT: gettext_noop("owes more than is due to it"),
    HeldBack.BELOW_MINIMUM: gettext_noop("is due less than its minimum"),
    HeldBack.NO_DETAILS: gettext_noop("has not said where to send its money"),
    HeldBack.NOT_ITS_DAY: gettext_noop("is paid on another day"),
}


@dataclass(frozen=True, kw_only=True)
class Due:
    """What one vendor has in one currency on a day.

    `amount` is what is due of it, out of `entries` entries; it is negative while more was
    given back than sold. `balance` is all that is payable, also what is not due yet. `is_paid`:
    the day has a payout that has not failed; `is_done`: the day or a later one has any.
    """

    vendor_id: int
    name: str
    slug: str
    status: str
    method: str
    schedule: str
    details: Mapping[str, Any]
    minimum: Decimal
    currency: str
    amount: Decimal
    balance: Decimal
    entries: int
    is_paid: bool
    is_done: bool


def why_not(due: Due, *, on: date, whatever_day: bool = False) -> HeldBack | None:
    """Why `due` is not paid out on the day `on`; None: it is.

    `whatever_day`: people ask for it, and the vendor's schedule is not looked at.
    """
    conditions = {
        HeldBack.SUSPENDED: due.status == Vendor.Status.SUSPENDED,
        HeldBack.NOT_APPROVED: due.status != Vendor.Status.APPROVED,
        HeldBack.ALREADY_PAID_OUT: due.is_paid,
        HeldBack.DEBT: due.amount < 0,
        HeldBack.NOTHING_DUE: due.amount == 0,
        HeldBack.BELOW_MINIMUM: due.amount < due.minimum,
        HeldBack.NO_DETAILS: not has_details(due.method, due.details),
        HeldBack.NOT_ITS_DAY: not (whatever_day or is_its_day(due.schedule, on)),
    }
    return next((reason for reason, applies in conditions.items() if applies), None)


def has_details(method: str, details: Mapping[str, Any]) -> bool:
    """Whether a vendor has said where to send its money."""
    return all(details.get(name) for name in _NEEDED[method])


def is_its_day(schedule: str, on: date) -> bool:
    """Daily; weekly on Mondays; monthly on the 1st."""
    return last_day(schedule, on) == on


def last_day(schedule: str, today: date) -> date:
    """The last day, today included, on which vendors of this schedule are paid."""
    if schedule == Schedule.WEEKLY:
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if schedule == Schedule.MONTHLY else today


def last_days(today: date) -> Iterator[tuple[str, date]]:
    """Each schedule with its last day."""
    for schedule in Schedule.values:
        yield schedule, last_day(schedule, today)

"""Setting aside what is due. Each vendor is paid in a transaction of its own.

Two runs at once, or one that was killed and is begun again, pay nobody twice: the vendor's row
is locked, an entry says once which payout pays it, and a period has one payout.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core import sql
from shop.core.errors import Problem
from shop.core.events import publish
from shop.core.failpoints import failpoint, failpoint_after_commit
from shop.core.transactions import atomic, retry_on_conflict
from shop.ledger import payout_querysets
from shop.ledger.due import IN_WORDS, Due, HeldBack, last_days, why_not
from shop.ledger.errors import AlreadyPaidOut, DayToCome, NothingToPayOut
from shop.ledger.events import PayoutScheduled
from shop.ledger.models import Payout
from shop.vendors.models import Vendor

logger = logging.getLogger(__name__)

_LOCK = "SELECT id FROM vendors_vendor WHERE id = %s FOR NO KEY UPDATE"


@dataclass(frozen=True)
class Run:
    """What a run did: the payouts that it made, and who has something and was not paid."""

    payouts: Sequence[Payout]
    held_back: Sequence[tuple[Due, HeldBack]]


class _NotAnyMore(Exception):
    """What was due in the preview is not to be paid, now that the vendor is locked."""


def preview_payouts(*, on: date | None = None) -> list[tuple[Due, HeldBack | None]]:
    """What a run of all vendors on this day (or today) would pay, or why not.

    Changes nothing. Raises `DayToCome` (400).
    """
    on = on or today()
    if on > today():
        raise DayToCome(attr="on")
    return [(due, why_not(due, on=on)) for due in payout_querysets.preview(on=on)]


def schedule_payouts(
    *, on: date, vendors: Sequence[Vendor] | None = None, actor: User | None = None
) -> Run:
    """Pay out what is due on the day `on`, to all vendors that are paid on such a day.

    `vendors`: these, whatever their schedule. How much it is, is not asked: all that is due,
    if it reaches the minimum. A day is paid once for each vendor and currency; without an
    `actor`, what cannot be paid is skipped. Raises `DayToCome` (400), and for people
    `AlreadyPaidOut` and `NothingToPayOut` (409).
    """
    if on > today():
        raise DayToCome(attr="on")
    ids = None if vendors is None else [vendor.pk for vendor in vendors]
    found = payout_querysets.preview(on=on, vendors=ids)
    judged = [(due, why_not(due, on=on, whatever_day=vendors is not None)) for due in found]
    if actor is not None:
        _refuse_a_day_twice(on=on, vendors=ids, judged=judged)
    payouts = _pay((due for due, reason in judged if reason is None), on=on, actor=actor)
    held_back = [(due, reason) for due, reason in judged if reason is not None]
    if actor is not None and vendors is not None and not payouts:
        raise NothingToPayOut(problems=_reasons(vendors, held_back))
    return Run(payouts, held_back)


def pay_due_days() -> int:
    """What the schedule does: each vendor's last day of payment, unless that is done.

    A day that was missed is made up for; one whose payout failed is left to the next day, or
    to people. Safe to repeat, however often. Returns how many payouts it made.
    """
    made = 0
    for schedule, day in last_days(today()):
        found = payout_querysets.preview(on=day, schedule=schedule)
        open_ones = (due for due in found if not due.is_done and why_not(due, on=day) is None)
        made += len(_pay(open_ones, on=day, actor=None))
    return made


def today() -> date:
    """The day by which payouts are counted: that of UTC."""
    now: datetime = timezone.now()
    return now.date()


def _refuse_a_day_twice(
    *, on: date, vendors: Sequence[int] | None, judged: Sequence[tuple[Due, HeldBack | None]]
) -> None:
    """Before anything is paid: if one of the named is paid already, or all that had something."""
    payable = {due.vendor_id for due, reason in judged if reason is None}
    paid = payout_querysets.paid_out(on=on, vendors=vendors).exclude(vendor__in=payable).first()
    if paid is not None and (vendors is not None or not payable):
        detail = _("{day} is paid out already, by {number}.")
        raise AlreadyPaidOut(detail.format(day=f"{on:%Y-%m-%d}", number=paid.number))


def _reasons(vendors: Sequence[Vendor], held_back: Sequence[tuple[Due, HeldBack]]) -> list[Problem]:
    reasons = {due.vendor_id: reason for due, reason in held_back}
    return [
        Problem(
            NothingToPayOut.code,
            _("{vendor} {reason}.").format(
                vendor=vendor.name,
                reason=_(IN_WORDS[reasons.get(vendor.pk, HeldBack.NOTHING_DUE)]),
            ),
        )
        for vendor in vendors
    ]


def _pay(dues: Iterable[Due], *, on: date, actor: User | None) -> list[Payout]:
    made = []
    for due in dues:
        try:
            made.append(_pay_one(due=due, on=on, actor=actor))
        except _NotAnyMore:
            # Another run was faster, or the vendor was suspended meanwhile.
            continue
        except (OperationalError, InterfaceError):
            # That is no vendor's own trouble, and whoever asked must not hear of success.
            raise
        except Exception:
            # One vendor's broken books must not keep the others' money.
            logger.exception("%s could not be paid out for %s", due.slug, on)
    return made


@retry_on_conflict
@atomic
def _pay_one(*, due: Due, on: date, actor: User | None) -> Payout:
    sql.rows(_LOCK, [due.vendor_id])
    payout = payout_querysets.take(
        vendor_id=due.vendor_id,
        currency=due.currency,
        on=on,
        actor_id=None if actor is None else actor.pk,
    )
    if payout is None:
        raise _NotAnyMore
    publish(PayoutScheduled(payout_id=payout.pk, vendor_id=payout.vendor_id))
    failpoint("payout.before_commit")
    failpoint_after_commit("payout.after_commit")
    return payout

"""From set aside to paid: scheduled → sent → settled, or failed, which makes it payable again.

A bank or Stripe may also bring back what had arrived: settled → failed.

Providers are called between transactions. Before the first call the payout is marked as
attempted, and from then on nobody may give it up until it is known whether it went.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core import sql
from shop.core.events import publish
from shop.core.failpoints import failpoint
from shop.core.idempotency import once
from shop.core.locks import session_lock
from shop.core.transactions import atomic, retry_on_conflict
from shop.ledger import payout_querysets
from shop.ledger.errors import IllegalPayoutMove, VendorHeldBack
from shop.ledger.events import PayoutFailed, PayoutSent, PayoutSettled
from shop.ledger.models import Entry, Payout, Transaction
from shop.ledger.payout_providers import PROVIDERS
from shop.ledger.payout_providers.provider import Fate
from shop.payments.errors import NotEnoughMoney, ProviderAway, ProviderRefused
from shop.vendors.models import Vendor

logger = logging.getLogger(__name__)

Account = Entry.Account
Status = Payout.Status

BATCH = 100
PATIENCE = timedelta(minutes=1)
# A transfer may still be taken back after it arrived: for so long it is asked for, so often.
FOLLOWED_FOR = timedelta(days=30)
ASKED_AGAIN_AFTER = timedelta(days=1)
# How long a call may still be at work at the provider after we have hung up.
IN_FLIGHT = timedelta(minutes=2)
_ONLINE = [method for method, provider in PROVIDERS.items() if not provider.is_manual]

_BOOK = """
    WITH booked AS (
        INSERT INTO ledger_transaction (kind, cause, note, actor_id, created_at)
        VALUES (%(kind)s, %(cause)s, %(note)s, %(actor)s, now()) RETURNING id
    )
    INSERT INTO ledger_entry (
        transaction_id, account, vendor_id, provider, currency, amount, payout_id
    )
    SELECT booked.id, side.account, side.vendor_id, side.provider, %(currency)s,
           side.amount, side.payout_id
    FROM booked, (VALUES
        (%(from)s, %(from_owner)s::bigint, %(from_provider)s, %(amount)s::numeric,
         %(from_payout)s::bigint),
        (%(to)s, %(to_owner)s::bigint, %(to_provider)s, -%(amount)s::numeric, NULL)
    ) AS side (account, vendor_id, provider, amount, payout_id)
"""


# --- Sending ----------------------------------------------------------------------------


def send_payout(*, payout: Payout, actor: User | None = None) -> Payout:
    """Have it sent, or state that the bank was told to; safe to repeat after a lost answer.

    When the provider does not answer, or the shop's balance there is too small, it stays
    scheduled and is tried again by itself. When the provider refuses for good, it has failed,
    and what it held is payable again. Raises `IllegalPayoutMove`, `VendorHeldBack`,
    `NotEnoughMoney`, `ProviderRefused` (409), `ProviderAway` (503).
    """
    with _alone(payout):
        payout = _begin(payout_id=payout.pk)
        if payout.status == Status.FAILED:
            raise ProviderRefused
        return payout if payout.status != Status.SCHEDULED else _send(payout, actor=actor)


def _send(payout: Payout, *, actor: User | None) -> Payout:
    failpoint("payout.before_provider")
    try:
        reference = PROVIDERS[payout.method].send(payout)
    except NotEnoughMoney:
        _note_refusal(payout=payout)
        raise
    except ProviderRefused:
        _record_failure(payout_id=payout.pk, reason="The provider refused it.", actor=actor)
        raise
    failpoint("payout.after_provider")
    return _record_sent(payout_id=payout.pk, reference=reference)


@contextmanager
def _alone(payout: Payout) -> Iterator[None]:
    """Two attempts at once could be two transfers, when the first one of them is refused."""
    with session_lock(f"payout {payout.pk}") as is_ours:
        if not is_ours:
            raise IllegalPayoutMove("This payout is being sent at this moment.")
        yield


def send_waiting() -> int:
    """Send what is scheduled and needs no people; returns how many were sent."""
    waiting = Payout.objects.filter(
        status=Status.SCHEDULED, method__in=_ONLINE, vendor__status=Vendor.Status.APPROVED
    )
    return _each(waiting, lambda payout: send_payout(payout=payout))


def follow_sent() -> int:
    """Ask what became of those that were sent; returns how many have their end."""
    sent = Payout.objects.filter(
        status=Status.SENT, method__in=_ONLINE, sent_at__lt=Now() - PATIENCE
    )
    return _each(sent, _follow)


def _follow(payout: Payout) -> Payout:
    fate = PROVIDERS[payout.method].fate_of(payout)
    if fate == Fate.ARRIVED:
        return settle_payout(payout=payout)
    return _took_back(payout) if fate == Fate.CAME_BACK else payout


def follow_settled() -> int:
    """Ask whether what arrived in the last month is still there; returns how many are not."""
    settled = Payout.objects.filter(
        status=Status.SETTLED, method__in=_ONLINE, settled_at__gt=Now() - FOLLOWED_FOR
    ).annotate(last=Coalesce("checked_at", "settled_at"))
    return _each(settled.filter(last__lt=Now() - ASKED_AGAIN_AFTER), _follow_settled)


def _follow_settled(payout: Payout) -> Payout:
    # First, so that one that cannot be asked for does not keep the others waiting.
    Payout.objects.filter(pk=payout.pk).update(checked_at=Now())
    fate = PROVIDERS[payout.method].fate_of(payout)
    return _took_back(payout) if fate == Fate.CAME_BACK else payout


def _took_back(payout: Payout) -> Payout:
    return _give_up(payout_id=payout.pk, reason="The transfer was reversed.", actor=None)


def _each(payouts: QuerySet[Payout], action: Callable[[Payout], Payout]) -> int:
    moved = 0
    for payout in payouts.order_by("id")[:BATCH]:
        before = payout.status
        try:
            moved += action(payout).status != before
        except ProviderAway:
            # The others come again with this one, and need not wait now.
            logger.warning("payout %s waits for its provider", payout)
            break
        except (NotEnoughMoney, ProviderRefused, IllegalPayoutMove) as refusal:
            logger.warning("payout %s: %s", payout, refusal)
        except Exception:
            # One broken payout must not keep the others' money.
            logger.exception("payout %s could not be moved", payout)
    return moved


@retry_on_conflict
@atomic
def _begin(*, payout_id: int) -> Payout:
    """The payout, marked: from now on its provider may have it.

    A request that is repeated under its key gets it as it is by now.
    """
    payout = payout_querysets.locked(payout_id)
    once("payout", partial(_check, payout, Status.SENT))
    if payout.status == Status.SCHEDULED:
        if payout.vendor.status != Vendor.Status.APPROVED:
            raise VendorHeldBack
        Payout.objects.filter(pk=payout.pk).update(attempted_at=Now())
        payout.refresh_from_db(fields=["attempted_at"])
    return payout


@retry_on_conflict
@atomic
def _note_refusal(*, payout: Payout) -> None:
    """It was not sent: the next attempt is another one, and people may give it up instead."""
    refused = Payout.objects.filter(pk=payout.pk, refusals=payout.refusals, status=Status.SCHEDULED)
    refused.update(refusals=F("refusals") + 1, attempted_at=None)


@retry_on_conflict
@atomic
def _record_sent(*, payout_id: int, reference: str) -> Payout:
    payout = payout_querysets.locked(payout_id)
    if payout.status != Status.SCHEDULED and payout.reference == reference:
        return payout
    _move(payout, Status.SENT, reference=reference)
    publish(PayoutSent(payout_id=payout.pk, vendor_id=payout.vendor_id))
    failpoint("payout.before_sent")
    return payout


# --- The end ----------------------------------------------------------------------------


@retry_on_conflict
@atomic
def settle_payout(*, payout: Payout, reference: str = "", actor: User | None = None) -> Payout:
    """The vendor has the money; `reference` is the bank's name of it.

    Raises `IllegalPayoutMove`.
    """
    payout = payout_querysets.locked(payout.pk)
    is_manual = PROVIDERS[payout.method].is_manual
    known = reference if reference and is_manual else payout.reference
    _move(payout, Status.SETTLED, reference=known)
    _book(
        payout,
        Transaction.Kind.PAYOUT_SETTLED,
        actor=actor,
        debited=Account.VENDOR_IN_TRANSIT,
        credited=Account.CLEARING,
    )
    publish(PayoutSettled(payout_id=payout.pk, vendor_id=payout.vendor_id))
    return payout


def fail_payout(*, payout: Payout, reason: str, actor: User | None = None) -> Payout:
    """It came back, or shall not be sent: the amount is payable again, with the next payout.

    Also when it had arrived before. A provider that may have it is asked first; what it has is
    not given up. Raises `IllegalPayoutMove`, `ProviderRefused` (409), `ProviderAway` (503).
    """
    with _alone(payout):
        payout = Payout.objects.get(pk=payout.pk)
        if payout.status == Status.SCHEDULED and payout.attempted_at is not None:
            _make_sure_it_was_not_sent(payout)
        if payout.status in (Status.SENT, Status.SETTLED):
            _make_sure_it_came_back(payout)
        return _give_up(payout_id=payout.pk, reason=reason, actor=actor)


def _make_sure_it_was_not_sent(payout: Payout) -> None:
    provider = PROVIDERS[payout.method]
    if provider.is_manual:
        return
    if payout.attempted_at and timezone.now() - payout.attempted_at < IN_FLIGHT:
        raise IllegalPayoutMove("The provider was asked just now; wait for two minutes.")
    reference = provider.sent_before(payout)
    if reference is not None:
        _record_sent(payout_id=payout.pk, reference=reference)
        raise IllegalPayoutMove("The provider has sent this payout.")


def _make_sure_it_came_back(payout: Payout) -> None:
    """People know what their bank did; a provider says so itself."""
    provider = PROVIDERS[payout.method]
    if not provider.is_manual and provider.fate_of(payout) != Fate.CAME_BACK:
        raise IllegalPayoutMove("The provider has this payout: it was not taken back there.")


@retry_on_conflict
@atomic
def _give_up(*, payout_id: int, reason: str, actor: User | None) -> Payout:
    payout = payout_querysets.locked(payout_id)

    def fail() -> None:
        _fail(payout, reason=reason, actor=actor)

    once("payout", fail)
    return payout


@retry_on_conflict
@atomic
def _record_failure(*, payout_id: int, reason: str, actor: User | None) -> None:
    """The provider refused: that it was attempted does not matter any more."""
    payout = payout_querysets.locked(payout_id)
    if payout.status == Status.SCHEDULED:
        _fail(payout, reason=reason, actor=actor)


def _fail(payout: Payout, *, reason: str, actor: User | None) -> None:
    had_arrived = payout.status == Status.SETTLED
    _move(payout, Status.FAILED, failure_reason=reason)
    _book(
        payout,
        Transaction.Kind.PAYOUT_RETURNED,
        actor=actor,
        debited=Account.CLEARING if had_arrived else Account.VENDOR_IN_TRANSIT,
        credited=Account.VENDOR_PAYABLE,
        note=reason,
    )
    publish(PayoutFailed(payout_id=payout.pk, vendor_id=payout.vendor_id))


# --- Moves and books ----------------------------------------------------------------------

_FROM: Mapping[str, tuple[str, ...]] = {
    Status.SENT: (Status.SCHEDULED,),
    Status.SETTLED: (Status.SENT,),
    Status.FAILED: (Status.SCHEDULED, Status.SENT, Status.SETTLED),
}


def _check(payout: Payout, to: Payout.Status) -> None:
    if payout.status not in _FROM[to]:
        detail = _("This payout is {status}; it cannot become {to}.")
        raise IllegalPayoutMove(detail.format(status=payout.status, to=to))


def _move(payout: Payout, to: Payout.Status, **changes: str) -> None:
    _check(payout, to)
    stamp = {f"{to}_at": Now()}
    Payout.objects.filter(pk=payout.pk).update(status=to, **stamp, **changes)
    payout.refresh_from_db()


def _book(
    payout: Payout,
    kind: Transaction.Kind,
    *,
    actor: User | None,
    debited: Entry.Account,
    credited: Entry.Account,
    note: str = "",
) -> None:
    """Out of the one account, into the other."""
    end = "settled" if kind == Transaction.Kind.PAYOUT_SETTLED else "returned"
    params = {
        "kind": kind,
        "cause": f"payout:{payout.pk}:{end}",
        "note": f"{payout.number}: {note}"[:500] if note else payout.number,
        "actor": None if actor is None else actor.pk,
        "currency": payout.currency,
        "amount": payout.amount,
        "from_payout": payout.pk if debited == Account.VENDOR_IN_TRANSIT else None,
        **_side("from", payout, debited),
        **_side("to", payout, credited),
    }
    sql.run(_BOOK, params)


def _side(name: str, payout: Payout, account: Entry.Account) -> dict[str, object]:
    is_clearing = account == Account.CLEARING
    return {
        name: account,
        f"{name}_owner": None if is_clearing else payout.vendor_id,
        f"{name}_provider": PROVIDERS[payout.method].clearing if is_clearing else "",
    }

"""Stripe Connect: a transfer to the vendor's connected account."""

from datetime import UTC, timedelta
from typing import ClassVar

from django.conf import settings
from django.utils import timezone

from shop.ledger.models import Payout
from shop.ledger.payout_providers.provider import Fate
from shop.payments import stripe
from shop.payments.errors import ProviderAway, ProviderRefused
from shop.payments.provider import Transfer


class StripeConnect:
    clearing: ClassVar[str] = "stripe"
    is_manual: ClassVar[bool] = False

    def send(self, payout: Payout) -> str:
        if not settings.STRIPE_SECRET_KEY:
            raise ProviderAway
        group = group_of(payout)
        if _may_be_forgotten(payout) and (made := _made_before(group)):
            return made
        try:
            return stripe.transfer(_wanted(payout, group)).reference
        except ProviderRefused:
            if made := _made_before(group):
                return made
            raise

    def fate_of(self, payout: Payout) -> Fate:
        if not settings.STRIPE_SECRET_KEY:
            raise ProviderAway
        found = stripe.fetch_transfer(payout.reference)
        if found.has_come_back:
            return Fate.CAME_BACK
        # What came back in part is for people to judge.
        return Fate.ON_ITS_WAY if found.returned else Fate.ARRIVED


def group_of(payout: Payout) -> str:
    """What Stripe knows it by: another one in a database made anew."""
    return f"payout-{payout.pk}-{payout.created_at.astimezone(UTC):%Y%m%d%H%M%S%f}"


def _wanted(payout: Payout, group: str) -> Transfer:
    return Transfer(
        # Stripe repeats a refusal to its key: whoever was refused asks under another one.
        key=f"{group}-{payout.refusals}",
        group=group,
        amount=payout.amount,
        currency=payout.currency,
        account=payout.destination["account"],
        number=payout.number,
    )


def _may_be_forgotten(payout: Payout) -> bool:
    """Whether Stripe may know its key no more, but have made the transfer."""
    began = payout.attempted_at or payout.created_at
    since: timedelta = timezone.now() - began
    return since > stripe.KEYS_ARE_SAFE_FOR


def _made_before(group: str) -> str | None:
    return next((made.reference for made in stripe.transfers_of(group)), None)

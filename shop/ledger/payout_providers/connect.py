"""Stripe Connect: a transfer to the vendor's connected account."""

from datetime import UTC
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
        # Stripe forgets keys, but not transfers.
        is_old = timezone.now() - payout.created_at > stripe.KEYS_ARE_SAFE_FOR
        if is_old and (made := self.sent_before(payout)):
            return made
        try:
            return stripe.transfer(_wanted(payout)).reference
        except ProviderRefused:
            if made := self.sent_before(payout):
                return made
            raise

    def sent_before(self, payout: Payout) -> str | None:
        return next((made.reference for made in stripe.transfers_of(group_of(payout))), None)

    def fate_of(self, payout: Payout) -> Fate:
        found = stripe.fetch_transfer(payout.reference)
        if found.has_come_back:
            return Fate.CAME_BACK
        # What came back in part is for people to judge.
        return Fate.ON_ITS_WAY if found.returned else Fate.ARRIVED


def group_of(payout: Payout) -> str:
    """What Stripe knows it by: another one in a database made anew."""
    return f"payout-{payout.pk}-{payout.created_at.astimezone(UTC):%Y%m%d%H%M%S%f}"


def _wanted(payout: Payout) -> Transfer:
    group = group_of(payout)
    return Transfer(
        # Stripe repeats a refusal to its key: whoever was refused asks under another one.
        key=f"{group}-{payout.refusals}",
        group=group,
        amount=payout.amount,
        currency=payout.currency,
        account=payout.destination["account"],
        number=payout.number,
    )

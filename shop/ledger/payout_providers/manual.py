"""The shop's own bank: people take a file there, and say what became of it."""

from typing import ClassVar

from shop.ledger.models import Payout
from shop.ledger.payout_providers.provider import Fate


class Manual:
    clearing: ClassVar[str] = "bank"
    is_manual: ClassVar[bool] = True

    def send(self, payout: Payout) -> str:
        return payout.reference

    def sent_before(self, payout: Payout) -> str | None:
        return None

    def fate_of(self, payout: Payout) -> Fate:
        return Fate.ON_ITS_WAY

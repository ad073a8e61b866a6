"""What payouts need of whoever carries them.

Called outside transactions, and more than once for the same payout: after an answer was lost
the next call finds what the first one did.
"""

from enum import Enum
from typing import ClassVar, Protocol

from shop.ledger.models import Payout


class Fate(Enum):
    """What became of a payout that was sent."""

    ON_ITS_WAY = "on its way"
    ARRIVED = "arrived"
    CAME_BACK = "came back"


class PayoutProvider(Protocol):
    """`clearing` is the provider whose account in the books the money leaves.

    `is_manual`: people move the money and say so; nothing is done or asked from here.
    """

    clearing: ClassVar[str]
    is_manual: ClassVar[bool]

    def send(self, payout: Payout) -> str:
        """Send it; answers the provider's own name of it.

        Raises `ProviderAway` (perhaps it was sent), `NotEnoughMoney` and `ProviderRefused`
        (it was not).
        """

    def sent_before(self, payout: Payout) -> str | None:
        """The provider's name of it, if it has it. Raises `ProviderAway`, `ProviderRefused`."""

    def fate_of(self, payout: Payout) -> Fate:
        """How one stands that was sent. Raises `ProviderAway`, `ProviderRefused`."""

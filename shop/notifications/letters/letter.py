from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shop.core.money import quantize


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail before it is written; its kind names the templates that `context` fills.

    `user_id` says whose it is, if it is a customer's. `has_secret`: it carries a token.
    """

    to: str
    subject: str
    context: Mapping[str, Any] = field(default_factory=dict)
    user_id: int | None = None
    has_secret: bool = False


def money(amount: Decimal, currency: str) -> str:
    """As people read it: 1,299.00 USD."""
    return f"{quantize(amount, currency):,} {currency}"

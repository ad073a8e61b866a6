from dataclasses import dataclass
from typing import ClassVar

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class StockLow(Event):
    """A variant's available number fell to its threshold or below; once per crossing."""

    name: ClassVar[str] = "stock.low"
    variant_id: int
    available: int

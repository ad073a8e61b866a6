"""From which warehouses an order is served. Only computes; the caller holds the locks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shop.inventory.models import StockLevel


@dataclass(frozen=True)
class Allocation:
    """Either `parts` covers everything asked for, or `shortages` names what is available."""

    parts: list[tuple[StockLevel, int]]
    shortages: dict[int, int]


def allocate(levels: Iterable[StockLevel], quantities: Mapping[int, int]) -> Allocation:
    """Serve each variant from one warehouse that has enough, else from as few as possible."""
    by_variant: dict[int, list[StockLevel]] = defaultdict(list)
    for level in levels:
        by_variant[level.variant_id].append(level)
    result = Allocation(parts=[], shortages={})
    for variant_id, wanted in quantities.items():
        here = by_variant[variant_id]
        available = sum(level.available for level in here)
        if available < wanted:
            result.shortages[variant_id] = available
        else:
            result.parts.extend(_take(here, wanted))
    return result


def _take(levels: list[StockLevel], wanted: int) -> Iterable[tuple[StockLevel, int]]:
    enough = [level for level in levels if level.available >= wanted]
    if enough:
        yield enough[0], wanted
        return
    for level in sorted(levels, key=lambda level: -level.available):
        part = min(level.available, wanted)
        if part > 0:
            yield level, part
            wanted -= part

"""Up to 1,000 stock levels in one request, each with a fate of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from shop.accounts.models import User
from shop.core.bulk import Fates, change_in_chunks
from shop.core.errors import DomainError, NotFound
from shop.inventory.errors import BelowReserved, StockLimitReached
from shop.inventory.models import StockLevel, StockMovement
from shop.inventory.services import levels
from shop.inventory.services.levels import MAX_ON_HAND, Change

Kind = StockMovement.Kind


@dataclass(frozen=True, kw_only=True)
class Count:
    """What a warehouse holds of a variant: `on_hand` of it, or `change` (signed) more."""

    variant_id: int
    warehouse_id: int
    on_hand: int | None = None
    change: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        return self.variant_id, self.warehouse_id

    def difference(self, level: StockLevel) -> int:
        """What is to be added to `level`. Raises `BelowReserved`, `StockLimitReached`."""
        attr = "change" if self.on_hand is None else "on_hand"
        wanted = level.on_hand + (self.change or 0) if self.on_hand is None else self.on_hand
        if wanted < level.reserved:
            raise BelowReserved(
                f"{level.on_hand} are on hand and {level.reserved} of them promised to orders.",
                attr=attr,
            )
        if wanted > MAX_ON_HAND:
            raise StockLimitReached(attr=attr)
        return wanted - level.on_hand


def change_levels(
    *,
    counts: Mapping[int, Count],
    reason: str,
    all_or_nothing: bool = False,
    actor: User | None = None,
) -> Fates[StockLevel]:
    """Do what `counts` say; answers the level that each is about, or why it was refused.

    A level that is missing is made. No two are about the same one. With `all_or_nothing`
    refusals are raised as one and nothing is done, else 100 share a transaction. The
    statements do not grow with the counts of one.
    """
    return change_in_chunks(
        changes=counts,
        apply=partial(_apply, reason=reason, actor=actor),
        all_or_nothing=all_or_nothing,
    )


def _apply(counts: Mapping[int, Count], *, reason: str, actor: User | None) -> Fates[StockLevel]:
    new = levels.make_places([count.place for count in counts.values()])
    locked = levels.lock_levels({count.variant_id for count in counts.values()})
    by_place = {(level.variant_id, level.warehouse_id): level for level in locked}
    fates: Fates[StockLevel] = {}
    changes = []
    for index, count in counts.items():
        level = by_place.get(count.place)
        try:
            if level is None:
                raise NotFound("There is no such variant.", attr="variant")
            difference = count.difference(level)
        except DomainError as refusal:
            fates[index] = refusal
            continue
        fates[index] = level
        if difference:
            is_receipt = count.place in new and count.on_hand is not None
            kind = Kind.RECEIVE if is_receipt else Kind.ADJUST
            changes.append(Change(level, kind, on_hand=difference))
    levels.apply_changes(changes=changes, levels=locked, reason=reason, actor=actor)
    _unmake(
        new - {counts[index].place for index, fate in fates.items() if _is_done(fate)}, by_place
    )
    return fates


def _is_done(fate: StockLevel | DomainError) -> bool:
    return isinstance(fate, StockLevel)


def _unmake(places: set[tuple[int, int]], by_place: Mapping[tuple[int, int], StockLevel]) -> None:
    """Levels that were made for what was refused then: nothing of it stays."""
    unused = [by_place[place].pk for place in places if place in by_place]
    if unused:
        StockLevel.objects.filter(pk__in=unused).delete()

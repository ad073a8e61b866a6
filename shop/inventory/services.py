"""Every change of stock. Each locks the levels it touches in one order, so none deadlocks,
writes one movement per changed level, and takes the same number of statements however
many variants it is about.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from shop.accounts.models import User
from shop.core.errors import Invalid, NotFound
from shop.core.events import publish
from shop.inventory import querysets
from shop.inventory.allocation import allocate
from shop.inventory.errors import (
    AlreadyReserved,
    BelowReserved,
    OutOfStock,
    QuantityOutOfRange,
    ReturnExceedsSale,
    StockLimitReached,
)
from shop.inventory.events import StockLow
from shop.inventory.models import Reservation, StockLevel, StockMovement, Warehouse

MAX_QUANTITY = 1_000_000
MAX_ON_HAND = 2_000_000_000

Kind = StockMovement.Kind


@dataclass(frozen=True)
class Change:
    """What happens to one locked level; both numbers are signed."""

    level: StockLevel
    kind: StockMovement.Kind
    on_hand: int = 0
    reserved: int = 0


# --- Staff and imports ------------------------------------------------------------------


@transaction.atomic
def set_available(
    *,
    stock: Mapping[int, int],
    reason: str,
    reference: str = "",
    warehouse: Warehouse | None = None,
    actor: User | None = None,
) -> None:
    """Bring each variant's available number in the warehouse to `stock[variant_id]`.

    Levels that are missing are made. The warehouse is the default one unless named.
    """
    if any(number < 0 or number > MAX_ON_HAND for number in stock.values()):
        raise QuantityOutOfRange(f"Stock must be from 0 to {MAX_ON_HAND}.")
    warehouse = warehouse or querysets.default_warehouse()
    new = _make_missing_levels(stock, warehouse)
    levels = lock_levels(stock)
    changes = []
    for level in levels:
        difference = stock[level.variant_id] - level.available
        if level.warehouse_id == warehouse.pk and difference:
            is_receipt = level.variant_id in new and difference > 0
            kind = Kind.RECEIVE if is_receipt else Kind.ADJUST
            changes.append(Change(level, kind, on_hand=difference))
    _apply(changes, levels, reason=reason, reference=reference, actor=actor)


@transaction.atomic
def receive_stock(
    *,
    variant_id: int,
    quantity: int,
    warehouse: Warehouse | None = None,
    reason: str = "",
    actor: User | None = None,
) -> StockLevel:
    """Put goods that arrived into the warehouse; `quantity` is from 1 to `MAX_QUANTITY`."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise QuantityOutOfRange(attr="quantity")
    warehouse = warehouse or querysets.default_warehouse()
    return _change_one(variant_id, warehouse, Kind.RECEIVE, quantity, reason, actor)


@transaction.atomic
def adjust_stock(
    *,
    variant_id: int,
    change: int,
    reason: str,
    warehouse: Warehouse | None = None,
    actor: User | None = None,
) -> StockLevel:
    """Correct what is on hand by `change` (signed, not 0); `reason` says why, always."""
    if change == 0 or not -MAX_QUANTITY <= change <= MAX_QUANTITY:
        raise QuantityOutOfRange(
            f"The change must be from -{MAX_QUANTITY} to {MAX_QUANTITY}, and not 0.", attr="change"
        )
    if not reason.strip():
        raise Invalid("Say why the stock is adjusted.", attr="reason")
    warehouse = warehouse or querysets.default_warehouse()
    return _change_one(variant_id, warehouse, Kind.ADJUST, change, reason, actor)


# --- Orders -----------------------------------------------------------------------------


@transaction.atomic
def reserve_stock(*, reference: str, quantities: Mapping[int, int]) -> None:
    """Promise `{variant_id: quantity}` to `reference` (such as "order:123"), all or nothing.

    Raises `OutOfStock`, whose `shortages` name the variants that are too few. A
    reference whose stock was released may reserve again.
    """
    if any(quantity < 1 for quantity in quantities.values()):
        raise QuantityOutOfRange
    levels = lock_levels(quantities)
    allocation = allocate(levels, quantities)
    if allocation.shortages:
        raise OutOfStock(allocation.shortages)
    changes = [Change(level, Kind.RESERVE, reserved=n) for level, n in allocation.parts]
    _hold(reference, changes)
    _apply(changes, levels, reference=reference)


@transaction.atomic
def release_stock(*, reference: str) -> None:
    """Give back what is held for `reference`; does nothing when nothing is held."""
    held = _close_held(reference, Reservation.Status.RELEASED)
    _apply([Change(level, Kind.RELEASE, reserved=-n) for level, n in held], reference=reference)


@transaction.atomic
def consume_stock(*, reference: str) -> None:
    """What is held for `reference` is sold and leaves; does nothing when nothing is held."""
    held = _close_held(reference, Reservation.Status.CONSUMED)
    changes = [Change(level, Kind.SELL, on_hand=-n, reserved=-n) for level, n in held]
    _apply(changes, reference=reference)


@transaction.atomic
def return_stock(
    *,
    reference: str,
    quantities: Mapping[int, int] | None = None,
    actor: User | None = None,
) -> None:
    """Put sold goods of `reference` back where they came from.

    `quantities` is `{variant_id: quantity}`; None means everything that has not come
    back yet. Raises `ReturnExceedsSale`.
    """
    outside = _sold_and_not_returned(reference)
    if quantities is None:
        parts = outside
    else:
        parts = []
        for variant_id, wanted in quantities.items():
            parts.extend(_part_of(outside, variant_id, wanted))
    changes = [Change(level, Kind.RETURN, on_hand=n) for level, n in parts]
    _apply(changes, reference=reference, actor=actor)


# --- Locks ------------------------------------------------------------------------------


def lock_levels(variant_ids: Collection[int]) -> list[StockLevel]:
    """The levels of these variants in every warehouse, locked until the transaction ends.

    Everything that changes stock passes here, in the order (variant, warehouse): two
    transactions that need the same levels wait for each other and never deadlock.
    """
    return list(
        StockLevel.objects.select_for_update(of=("self",))
        .filter(variant_id__in=list(variant_ids))
        .select_related("variant")
        .only("variant_id", "warehouse_id", "on_hand", "reserved", "variant__low_stock_threshold")
        .order_by("variant_id", "warehouse_id")
    )


def _lock_levels_of(reference: str, status: Reservation.Status) -> dict[int, StockLevel]:
    reserved = Reservation.objects.filter(reference=reference, status=status)
    levels = (
        StockLevel.objects.select_for_update()
        .filter(pk__in=reserved.values("level_id"))
        .order_by("variant_id", "warehouse_id")
    )
    return {level.pk: level for level in levels}


# --- Writing ----------------------------------------------------------------------------


def _apply(
    changes: Collection[Change],
    levels: Iterable[StockLevel] = (),
    *,
    reason: str = "",
    reference: str = "",
    actor: User | None = None,
) -> None:
    """Write `changes` and their movements; of `levels`, tell which variants became low."""
    if not changes:
        return
    if any(change.level.on_hand + change.on_hand > MAX_ON_HAND for change in changes):
        raise StockLimitReached
    before = _available(levels)
    _update_levels(changes)
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                level=change.level,
                kind=change.kind,
                quantity=change.on_hand or change.reserved,
                reference=reference,
                reason=reason,
                actor=actor,
            )
            for change in changes
        ]
    )
    _publish_low(levels, before)


def _update_levels(changes: Collection[Change]) -> None:
    """One statement for all. Its condition alone would keep stock from being oversold."""
    table = StockLevel._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} AS level
            SET on_hand = level.on_hand + change.on_hand,
                reserved = level.reserved + change.reserved,
                updated_at = now()
            FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS change (id, on_hand, reserved)
            WHERE level.id = change.id
              AND level.reserved + change.reserved BETWEEN 0 AND level.on_hand + change.on_hand
            """,  # noqa: S608 (the table's name comes from the model)
            [
                [change.level.pk for change in changes],
                [change.on_hand for change in changes],
                [change.reserved for change in changes],
            ],
        )
        if cursor.rowcount != len(changes):
            variant_ids = {change.level.variant_id for change in changes}
            raise OutOfStock(querysets.available_by_variant(variant_ids))
    for change in changes:
        change.level.on_hand += change.on_hand
        change.level.reserved += change.reserved


def _available(levels: Iterable[StockLevel]) -> dict[int, int]:
    totals: dict[int, int] = {}
    for level in levels:
        totals[level.variant_id] = totals.get(level.variant_id, 0) + level.available
    return totals


def _publish_low(levels: Iterable[StockLevel], before: Mapping[int, int]) -> None:
    after = _available(levels)
    thresholds = {level.variant_id: level.variant.low_stock_threshold for level in levels}
    events = []
    for variant_id, own in thresholds.items():
        threshold = settings.LOW_STOCK_THRESHOLD if own is None else own
        if before[variant_id] > threshold >= after[variant_id]:
            events.append(StockLow(variant_id=variant_id, available=after[variant_id]))
    if events:
        publish(*events)


def _make_missing_levels(variant_ids: Collection[int], warehouse: Warehouse) -> set[int]:
    """Make the levels that the warehouse has not yet; returns the variants that got one."""
    table = StockLevel._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (variant_id, warehouse_id, on_hand, reserved, updated_at)
            SELECT variant_id, %s, 0, 0, now() FROM unnest(%s::bigint[]) AS variant_id
            ORDER BY variant_id
            ON CONFLICT (variant_id, warehouse_id) DO NOTHING
            RETURNING variant_id
            """,  # noqa: S608 (the table's name comes from the model)
            [warehouse.pk, list(variant_ids)],
        )
        return {variant_id for (variant_id,) in cursor.fetchall()}


def _change_one(
    variant_id: int,
    warehouse: Warehouse,
    kind: StockMovement.Kind,
    on_hand: int,
    reason: str,
    actor: User | None,
) -> StockLevel:
    _make_missing_levels([variant_id], warehouse)
    levels = lock_levels([variant_id])
    level = next((level for level in levels if level.warehouse_id == warehouse.pk), None)
    if level is None:
        raise NotFound("There is no such variant.", attr="variant")
    if level.available + on_hand < 0:
        raise BelowReserved(
            f"{level.on_hand} are on hand and {level.reserved} of them promised to orders.",
            attr="change",
        )
    _apply([Change(level, kind, on_hand=on_hand)], levels, reason=reason, actor=actor)
    return level


def _hold(reference: str, changes: Collection[Change]) -> None:
    """One reservation per level; one that was released before is held anew."""
    table = Reservation._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} AS mine (level_id, reference, quantity, status)
            SELECT level_id, %s, quantity, 'held'
            FROM unnest(%s::bigint[], %s::int[]) AS wanted (level_id, quantity)
            ON CONFLICT (reference, level_id)
            DO UPDATE SET quantity = EXCLUDED.quantity, status = 'held', closed_at = NULL
            WHERE mine.status = 'released'
            """,  # noqa: S608 (the table's name comes from the model)
            [
                reference,
                [change.level.pk for change in changes],
                [change.reserved for change in changes],
            ],
        )
        if cursor.rowcount != len(changes):
            raise AlreadyReserved


def _close_held(reference: str, status: Reservation.Status) -> list[tuple[StockLevel, int]]:
    """End the held reservations of `reference`, once; returns their levels and quantities."""
    levels = _lock_levels_of(reference, Reservation.Status.HELD)
    if not levels:
        return []
    table = Reservation._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET status = %s, closed_at = now()
            WHERE reference = %s AND status = 'held' RETURNING level_id, quantity
            """,  # noqa: S608 (the table's name comes from the model)
            [status.value, reference],
        )
        return [(levels[level_id], quantity) for level_id, quantity in cursor.fetchall()]


def _sold_and_not_returned(reference: str) -> list[tuple[StockLevel, int]]:
    levels = _lock_levels_of(reference, Reservation.Status.CONSUMED)
    left = dict(
        Reservation.objects.filter(
            reference=reference, status=Reservation.Status.CONSUMED
        ).values_list("level_id", "quantity")
    )
    returned = (
        StockMovement.objects.filter(reference=reference, kind=Kind.RETURN, level_id__in=levels)
        .order_by()
        .values_list("level_id")
        .annotate(total=Sum("quantity"))
    )
    for level_id, total in returned:
        left[level_id] -= total
    return [(levels[level_id], number) for level_id, number in left.items() if number > 0]


def _part_of(
    outside: Iterable[tuple[StockLevel, int]], variant_id: int, wanted: int
) -> Iterable[tuple[StockLevel, int]]:
    for level, number in outside:
        part = min(number, wanted)
        if level.variant_id == variant_id and part > 0:
            yield level, part
            wanted -= part
    if wanted:
        raise ReturnExceedsSale

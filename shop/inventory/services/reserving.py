"""What orders do with stock: each step once per `reference`, such as "order:123"."""

from collections.abc import Collection, Iterable, Mapping

from django.db import connection
from django.db.models import Sum

from shop.accounts.models import User
from shop.core import sql
from shop.core.transactions import atomic
from shop.inventory.allocation import allocate
from shop.inventory.errors import (
    AlreadyReserved,
    OutOfStock,
    QuantityOutOfRange,
    ReturnExceedsSale,
)
from shop.inventory.models import Reservation, StockLevel, StockMovement
from shop.inventory.services import levels
from shop.inventory.services.levels import Change

Kind = StockMovement.Kind

# By hand, because orders pass here while others wait for their locks: see `shop.core.sql`.
_LOCK_RESERVED = f"""
    SELECT {sql.columns(StockLevel)} FROM inventory_stocklevel
    WHERE id IN (
        SELECT level_id FROM inventory_reservation WHERE reference = %s AND status = %s
    )
    AND (%s::bigint[] IS NULL OR variant_id = ANY(%s::bigint[]))
    ORDER BY variant_id, warehouse_id FOR UPDATE
"""  # noqa: S608 (the columns come from the model)


@atomic
def reserve_stock(*, reference: str, quantities: Mapping[int, int]) -> None:
    """Promise `{variant_id: quantity}` to `reference` (such as "order:123"), all or nothing.

    Raises `OutOfStock`, whose `shortages` name the variants that are too few. A
    reference whose stock was released may reserve again.
    """
    if any(quantity < 1 for quantity in quantities.values()):
        raise QuantityOutOfRange
    locked = levels.lock_levels(quantities)
    allocation = allocate(locked, quantities)
    if allocation.shortages:
        raise OutOfStock(allocation.shortages)
    changes = [Change(level, Kind.RESERVE, reserved=n) for level, n in allocation.parts]
    _hold(reference, changes)
    levels.apply_changes(changes=changes, levels=locked, reference=reference)


@atomic
def release_stock(*, reference: str) -> None:
    """Give back what is held for `reference`; does nothing when nothing is held."""
    held = _close_held(reference, Reservation.Status.RELEASED)
    changes = [Change(level, Kind.RELEASE, reserved=-n) for level, n in held]
    levels.apply_changes(changes=changes, reference=reference)


@atomic
def consume_stock(*, reference: str, variant_ids: Collection[int] | None = None) -> None:
    """What is held for `reference` is sold and leaves; does nothing when nothing is held.

    With `variant_ids`, only of these: the others stay held.
    """
    held = _close_held(reference, Reservation.Status.CONSUMED, variant_ids)
    changes = [Change(level, Kind.SELL, on_hand=-n, reserved=-n) for level, n in held]
    levels.apply_changes(changes=changes, reference=reference)


@atomic
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
    levels.apply_changes(changes=changes, reference=reference, actor=actor)


def _lock_levels_of(
    reference: str, status: Reservation.Status, variant_ids: Collection[int] | None = None
) -> dict[int, StockLevel]:
    wanted = None if variant_ids is None else list(variant_ids)
    locked = sql.instances(StockLevel, _LOCK_RESERVED, [reference, status.value, wanted, wanted])
    return {level.pk: level for level in locked}


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


def _close_held(
    reference: str, status: Reservation.Status, variant_ids: Collection[int] | None = None
) -> list[tuple[StockLevel, int]]:
    """End the held reservations of `reference`, once; returns their levels and quantities."""
    locked = _lock_levels_of(reference, Reservation.Status.HELD, variant_ids)
    if not locked:
        return []
    table = Reservation._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET status = %s, closed_at = now()
            WHERE reference = %s AND status = 'held' AND level_id = ANY(%s)
            RETURNING level_id, quantity
            """,  # noqa: S608 (the table's name comes from the model)
            [status.value, reference, list(locked)],
        )
        return [(locked[level_id], quantity) for level_id, quantity in cursor.fetchall()]


def _sold_and_not_returned(reference: str) -> list[tuple[StockLevel, int]]:
    locked = _lock_levels_of(reference, Reservation.Status.CONSUMED)
    left = dict(
        Reservation.objects.filter(
            reference=reference, status=Reservation.Status.CONSUMED
        ).values_list("level_id", "quantity")
    )
    returned = (
        StockMovement.objects.filter(reference=reference, kind=Kind.RETURN, level_id__in=locked)
        .order_by()
        .values_list("level_id")
        .annotate(total=Sum("quantity"))
    )
    for level_id, total in returned:
        left[level_id] -= total
    return [(locked[level_id], number) for level_id, number in left.items() if number > 0]


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

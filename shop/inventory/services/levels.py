"""Where every change of stock passes: the locks, the one conditional write, the movements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from shop.accounts.models import User
from shop.core import sql
from shop.core.events import publish
from shop.inventory import querysets
from shop.inventory.errors import OutOfStock, StockLimitReached
from shop.inventory.events import StockLow
from shop.inventory.models import StockLevel, StockMovement, Warehouse

MAX_ON_HAND = 2_000_000_000

# By hand, because orders pass here while others wait for their locks: see `shop.core.sql`.
_LOCK = f"""
    SELECT {sql.columns(StockLevel, "level")}, variant.low_stock_threshold
    FROM inventory_stocklevel AS level
    JOIN products_variant AS variant ON variant.id = level.variant_id
    WHERE level.variant_id = ANY(%s::bigint[])
    ORDER BY level.variant_id, level.warehouse_id FOR UPDATE OF level
"""  # noqa: S608 (the columns come from the model)

_RECORD = """
    INSERT INTO inventory_stockmovement (reference, reason, actor_id, level_id, kind, quantity)
    SELECT %s, %s, %s, level_id, kind, quantity
    FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS change (level_id, kind, quantity)
"""


@dataclass(frozen=True)
class Change:
    """What happens to one locked level; both numbers are signed."""

    level: StockLevel
    kind: StockMovement.Kind
    on_hand: int = 0
    reserved: int = 0


def lock_levels(variant_ids: Collection[int]) -> list[StockLevel]:
    """The levels of these variants in every warehouse, locked until the transaction ends.

    Everything that changes stock passes here, in the order (variant, warehouse): two
    transactions that need the same levels wait for each other and never deadlock.
    """
    variants = querysets.variant_model()
    locked = []
    for row in sql.rows(_LOCK, [list(variant_ids)]):
        variant = [row["variant_id"], row.pop("low_stock_threshold")]
        level = StockLevel.from_db(connection.alias, list(row), list(row.values()))
        level.variant = variants.from_db(connection.alias, ["id", "low_stock_threshold"], variant)
        locked.append(level)
    return locked


def apply_changes(
    *,
    changes: Collection[Change],
    levels: Iterable[StockLevel] = (),
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
    update_levels(changes)
    sql.run(
        _RECORD,
        [
            *(reference, reason, actor and actor.pk),
            [change.level.pk for change in changes],
            [change.kind.value for change in changes],
            [change.on_hand or change.reserved for change in changes],
        ],
    )
    _publish_low(levels, before)


def update_levels(changes: Collection[Change]) -> None:
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


def make_missing(*, variant_ids: Collection[int], warehouse: Warehouse) -> set[int]:
    """Make the levels that the warehouse has not yet; returns the variants that got one."""
    made = make_places([(variant_id, warehouse.pk) for variant_id in variant_ids])
    return {variant_id for variant_id, _ in made}


def make_places(places: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Make the levels that are missing of (variant, warehouse); returns those that it made."""
    table = StockLevel._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (variant_id, warehouse_id, on_hand, reserved, updated_at)
            SELECT variant_id, warehouse_id, 0, 0, now()
            FROM unnest(%s::bigint[], %s::bigint[]) AS place (variant_id, warehouse_id)
            ORDER BY variant_id, warehouse_id
            ON CONFLICT (variant_id, warehouse_id) DO NOTHING
            RETURNING variant_id, warehouse_id
            """,  # noqa: S608 (the table's name comes from the model)
            [[variant_id for variant_id, _ in places], [place_id for _, place_id in places]],
        )
        return {(variant_id, warehouse_id) for variant_id, warehouse_id in cursor.fetchall()}


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

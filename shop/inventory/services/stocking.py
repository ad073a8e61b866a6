"""What staff and imports do with stock."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core.errors import Invalid, NotFound
from shop.core.transactions import atomic
from shop.inventory import querysets
from shop.inventory.errors import BelowReserved, QuantityOutOfRange
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.inventory.services import levels
from shop.inventory.services.levels import MAX_ON_HAND, Change

MAX_QUANTITY = 1_000_000

Kind = StockMovement.Kind


@atomic
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
        raise QuantityOutOfRange(_("Stock must be from 0 to {most}.").format(most=MAX_ON_HAND))
    warehouse = warehouse or querysets.default_warehouse()
    new = levels.make_missing(variant_ids=stock, warehouse=warehouse)
    locked = levels.lock_levels(stock)
    changes = []
    for level in locked:
        difference = stock[level.variant_id] - level.available
        if level.warehouse_id == warehouse.pk and difference:
            is_receipt = level.variant_id in new and difference > 0
            kind = Kind.RECEIVE if is_receipt else Kind.ADJUST
            changes.append(Change(level, kind, on_hand=difference))
    levels.apply_changes(
        changes=changes, levels=locked, reason=reason, reference=reference, actor=actor
    )


@atomic
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


@atomic
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
            _("The change must be from -{most} to {most}, and not 0.").format(most=MAX_QUANTITY),
            attr="change",
        )
    if not reason.strip():
        raise Invalid("Say why the stock is adjusted.", attr="reason")
    warehouse = warehouse or querysets.default_warehouse()
    return _change_one(variant_id, warehouse, Kind.ADJUST, change, reason, actor)


def _change_one(
    variant_id: int,
    warehouse: Warehouse,
    kind: StockMovement.Kind,
    on_hand: int,
    reason: str,
    actor: User | None,
) -> StockLevel:
    levels.make_missing(variant_ids=[variant_id], warehouse=warehouse)
    locked = levels.lock_levels([variant_id])
    level = next((level for level in locked if level.warehouse_id == warehouse.pk), None)
    if level is None:
        raise NotFound("There is no such variant.", attr="variant")
    if level.available + on_hand < 0:
        raise BelowReserved(
            _("{on_hand} are on hand and {reserved} of them promised to orders.").format(
                on_hand=level.on_hand, reserved=level.reserved
            ),
            attr="change",
        )
    change = Change(level, kind, on_hand=on_hand)
    levels.apply_changes(changes=[change], levels=locked, reason=reason, actor=actor)
    return level

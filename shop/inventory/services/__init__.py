"""Every change of stock. Each locks the levels it touches in one order, so none deadlocks,
writes one movement per changed level, and takes the same number of statements however
many variants it is about.
"""

from shop.inventory.services.counting import Count, change_levels
from shop.inventory.services.levels import MAX_ON_HAND, lock_levels
from shop.inventory.services.reserving import (
    consume_stock,
    release_stock,
    reserve_stock,
    return_stock,
)
from shop.inventory.services.stocking import (
    MAX_QUANTITY,
    adjust_stock,
    receive_stock,
    set_available,
)
from shop.inventory.services.warehouses import change_warehouse, create_warehouse, hold_warehouse

__all__ = [
    "MAX_ON_HAND",
    "MAX_QUANTITY",
    "Count",
    "adjust_stock",
    "change_levels",
    "change_warehouse",
    "consume_stock",
    "create_warehouse",
    "hold_warehouse",
    "lock_levels",
    "receive_stock",
    "release_stock",
    "reserve_stock",
    "return_stock",
    "set_available",
]

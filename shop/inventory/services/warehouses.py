"""The places that hold stock."""

from typing import Any

from django.db import IntegrityError, transaction

from shop.core.errors import Invalid
from shop.core.transactions import atomic
from shop.inventory.errors import DefaultWarehouseNeeded, WarehouseCodeTaken
from shop.inventory.models import Warehouse
from shop.vendors.models import Vendor


@atomic
def create_warehouse(
    *, name: str, code: str, vendor: Vendor | None = None, is_default: bool = False
) -> Warehouse:
    """A new warehouse; as the default it takes that role from the one that has it."""
    warehouse = Warehouse(name=name, code=code, vendor=vendor, is_default=is_default)
    return _save(warehouse)


@atomic
def change_warehouse(*, warehouse_id: int, **changes: Any) -> Warehouse:
    """Change any of `name`, `code`, `vendor` and `is_default`.

    Raises `DefaultWarehouseNeeded` when the default one is to stop being it, and
    `WarehouseCodeTaken`.
    """
    warehouse = hold_warehouse(warehouse_id=warehouse_id)
    if warehouse.is_default and changes.get("is_default") is False:
        raise DefaultWarehouseNeeded(attr="is_default")
    for name, value in changes.items():
        setattr(warehouse, name, value)
    return _save(warehouse)


def hold_warehouse(*, warehouse_id: int) -> Warehouse:
    """The warehouse as it is now, locked until the transaction ends."""
    return Warehouse.objects.select_for_update().get(pk=warehouse_id)


def _save(warehouse: Warehouse) -> Warehouse:
    if warehouse.is_default and warehouse.vendor is not None:
        raise Invalid("The default warehouse is the shop's own.", attr="vendor")
    if warehouse.is_default:
        others = Warehouse.objects.filter(is_default=True).exclude(pk=warehouse.pk)
        # First wait for whoever is changing the default, then see what they made of it.
        list(others.select_for_update())
        others.update(is_default=False)
    try:
        with transaction.atomic():
            warehouse.save()
    except IntegrityError as error:
        if "code" in str(error):
            raise WarehouseCodeTaken(attr="code") from None
        raise
    return warehouse

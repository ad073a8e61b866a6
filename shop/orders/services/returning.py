"""Goods that come back, line by line. For payments, with the order that they have locked."""

from collections.abc import Collection, Mapping

from django.db.models import Case, F, Value, When

from shop.accounts.models import User
from shop.core.transactions import atomic
from shop.inventory import services as inventory
from shop.orders.models import OrderItem
from shop.orders.querysets import LockedOrder
from shop.orders.services.placing import stock_reference


@atomic
def count_refunded(*, order: LockedOrder, quantities: Mapping[int, int]) -> None:
    """Add `{order item id: quantity}` to what was given back of each line; negative takes off."""
    steps = [When(pk=item, then=Value(number)) for item, number in quantities.items()]
    if steps:
        lines = OrderItem.objects.filter(order=order, pk__in=quantities)
        lines.update(refunded_quantity=F("refunded_quantity") + Case(*steps))


@atomic
def return_goods(*, order: LockedOrder, quantities: Mapping[int, int], actor: User | None) -> None:
    """Put sold goods back on the shelf: `{order item id: quantity}`."""
    lines = OrderItem.objects.filter(order=order, pk__in=quantities)
    _return(order, [(line.variant_id, quantities[line.pk]) for line in lines], actor)


@atomic
def return_unrefunded(*, order: LockedOrder, parts: Collection[int], actor: User | None) -> None:
    """Put back what no refund is about of the parts with these ids.

    Of the others it was decided with the refund.
    """
    lines = OrderItem.objects.filter(
        order=order, vendor_order__in=parts, refunded_quantity__lt=F("quantity")
    )
    left = [(line.variant_id, line.quantity - line.refunded_quantity) for line in lines]
    _return(order, left, actor)


def _return(order: LockedOrder, parts: list[tuple[int, int]], actor: User | None) -> None:
    by_variant: dict[int, int] = {}
    for variant_id, quantity in parts:
        by_variant[variant_id] = by_variant.get(variant_id, 0) + quantity
    if by_variant:
        reference = stock_reference(order)
        inventory.return_stock(reference=reference, quantities=by_variant, actor=actor)

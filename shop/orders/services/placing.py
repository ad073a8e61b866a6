"""Cart → order. The number of SQL statements does not depend on the number of lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.cart import querysets as cart_querysets
from shop.cart import services as carts
from shop.cart.models import Cart
from shop.cart.totals import CartLine
from shop.commissions import querysets as commissions
from shop.core import sql
from shop.core.errors import Problem
from shop.core.events import publish
from shop.core.failpoints import failpoint, failpoint_after_commit
from shop.core.money import MAX_AMOUNT, ZERO
from shop.core.transactions import atomic, retry_on_conflict
from shop.inventory import errors as inventory_errors
from shop.inventory import services as inventory
from shop.orders import addresses
from shop.orders.errors import (
    CartIsEmpty,
    LinesNotBuyable,
    OutOfStock,
    TotalTooLarge,
)
from shop.orders.events import OrderPlaced
from shop.orders.models import Order

# By hand, because this is what everything else is for: see `shop.core.sql`. The order with its
# number (refused orders leave gaps), its parts, one per vendor, its lines in the order of the
# cart, and the history of all.
_INSERT = f"""
    WITH placed AS (
        INSERT INTO orders_order (
            number, user_id, cart_id, email, status, currency,
            subtotal, shipping_total, tax_total, discount_total, total_price,
            shipping_address, billing_address, note, carrier, tracking_number,
            placed_at, expires_at, created_at, updated_at
        )
        SELECT 'NX-' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-') ||
                   lpad(counted::text, greatest(6, length(counted::text)), '0'),
               %(user)s, %(cart)s, %(email)s, 'PENDING', %(currency)s,
               %(subtotal)s, 0, 0, 0, %(subtotal)s,
               %(ships_to)s::jsonb, %(bills_to)s::jsonb, %(note)s, '', '',
               now(), now() + %(expiry)s, now(), now()
        FROM nextval('orders_number_seq') AS counted
        RETURNING *
    ), line AS (
        SELECT * FROM unnest(
            %(products)s::bigint[], %(variants)s::bigint[], %(vendors)s::bigint[],
            %(names)s::text[], %(slugs)s::text[], %(skus)s::text[],
            %(options)s::text[], %(quantities)s::int[], %(prices)s::numeric[],
            %(percents)s::numeric[], %(fees)s::numeric[], %(commissions)s::numeric[]
        ) WITH ORDINALITY AS line (
            product_id, variant_id, vendor_id, product_name, product_slug, sku,
            options, quantity, price, percent, fee, commission, position
        )
    ), share AS (
        SELECT vendor_id, row_number() OVER (ORDER BY min(position)) AS place,
               sum(price * quantity) AS total, sum(commission) AS commission
        FROM line GROUP BY vendor_id
    ), part AS (
        INSERT INTO orders_vendororder (
            order_id, vendor_id, number, status, currency, subtotal, shipping_total, tax_total,
            discount_total, total_price, commission_total, carrier, tracking_number,
            created_at, updated_at
        )
        SELECT placed.id, vendor_id, placed.number || '-' || place, placed.status,
               placed.currency, total, 0, 0, 0, total, commission, '', '', now(), now()
        FROM placed, share ORDER BY place
        RETURNING id, vendor_id, status
    ), lines AS (
        INSERT INTO orders_orderitem (
            order_id, vendor_order_id, product_id, variant_id, vendor_id, product_name,
            product_slug, sku, options, quantity, price, line_total, commission_percent,
            commission_fee, commission_total
        )
        SELECT placed.id, part.id, product_id, variant_id, vendor_id, product_name,
               product_slug, sku, options::jsonb, quantity, price, price * quantity, percent,
               fee, commission
        FROM placed, line JOIN part USING (vendor_id)
        ORDER BY position
    ), history_of_parts AS (
        INSERT INTO orders_vendororderstatuschange (
            vendor_order_id, from_status, to_status, actor_id, note
        )
        SELECT part.id, '', part.status, placed.user_id, '' FROM placed, part
    ), history AS (
        INSERT INTO orders_orderstatuschange (order_id, from_status, to_status, actor_id, note)
        SELECT id, '', status, user_id, '' FROM placed
    )
    SELECT {sql.columns(Order)} FROM placed
"""  # noqa: S608 (the columns come from the model)


@retry_on_conflict
@atomic
def place_order(
    *,
    user: User,
    shipping_address: addresses.Choice = None,
    billing_address: addresses.Choice = None,
    note: str = "",
) -> Order:
    """Turn the user's open cart into a PENDING order that holds its stock until it expires.

    A repeated request answers with the order that the cart has become. Raises
    `CartIsEmpty`, `LinesNotBuyable`, `OutOfStock`, `TotalTooLarge` (409) and
    `AddressDoesNotExist` (400).
    """
    cart = carts.lock_cart(user=user)
    if cart is None:
        raise CartIsEmpty
    if cart.status == Cart.Status.ORDERED:
        return Order.objects.get(cart=cart)
    lines = cart_querysets.lines_of(cart)
    _check(lines)
    ships_to, bills_to = addresses.snapshots(
        user=user, shipping=shipping_address, billing=billing_address
    )
    order = _insert(user, cart, lines, ships_to=ships_to, bills_to=bills_to, note=note)
    carts.close_cart(cart=cart)
    publish(OrderPlaced(order_id=order.pk))
    # Last, because the rows of popular goods are what everybody waits for.
    _reserve(order, lines)
    failpoint("order.before_commit")
    failpoint_after_commit("order.after_commit")
    return order


def stock_reference(order: Order) -> str:
    """What the order's reservations and stock movements are called."""
    return f"order:{order.pk}"


def _check(lines: Sequence[CartLine]) -> None:
    if not lines:
        raise CartIsEmpty
    gone = [(n, line) for n, line in enumerate(lines) if not line.is_buyable]
    if gone:
        raise LinesNotBuyable(
            problems=[
                Problem(
                    LinesNotBuyable.code,
                    _("{name} ({sku}) cannot be bought any more.").format(
                        name=line.product_name, sku=line.sku
                    ),
                    f"items.{n}",
                )
                for n, line in gone
            ]
        )


def _insert(
    user: User,
    cart: Cart,
    lines: Sequence[CartLine],
    *,
    ships_to: addresses.Snapshot | None,
    bills_to: addresses.Snapshot | None,
    note: str,
) -> Order:
    subtotal = sum((line.line_total for line in lines), ZERO)
    if subtotal > MAX_AMOUNT:
        raise TotalTooLarge
    charges = commissions.charges_of(lines)
    params = {
        "user": user.pk,
        "cart": cart.pk,
        "email": user.email,
        "currency": lines[0].currency,
        "subtotal": subtotal,
        "ships_to": _json(ships_to),
        "bills_to": _json(bills_to),
        "note": note,
        "expiry": settings.ORDER_EXPIRY["online"],
        "products": [line.product_id for line in lines],
        "variants": [line.variant_id for line in lines],
        "vendors": [line.vendor_id for line in lines],
        "names": [line.product_name for line in lines],
        "slugs": [line.product_slug for line in lines],
        "skus": [line.sku for line in lines],
        "options": [_json(line.options) for line in lines],
        "quantities": [line.quantity for line in lines],
        "prices": [line.unit_price for line in lines],
        "percents": [charge.percent for charge in charges],
        "fees": [charge.fee for charge in charges],
        "commissions": [charge.total for charge in charges],
    }
    (order,) = sql.instances(Order, _INSERT, params)
    order.user, order.cart = user, cart
    return order


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _reserve(order: Order, lines: Sequence[CartLine]) -> None:
    try:
        inventory.reserve_stock(
            reference=stock_reference(order),
            quantities={line.variant_id: line.quantity for line in lines},
        )
    except inventory_errors.OutOfStock as shortage:
        available = shortage.shortages
        raise OutOfStock(
            problems=[
                Problem(
                    OutOfStock.code,
                    _("{name} ({sku}): only {available} left.").format(
                        name=line.product_name, sku=line.sku, available=available[line.variant_id]
                    ),
                    f"items.{n}.quantity",
                )
                for n, line in enumerate(lines)
                if line.variant_id in available
            ]
        ) from None

"""Examples for the documentation of what vendors see of orders."""

from typing import Any

from shop.orders.examples import ADDRESS

ITEM = {
    "id": 31,
    "product": {"id": 7, "name": "Stoneware vase", "slug": "stoneware-vase"},
    "variant_id": 15,
    "product_name": "Stoneware vase",
    "sku": "VASE-BLUE",
    "options": {"color": "Blue"},
    "quantity": 2,
    "refunded_quantity": 0,
    "price": "39.90",
    "line_total": "79.80",
    "commission_percent": "10.00",
    "commission_fee": "0.50",
    "commission_total": "8.98",
}
PART: dict[str, Any] = {
    "id": 18,
    "number": "NX-2026-000012-2",
    "order_number": "NX-2026-000012",
    "status": "PAID",
    "is_paid": True,
    "placed_at": "2026-11-20T14:00:00Z",
    "paid_at": "2026-11-20T14:05:00Z",
    "currency": "USD",
    "items": [ITEM],
    "subtotal": "79.80",
    "shipping_total": "0.00",
    "tax_total": "0.00",
    "discount_total": "0.00",
    "total_price": "79.80",
    "commission_total": "8.98",
    "shipping_address": ADDRESS,
    "note": "Please ring twice.",
    "carrier": "",
    "tracking_number": "",
    "shipped_at": None,
    "delivered_at": None,
    "cancelled_at": None,
    "created_at": "2026-11-20T14:00:00Z",
    "updated_at": "2026-11-20T14:05:00Z",
}
SHIPMENT = {"carrier": "DHL", "tracking_number": "00340434161094042557"}
SHIPPED: dict[str, Any] = {
    **PART,
    **SHIPMENT,
    "status": "SHIPPED",
    "shipped_at": "2026-11-21T08:00:00Z",
    "updated_at": "2026-11-21T08:00:00Z",
}
CHANGE = {
    "from_status": "PAID",
    "to_status": "SHIPPED",
    "actor": "vendor",
    "actor_email": "vera@example.com",
    "note": "",
    "created_at": "2026-11-21T08:00:00Z",
}
_FIGURES = {
    "orders": 1,
    "units": 2,
    "sales": "79.80",
    "refunds": "0.00",
    "commission": "8.98",
    "average_rating": 4.5,
    "review_count": 2,
}
SUMMARY = {
    "from": "2026-11-20",
    "to": "2026-11-20",
    "currency": "USD",
    "days": [{"date": "2026-11-20", **_FIGURES}],
    "totals": _FIGURES,
}


def part(**changes: Any) -> dict[str, Any]:
    return PART | changes


EXPORT_CSV = (
    "number,order_number,status,placed_at,currency,total_price,commission_total,items\r\n"
    "NX-2026-000123-1,NX-2026-000123,PAID,2026-11-20T12:00:00Z,USD,98.00,9.80,2 x LINEN-M\r\n"
)

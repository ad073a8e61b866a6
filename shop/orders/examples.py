"""Examples for the documentation of orders."""

from typing import Any

ADDRESS = {
    "full_name": "Alice Archer",
    "line1": "12 High Street",
    "line2": "",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
    "country": "US",
    "phone_number": "+12175550100",
}
VENDOR = {"id": 1, "name": "House", "slug": "house"}
ITEM = {
    "id": 31,
    "vendor_order": 14,
    "product": {"id": 7, "name": "Linen shirt", "slug": "linen-shirt"},
    "variant_id": 15,
    "product_name": "Linen shirt",
    "sku": "LINEN-M-BLUE",
    "options": {"size": "M", "color": "Blue"},
    "vendor": VENDOR,
    "quantity": 2,
    "refunded_quantity": 0,
    "price": "39.90",
    "line_total": "79.80",
}
PARCEL: dict[str, Any] = {
    "id": 14,
    "number": "NX-2026-000012-1",
    "vendor": VENDOR,
    "status": "PENDING",
    "items": [31],
    "total_price": "79.80",
    "carrier": "",
    "tracking_number": "",
    "shipped_at": None,
    "delivered_at": None,
    "cancelled_at": None,
}
ORDER: dict[str, Any] = {
    "id": 12,
    "number": "NX-2026-000012",
    "status": "PENDING",
    "items": [ITEM],
    "subtotal": "79.80",
    "shipping_total": "0.00",
    "tax_total": "0.00",
    "discount_total": "0.00",
    "total_price": "79.80",
    "currency": "USD",
    "parcels": [PARCEL],
    "shipping_address": ADDRESS,
    "billing_address": ADDRESS,
    "note": "Please ring twice.",
    "carrier": "",
    "tracking_number": "",
    "is_disputed": False,
    "payments": [],
    "placed_at": "2026-11-20T14:00:00Z",
    "expires_at": "2026-11-20T14:30:00Z",
    "paid_at": None,
    "shipped_at": None,
    "delivered_at": None,
    "cancelled_at": None,
    "created_at": "2026-11-20T14:00:00Z",
    "updated_at": "2026-11-20T14:00:00Z",
}
_PARCEL_CHANGES = {"status", "carrier", "tracking_number"} | {
    name for name in PARCEL if name.endswith("_at")
}
CHANGE = {
    "from_status": "PENDING",
    "to_status": "PAID",
    "actor": "customer",
    "actor_email": "alice@example.com",
    "note": "Paid 79.80 USD by test payment.",
    "created_at": "2026-11-20T14:05:00Z",
}


def _changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    of_parcel = {name: value for name, value in changes.items() if name in _PARCEL_CHANGES}
    return base | {"parcels": [parcel | of_parcel for parcel in base["parcels"]]} | changes


def order(**changes: Any) -> dict[str, Any]:
    """The example order with `changes`, and its parcel with those that are of parcels too."""
    return _changed(ORDER, changes)


def paid_order(**changes: Any) -> dict[str, Any]:
    """The example order once the method test has paid it."""
    payment = {
        "id": 21,
        "method": "test",
        "provider": "sandbox",
        "status": "succeeded",
        "amount": "79.80",
        "refunded_amount": "0.00",
        "currency": "USD",
        "instructions": "Confirm with the outcome succeed, decline or fail. No money moves.",
        "paid_at": "2026-11-20T14:05:00Z",
        "refunds": [],
    }
    paid = {"status": "PAID", "expires_at": None, "paid_at": payment["paid_at"]}
    return _changed(ORDER, paid | {"payments": [payment]} | changes)


def shipped_order(**changes: Any) -> dict[str, Any]:
    """The example order on its way."""
    shipped = {
        "status": "SHIPPED",
        "carrier": "DHL",
        "tracking_number": "00340434161094042557",
        "shipped_at": "2026-11-21T09:00:00Z",
    }
    return paid_order(**shipped | changes)


REFUND: dict[str, Any] = {
    "id": 5,
    "amount": "39.90",
    "status": "succeeded",
    "reason": "One came torn.",
    "items": [{"item": ITEM["id"], "quantity": 1, "amount": "39.90"}],
    "created_at": "2026-11-25T10:30:00Z",
    "succeeded_at": "2026-11-25T10:30:01Z",
}
_torn = shipped_order(items=[ITEM | {"refunded_quantity": 1}])
_given_back = {"refunded_amount": REFUND["amount"], "refunds": [REFUND]}
PARTLY_REFUNDED = _torn | {"payments": [payment | _given_back for payment in _torn["payments"]]}

BUYER = {"id": 7, "email": "ada@example.com"}
EXPORT_CSV = (
    "number,status,placed_at,customer_email,currency,total_price,items\r\n"
    "NX-2026-000123,PAID,2026-11-20T12:00:00Z,ada@example.com,USD,98.00,2 x LINEN-M\r\n"
)

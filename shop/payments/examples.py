"""Examples for the documentation of payments."""

from typing import Any

PAYMENT: dict[str, Any] = {
    "id": 21,
    "order": 12,
    "order_number": "NX-2026-000012",
    "method": "test",
    "provider": "sandbox",
    "status": "pending",
    "amount": "79.80",
    "captured_amount": "0.00",
    "captured_currency": "",
    "refunded_amount": "0.00",
    "currency": "USD",
    "client_secret": None,
    "instructions": "Confirm with the outcome succeed, decline or fail. No money moves.",
    "failure_reason": "",
    "paid_at": None,
    "refunds": [],
    "created_at": "2026-11-20T14:02:00Z",
    "updated_at": "2026-11-20T14:02:00Z",
}
_came = {"captured_amount": "79.80", "captured_currency": "USD"}
SUCCEEDED = PAYMENT | _came | {"status": "succeeded", "paid_at": "2026-11-20T14:03:00Z"}
METHOD = {"method": "card", "label": "Card", "publishable_key": "pk_test_51Example"}

"""Examples for the documentation of the books."""

from typing import Any

BALANCES: dict[str, Any] = {
    "balances": [
        {
            "currency": "USD",
            "payable": "431.20",
            "reserve": "0.00",
            "in_transit": "120.00",
            "paid_out": "2310.55",
            "is_debt": False,
        }
    ]
}
_OF_A_PART: dict[str, Any] = {
    "currency": "USD",
    "order": "NX-2026-000012",
    "part": "NX-2026-000012-2",
    "payout": None,
    "note": "",
    "created_at": "2026-11-20T14:03:00Z",
}
STATEMENT = {
    "id": 410,
    "kind": "sale",
    "cause": "payment:21",
    "amount": "35.91",
} | _OF_A_PART
VENDOR = {"id": 2, "name": "Vera's Vases", "slug": "veras-vases"}
ENTRY = {
    "id": 410,
    "transaction": 97,
    "kind": "sale",
    "cause": "payment:21",
    "account": "vendor_payable",
    "provider": "",
    "vendor": VENDOR,
    "amount": "-35.91",
    "actor": None,
} | _OF_A_PART
TRIAL_BALANCE = {
    "accounts": [
        {
            "account": "clearing",
            "provider": "stripe",
            "currency": "USD",
            "balance": "79.80",
            "entries": 1,
        },
        {
            "account": "vendor_payable",
            "provider": "",
            "currency": "USD",
            "balance": "-79.80",
            "entries": 2,
        },
    ],
    "totals": [{"currency": "USD", "balance": "0.00"}],
}
PROPOSED: dict[str, Any] = {
    "id": 5,
    "vendor": VENDOR,
    "amount": "-12.50",
    "currency": "USD",
    "reason": "Photos that we took for them.",
    "status": "proposed",
    "proposed_by": {"id": 2, "email": "staff@nexus.test"},
    "decided_by": None,
    "created_at": "2026-11-20T14:02:00Z",
    "decided_at": None,
}
_DECIDED = {
    "decided_by": {"id": 3, "email": "treasurer@nexus.test"},
    "decided_at": "2026-11-20T15:10:00Z",
}
APPROVED = PROPOSED | _DECIDED | {"status": "approved"}
REJECTED = PROPOSED | _DECIDED | {"status": "rejected"}

"""Examples of the API's documents."""

PAYOUT = {
    "id": 12,
    "number": "PO-2026-000012",
    "status": "scheduled",
    "method": "manual",
    "destination": "manual ···2051",
    "currency": "USD",
    "amount": "342.50",
    "period_end": "2026-11-23",
    "reference": "",
    "failure_reason": "",
    "created_at": "2026-11-23T00:10:00Z",
    "sent_at": None,
    "settled_at": None,
    "failed_at": None,
}
VENDOR = {"id": 2, "name": "Vera's Vases", "slug": "veras-vases"}
STAFF_PAYOUT = PAYOUT | {"vendor": VENDOR}
SENT = STAFF_PAYOUT | {"status": "sent", "sent_at": "2026-11-23T08:00:00Z"}
SETTLED = SENT | {
    "status": "settled",
    "reference": "2026112300042",
    "settled_at": "2026-11-24T08:00:00Z",
}
FAILED = SENT | {
    "status": "failed",
    "failure_reason": "The account is closed.",
    "failed_at": "2026-11-24T08:00:00Z",
}
DUE = {
    "vendor": VENDOR,
    "currency": "USD",
    "amount": "8.50",
    "balance": "120.00",
    "minimum": "10.00",
    "entries": 2,
    "method": "manual",
    "schedule": "weekly",
    "held_back": "below_minimum",
}
RUN = {"payouts": [STAFF_PAYOUT], "held_back": [DUE]}
STATEMENT = (
    "kind,description,day,currency,sales,commission,refunds,disputes,other,total\r\n"
    "part,NX-2026-000012-1,2026-11-12,USD,380.56,-38.06,0.00,0.00,0.00,342.50\r\n"
    "payout,PO-2026-000012,2026-11-23,USD,380.56,-38.06,0.00,0.00,0.00,342.50\r\n"
)
PDF = "%PDF-1.7 ..."
BANK_FILE = (
    "number,account_holder,iban,bic,amount,currency,reference\r\n"
    "PO-2026-000012,Vera Vance,DE02120300000000202051,BYLADEM1001,342.50,USD,PO-2026-000012\r\n"
)

"""Examples for the documentation."""

VENDOR = {
    "id": 2,
    "name": "Vera's Vases",
    "slug": "veras-vases",
    "description": "Hand-thrown stoneware.",
    "logo": "https://shop.example.com/media/vendors/3f/3f0c.png",
    "country": "DE",
    "average_rating": "4.62",
    "review_count": 29,
    "created_at": "2026-11-20T09:30:00Z",
}
DETAILS = {"account_holder": "Vera Vogel", "iban": "DE89370400440532013000"}
APPLICATION = {
    "name": "Vera's Vases",
    "description": "Hand-thrown stoneware.",
    "contact_email": "vera@example.com",
    "contact_phone": "+4930901820",
    "country": "DE",
    "payout_method": "manual",
    "payout_details": DETAILS,
}
OWN = VENDOR | {
    "role": "owner",
    "status": "approved",
    "status_reason": "",
    "is_house": False,
    "contact_email": "vera@example.com",
    "contact_phone": "+4930901820",
    "payout_method": "manual",
    "payout_details": DETAILS,
    "payout_schedule": "weekly",
    "payout_hold_days": None,
    "payout_minimum": None,
    "products_need_approval": False,
    "updated_at": "2026-11-21T08:00:00Z",
}
PENDING = OWN | {"status": "pending", "logo": "", "average_rating": "0.00", "review_count": 0}
FOR_STAFF = OWN | {"role": None, "payout_details": DETAILS | {"iban": "****3000"}}
REJECTED = FOR_STAFF | {"status": "rejected", "status_reason": "We sell no vases."}
SUSPENDED = FOR_STAFF | {"status": "suspended", "status_reason": "Nothing was shipped in May."}
CHANGE = {
    "id": 51,
    "kind": "approved",
    "reason": "",
    "details": {"before": "pending"},
    "actor": {"id": 1, "email": "admin@nexus.test"},
    "created_at": "2026-11-20T12:00:00Z",
}
MEMBERSHIP = {
    "id": 2,
    "name": "Vera's Vases",
    "slug": "veras-vases",
    "status": "approved",
    "role": "owner",
}
MEMBER = {
    "id": 8,
    "user": {"id": 12, "email": "max@example.com", "name": "Max Meyer"},
    "role": "fulfiller",
    "created_at": "2026-11-20T12:00:00Z",
}
INVITATION_BODY = {"email": "max@example.com", "role": "fulfiller"}
INVITATION = {
    "id": 4,
    **INVITATION_BODY,
    "created_at": "2026-11-20T12:00:00Z",
    "expires_at": "2026-11-27T12:00:00Z",
    "accepted_at": None,
    "revoked_at": None,
}

"""What the stock's pages of the API show."""

from typing import Any

GOODS: dict[str, Any] = {
    "product": {"id": 12, "name": "Ocean Blue Shirt", "slug": "ocean-blue-shirt"},
    "variant": {"id": 31, "sku": "OBS-M", "options": {"size": "M"}},
    "warehouse": {"id": 1, "code": "main", "name": "Main warehouse"},
}
LEVEL = {
    "id": 31,
    **GOODS,
    "on_hand": 20,
    "reserved": 6,
    "available": 14,
    "low": False,
    "updated_at": "2026-11-20T12:00:00Z",
}
MOVEMENT = {
    "id": 90,
    "kind": "adjust",
    "quantity": -1,
    **GOODS,
    "reference": "",
    "reason": "damaged",
    "actor": {"id": 2, "email": "staff@nexus.test"},
    "created_at": "2026-11-20T12:00:00Z",
}
WAREHOUSE = {
    "id": 2,
    "name": "Harbor",
    "code": "harbor",
    "vendor": None,
    "is_default": False,
    "created_at": "2026-11-20T12:00:00Z",
    "updated_at": "2026-11-20T12:00:00Z",
}
BULK = {
    "items": [
        {"variant": "OBS-M", "on_hand": 20},
        {"variant": 32, "warehouse": "harbor", "change": -3},
    ],
    "reason": "stock-taking",
    "all_or_nothing": False,
}
BULK_ANSWER = {
    "succeeded": 1,
    "failed": 1,
    "results": [
        {"index": 0, "status": "done", "level": LEVEL, "errors": []},
        {
            "index": 1,
            "status": "failed",
            "level": None,
            "errors": [
                {
                    "code": "below_reserved",
                    "detail": "4 are on hand and 2 of them promised to orders.",
                    "attr": "items.1.change",
                }
            ],
        },
    ],
}

"""The walk's chapter of many things at once: changed in one request, taken out as a file."""

from collections.abc import Sequence

from demo.steps import STORE, Step, admin, seller

OWN = "/api/vendor"
POT = {"action": "update", "product": "{{pot}}"}

MANY_AT_ONCE: Sequence[Step] = [
    seller(
        "POST /api/vendor/products/bulk/",
        body={
            "items": [
                {
                    "action": "create",
                    "name": "Saucer {{$timestamp}}",
                    "category": "house-plants",
                    "price": "6.00",
                },
                POT | {"description": "Thrown by hand."},
            ]
        },
        save={"saucer": "results.0.product.slug"},
    ),
    seller(
        "POST /api/vendor/inventory/bulk/",
        body={"items": [{"variant": "{{#pot_variant}}", "change": 4}], "reason": "Found"},
    ),
    seller("GET /api/vendor/products/export/", OWN + "/products/export/?file_format=csv"),
    seller("GET /api/vendor/orders/export/", OWN + "/orders/export/?file_format=json"),
    admin(
        "POST /api/store/products/bulk/",
        body={"items": [{"action": "archive", "product": "{{saucer}}"}], "all_or_nothing": True},
    ),
    admin(
        "POST /api/store/stock/bulk/",
        body={
            "items": [
                {"variant": "{{#pot_variant}}", "warehouse": "{{#warehouse}}", "on_hand": 30}
            ],
            "reason": "Counted",
        },
    ),
    admin("GET /api/store/products/export/", STORE + "/products/export/?file_format=xlsx"),
    admin("GET /api/store/orders/export/", STORE + "/orders/export/?file_format=csv"),
    admin("GET /api/store/customers/export/", STORE + "/customers/export/?file_format=json"),
]

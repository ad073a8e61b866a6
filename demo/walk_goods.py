"""The walk's chapter of what sellers offer, and what the shop keeps of it."""

from collections.abc import Sequence

from demo.steps import PASSWORDS, STORE, Step, admin, anybody, seller, weaver

OWN = "/api/vendor"
LAMP_IN_STORE = STORE + "/products/{{lamp}}/"
POT = OWN + "/products/{{pot}}/"
WAREHOUSE = OWN + "/inventory/warehouses/{{warehouse}}/"

OFFER_GOODS: Sequence[Step] = [
    admin(
        "POST /api/store/commissions/",
        body={"vendor": "{{new_vendor}}", "percent": "12.50", "fee": "0.30"},
        status=201,
        save={"rate": "id"},
    ),
    admin(
        "POST /api/store/commissions/",
        body={
            "vendor": "{{new_vendor}}",
            "category": "house-plants",
            "percent": "9.00",
            "valid_from": "2099-01-01T00:00:00Z",
        },
        status=201,
        save={"later_rate": "id"},
    ),
    admin(
        "DELETE /api/store/commissions/{id}/", STORE + "/commissions/{{later_rate}}/", status=204
    ),
    admin("GET /api/store/commissions/", STORE + "/commissions/?vendor={{new_vendor}}"),
    seller("GET /api/vendor/commissions/"),
    seller(
        "POST /api/vendor/inventory/warehouses/",
        body={"name": "The shed", "code": "shed-{{$timestamp}}"},
        status=201,
        save={"warehouse": "id"},
    ),
    seller("GET /api/vendor/inventory/warehouses/"),
    seller("GET /api/vendor/inventory/warehouses/{id}/", WAREHOUSE),
    seller("PATCH /api/vendor/inventory/warehouses/{id}/", WAREHOUSE, body={"name": "The barn"}),
    seller(
        "POST /api/vendor/products/",
        body={
            "name": "Flower pot {{$timestamp}}",
            "category": "house-plants",
            "price": "24.00",
            "variants": [{"options": {"size": "M"}, "stock": 5}],
        },
        status=201,
        save={"pot": "slug", "pot_variant": "variants.0.id"},
    ),
    seller(
        "POST /api/vendor/products/{product_slug}/images/",
        POT + "images/",
        status=201,
        save={"image": "id"},
    ),
    seller("GET /api/vendor/products/{product_slug}/images/", POT + "images/"),
    seller("GET /api/vendor/products/{product_slug}/images/{id}/", POT + "images/{{image}}/"),
    seller(
        "PUT /api/vendor/products/{product_slug}/images/{id}/",
        POT + "images/{{image}}/",
        body={"alt_text": "A pot", "position": 0, "is_main": True},
    ),
    seller(
        "PATCH /api/vendor/products/{product_slug}/images/{id}/",
        POT + "images/{{image}}/",
        body={"alt_text": "A flower pot"},
    ),
    seller(
        "POST /api/vendor/products/{product_slug}/variants/",
        POT + "variants/",
        body={"options": {"size": "L"}, "price": "31.00", "stock": 2},
        status=201,
        save={"pot_variant_2": "id"},
    ),
    seller("GET /api/vendor/products/{product_slug}/variants/", POT + "variants/"),
    seller(
        "GET /api/vendor/products/{product_slug}/variants/{id}/",
        POT + "variants/{{pot_variant_2}}/",
    ),
    seller(
        "PUT /api/vendor/products/{product_slug}/variants/{id}/",
        POT + "variants/{{pot_variant_2}}/",
        body={"options": {"size": "XL"}, "price": "36.00", "stock": 2},
    ),
    seller(
        "PATCH /api/vendor/products/{product_slug}/variants/{id}/",
        POT + "variants/{{pot_variant_2}}/",
        body={"price": "35.00"},
    ),
    seller(
        "DELETE /api/vendor/products/{product_slug}/variants/{id}/",
        POT + "variants/{{pot_variant_2}}/",
        status=204,
    ),
    seller("GET /api/vendor/products/", OWN + "/products/?search=pot"),
    seller("GET /api/vendor/products/{slug}/", POT),
    seller(
        "PUT /api/vendor/products/{slug}/",
        POT,
        body={"name": "Flower pot", "category": "house-plants", "price": "25.00"},
    ),
    seller("PATCH /api/vendor/products/{slug}/", POT, body={"status": "active"}),
    seller(
        "DELETE /api/vendor/products/{product_slug}/images/{id}/",
        POT + "images/{{image}}/",
        status=204,
    ),
    # Staff look at the goods of this one first.
    anybody(
        "POST /api/auth/jwt/create/",
        body={"email": "weaver@nexus.test"} | PASSWORDS,
        save={"weaver": "access"},
    ),
    weaver(
        "POST /api/vendor/products/",
        body={"name": "Lamp {{$timestamp}}", "category": "lighting", "price": "61.00"},
        status=201,
        save={"lamp": "slug"},
    ),
    admin(
        "POST /api/store/products/{slug}/decline/",
        LAMP_IN_STORE + "decline/",
        body={"reason": "Please add a picture."},
    ),
    weaver(
        "PATCH /api/vendor/products/{slug}/",
        OWN + "/products/{{lamp}}/",
        body={"status": "active"},
    ),
    admin("POST /api/store/products/{slug}/approve/", LAMP_IN_STORE + "approve/"),
    weaver("DELETE /api/vendor/products/{slug}/", OWN + "/products/{{lamp}}/", status=204),
    seller(
        "POST /api/vendor/inventory/receive/",
        body={"variant": "{{#pot_variant}}", "quantity": 20, "reason": "From the kiln"},
    ),
    seller(
        "POST /api/vendor/inventory/adjust/",
        body={"variant": "{{#pot_variant}}", "change": -1, "reason": "Cracked"},
    ),
    seller("GET /api/vendor/inventory/"),
    seller("GET /api/vendor/inventory/movements/"),
]

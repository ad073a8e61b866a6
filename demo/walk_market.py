"""The walk's chapters of the market: a second seller applies, sells, sends and is paid out."""

from collections.abc import Mapping, Sequence

from demo.steps import PASSWORDS, STORE, Step, admin, anybody, seller, steward, vera, weaver

VENDOR = STORE + "/vendors/{{new_vendor}}/"
OWN = "/api/vendor"
LAMP_IN_STORE = STORE + "/products/{{lamp}}/"
POT = OWN + "/products/{{pot}}/"
SOLD = OWN + "/orders/{{part}}/"
PARCEL = STORE + "/orders/{{order}}/parcels/"
PAYOUT = STORE + "/payouts/{{payout}}/"
ADJUSTMENT = STORE + "/adjustments/{{adjustment}}/"
WAREHOUSE = OWN + "/inventory/warehouses/{{warehouse}}/"
RATE = STORE + "/commissions/{{rate}}/"

BECOME_A_SELLER: Sequence[Step] = [
    anybody(
        "POST /api/auth/registration/",
        body={"email": "sela.{{$timestamp}}@example.test", "first_name": "Sela"} | PASSWORDS,
        status=201,
        save={"seller": "access"},
    ),
    seller(
        "POST /api/store/vendors/",
        body={
            "name": "Pots {{$timestamp}}",
            "description": "Pots.",
            "country": "DE",
            "payout_details": {"account_holder": "Sela", "iban": "DE89370400440532013000"},
        },
        status=201,
        save={"new_vendor": "slug"},
    ),
    admin(
        "POST /api/store/vendors/{slug}/reject/",
        VENDOR + "reject/",
        body={"reason": "What kind of pots?"},
    ),
    seller(
        "PATCH /api/store/vendors/{slug}/",
        VENDOR,
        body={"description": "Flower pots of red clay."},
    ),
    seller(
        "POST /api/store/vendors/{slug}/reapply/",
        VENDOR + "reapply/",
        body={"reason": "Flower pots."},
    ),
    admin("POST /api/store/vendors/{slug}/approve/", VENDOR + "approve/", body={}),
    seller("GET /api/vendor/memberships/"),
    seller("GET /api/vendor/"),
    seller("POST /api/store/vendors/{slug}/logo/", VENDOR + "logo/", body={"image": None}),
    seller(
        "POST /api/vendor/invitations/",
        body={"email": "packer.{{$timestamp}}@example.test", "role": "fulfiller"},
        status=201,
        save={"invitation": "id"},
    ),
    seller("GET /api/vendor/invitations/"),
    seller(
        "DELETE /api/vendor/invitations/{id}/", OWN + "/invitations/{{invitation}}/", status=204
    ),
    seller("GET /api/vendor/members/", save={"member": "results.0.id"}),
    # Alone, she stays: a vendor keeps at least one owner.
    seller("DELETE /api/vendor/members/{id}/", OWN + "/members/{{member}}/", status=409),
    anybody(
        "POST /api/auth/jwt/create/",
        body={"email": "vendor@nexus.test"} | PASSWORDS,
        save={"vera": "access"},
    ),
    vera("GET /api/vendor/members/", save={"member": "results.2.id"}),
    vera(
        "PATCH /api/vendor/members/{id}/",
        OWN + "/members/{{member}}/",
        body={"role": "fulfiller"},
    ),
    admin(
        "POST /api/store/vendors/{slug}/suspend/",
        VENDOR + "suspend/",
        body={"reason": "Holidays."},
    ),
    admin("POST /api/store/vendors/{slug}/approve/", VENDOR + "approve/", body={}),
    admin("GET /api/store/vendors/{slug}/changes/", VENDOR + "changes/"),
]

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

_TWO_POTS = {"variant": "{{#pot_variant}}", "quantity": 2}
_PAY = {"order": "{{order}}", "method": "test"}

SEND_PARCELS: Sequence[Step] = [
    Step("POST /api/store/carts/clear/"),
    Step("POST /api/store/carts/add_item/", body=_TWO_POTS),
    Step("POST /api/store/carts/add_item/", body={"product": "reading-lamp"}),
    Step("POST /api/store/carts/add_item/", body={"product": "mend-it"}),
    Step("POST /api/store/orders/", body={}, status=201, save={"order": "number"}),
    Step("POST /api/store/payments/", body=_PAY, status=201, save={"payment": "id"}),
    Step(
        "POST /api/store/payments/{id}/confirm/",
        STORE + "/payments/{{payment}}/confirm/",
        body={"outcome": "succeed"},
    ),
    Step(
        "GET /api/store/orders/{order_id}/parcels/",
        PARCEL,
        save={"parcel_2": "results.1.id", "parcel_3": "results.2.id"},
    ),
    seller("GET /api/vendor/orders/", OWN + "/orders/?status=PAID", save={"part": "results.0.id"}),
    seller("GET /api/vendor/orders/{id}/", SOLD),
    seller("POST /api/vendor/orders/{id}/process/", SOLD + "process/"),
    seller(
        "POST /api/vendor/orders/{id}/ship/",
        SOLD + "ship/",
        body={"carrier": "DHL", "tracking_number": "JD0146"},
    ),
    seller("POST /api/vendor/orders/{id}/deliver/", SOLD + "deliver/"),
    seller("GET /api/vendor/orders/{id}/history/", SOLD + "history/"),
    admin(
        "POST /api/store/orders/{order_id}/parcels/{id}/process/", PARCEL + "{{parcel_2}}/process/"
    ),
    admin("POST /api/store/orders/{order_id}/parcels/{id}/ship/", PARCEL + "{{parcel_2}}/ship/"),
    admin(
        "POST /api/store/orders/{order_id}/parcels/{id}/deliver/", PARCEL + "{{parcel_2}}/deliver/"
    ),
    admin(
        "POST /api/store/orders/{order_id}/parcels/{id}/cancel/",
        PARCEL + "{{parcel_3}}/cancel/",
        body={"note": "The last copy was damaged."},
    ),
    Step("POST /api/store/carts/add_item/", body=_TWO_POTS),
    Step("POST /api/store/orders/", body={}, status=201, save={"order": "number"}),
    Step("POST /api/store/payments/", body=_PAY, status=201, save={"payment": "id"}),
    Step(
        "POST /api/store/payments/{id}/confirm/",
        STORE + "/payments/{{payment}}/confirm/",
        body={"outcome": "succeed"},
    ),
    seller("GET /api/vendor/orders/", OWN + "/orders/?status=PAID", save={"part": "results.0.id"}),
    seller("POST /api/vendor/orders/{id}/cancel/", SOLD + "cancel/"),
    seller("GET /api/vendor/summary/", pause=3000),
]

PAY_OUT: Sequence[Step] = [
    seller("GET /api/vendor/balance/"),
    seller("GET /api/vendor/ledger/"),
    admin(
        "POST /api/store/adjustments/",
        body={
            "vendor": "{{new_vendor}}",
            "amount": "25.00",
            "reason": "For a parcel that was lost.",
        },
        status=201,
        save={"adjustment": "id"},
    ),
    admin("GET /api/store/adjustments/", STORE + "/adjustments/?status=proposed"),
    admin("GET /api/store/adjustments/{id}/", ADJUSTMENT),
    # Not by the one who proposed it.
    admin("POST /api/store/adjustments/{id}/approve/", ADJUSTMENT + "approve/", status=409),
    anybody(
        "POST /api/auth/jwt/create/",
        body={"email": "steward@nexus.test"} | PASSWORDS,
        save={"steward": "access"},
    ),
    steward("POST /api/store/adjustments/{id}/approve/", ADJUSTMENT + "approve/"),
    steward(
        "POST /api/store/adjustments/",
        body={"vendor": "{{new_vendor}}", "amount": "-2.00", "reason": "Entered twice."},
        status=201,
        save={"adjustment": "id"},
    ),
    steward("POST /api/store/adjustments/{id}/reject/", ADJUSTMENT + "reject/"),
    # What was delivered just now waits for its days; the correction does not.
    steward("GET /api/store/payouts/preview/"),
    steward(
        "POST /api/store/payouts/run/",
        body={"vendors": ["{{new_vendor}}"]},
        save={"payout": "payouts.0.number"},
    ),
    steward(
        "POST /api/store/payouts/{number}/fail/",
        PAYOUT + "fail/",
        body={"reason": "The account is closed."},
    ),
    seller(
        "PATCH /api/store/vendors/{slug}/",
        VENDOR,
        body={"payout_details": {"account_holder": "Sela", "iban": "GB29NWBK60161331926819"}},
    ),
    steward(
        "POST /api/store/payouts/run/",
        body={"vendors": ["{{new_vendor}}"]},
        save={"payout": "payouts.0.number"},
    ),
    steward("GET /api/store/payouts/", STORE + "/payouts/?status=scheduled"),
    steward("GET /api/store/payouts/bank-file/"),
    steward("POST /api/store/payouts/{number}/send/", PAYOUT + "send/"),
    steward(
        "POST /api/store/payouts/{number}/settle/",
        PAYOUT + "settle/",
        body={"reference": "BANK 4711"},
    ),
    steward("GET /api/store/payouts/{number}/", PAYOUT),
    steward("GET /api/store/payouts/{number}/statement.csv", PAYOUT + "statement.csv"),
    steward("GET /api/store/payouts/{number}/statement.pdf", PAYOUT + "statement.pdf"),
    seller("GET /api/vendor/payouts/"),
    seller("GET /api/vendor/payouts/{number}/", OWN + "/payouts/{{payout}}/"),
    seller(
        "GET /api/vendor/payouts/{number}/statement.csv", OWN + "/payouts/{{payout}}/statement.csv"
    ),
    seller(
        "GET /api/vendor/payouts/{number}/statement.pdf", OWN + "/payouts/{{payout}}/statement.pdf"
    ),
    steward("GET /api/store/ledger/", STORE + "/ledger/?vendor={{new_vendor}}"),
    steward("GET /api/store/ledger/accounts/"),
    admin("POST /api/store/commissions/{id}/end/", RATE + "end/", body={}),
]

MARKET: Mapping[str, Sequence[Step]] = {
    "10. Become a seller": BECOME_A_SELLER,
    "11. Offer goods (seller)": OFFER_GOODS,
    "12. One order, three parcels": SEND_PARCELS,
    "13. Books and payouts": PAY_OUT,
}

"""The walk's chapters of the market: a second seller applies, sells, sends and is paid out."""

from collections.abc import Mapping, Sequence

from demo.steps import PASSWORDS, STORE, Step, admin, anybody, seller, steward
from demo.walk_goods import OFFER_GOODS
from demo.walk_many import MANY_AT_ONCE
from demo.walk_sellers import BECOME_A_SELLER

VENDOR = STORE + "/vendors/{{new_vendor}}/"
OWN = "/api/vendor"
SOLD = OWN + "/orders/{{part}}/"
PARCEL = STORE + "/orders/{{order}}/parcels/"
PAYOUT = STORE + "/payouts/{{payout}}/"
ADJUSTMENT = STORE + "/adjustments/{{adjustment}}/"
RATE = STORE + "/commissions/{{rate}}/"

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
    "12. Many at once": MANY_AT_ONCE,
    "13. One order, three parcels": SEND_PARCELS,
    "14. Books and payouts": PAY_OUT,
}

"""A walk through the demo shop that calls every operation of the API, for `demo/postman.py`.

It says in which order a person would go, what each answer leaves for the next request, and
which values of the demo shop to use; everything else comes from the OpenAPI document.
"""

from collections.abc import Mapping, Sequence

from demo.steps import PASSWORDS, STORE, Step, admin, anybody
from demo.walk_market import MARKET
from demo.walk_staff import STAFF
from shop.core.views import DEMO_PASSWORD

# Operations that need something only a mailbox or a file on disk can give.
LEFT_OUT = {
    "POST /api/auth/password/reset/confirm/": "needs the token of a mail",
    "POST /api/auth/email/verify/": "needs the token of a mail",
    "POST /api/vendor/invitations/accept/": "needs the token of a mail",
    "POST /api/vendor/import/": "needs a file on disk",
    "POST /api/store/payments/webhooks/stripe/": "needs the signature of Stripe",
    "POST /api/store/payments/{id}/resolve/": "needs money of another amount than was asked for",
}


ORDER = STORE + "/orders/{{order}}/"

WALK: Mapping[str, Sequence[Step]] = {
    "1. Sign in": [
        anybody(
            "POST /api/auth/registration/",
            body={"email": "ada.{{$timestamp}}@example.test", "first_name": "Ada"} | PASSWORDS,
            status=201,
            save={"shopper": "access", "refresh": "refresh", "email": "user.email"},
        ),
        anybody(
            "POST /api/auth/jwt/create/",
            body={"email": "{{email}}"} | PASSWORDS,
            save={"refresh": "refresh"},
        ),
        anybody(
            "POST /api/auth/jwt/refresh/",
            body={"refresh": "{{refresh}}"},
            save={"shopper": "access", "refresh": "refresh"},
        ),
        anybody("POST /api/auth/jwt/verify/", body={"token": "{{shopper}}"}),
        anybody("POST /api/auth/email/resend/", body={"email": "{{email}}"}),
        anybody(
            "POST /api/auth/jwt/create/",
            body={"email": "admin@nexus.test"} | PASSWORDS,
            save={"admin": "access"},
        ),
    ],
    "2. Me": [
        Step("GET /api/auth/user/"),
        Step("PATCH /api/auth/user/", body={"username": "ada-{{$timestamp}}"}),
        Step("GET /api/store/users/me/"),
        Step("PATCH /api/store/users/me/", body={"last_name": "Lovelace"}),
        Step("POST /api/store/addresses/", status=201, save={"address": "id"}),
        Step("GET /api/store/addresses/"),
        Step("GET /api/store/addresses/{id}/", STORE + "/addresses/{{address}}/"),
        Step("PUT /api/store/addresses/{id}/", STORE + "/addresses/{{address}}/"),
        Step(
            "PATCH /api/store/addresses/{id}/",
            STORE + "/addresses/{{address}}/",
            body={"city": "Bath"},
        ),
    ],
    "3. Browse": [
        anybody("GET /api/store/categories/", STORE + "/categories/?tree=true"),
        anybody("GET /api/store/categories/", save={"category": "results.0.slug"}),
        anybody("GET /api/store/categories/{slug}/", STORE + "/categories/{{category}}/"),
        anybody(
            "GET /api/store/products/",
            STORE + "/products/?in_stock=true&ordering=price&min_price=10&page_size=5",
            save={"product": "results.0.slug", "other_product": "results.1.slug"},
        ),
        anybody("GET /api/store/search/suggest/", STORE + "/search/suggest/?q=jack"),
        anybody("GET /api/store/products/", STORE + "/products/?search=jacket&ordering=relevance"),
        anybody("GET /api/store/products/", STORE + "/products/?category=clothing&facets=true"),
        anybody(
            "GET /api/store/products/{slug}/",
            STORE + "/products/{{product}}/",
            save={"variant": "variants.0.id"},
        ),
        anybody(
            "GET /api/store/products/{product_slug}/variants/",
            STORE + "/products/{{other_product}}/variants/",
            save={"other_variant": "results.0.id"},
        ),
        anybody(
            "GET /api/store/products/{product_slug}/images/",
            STORE + "/products/{{product}}/images/",
        ),
        anybody("GET /api/store/vendors/", save={"vendor": "results.0.slug"}),
        anybody("GET /api/store/vendors/{slug}/", STORE + "/vendors/{{vendor}}/"),
    ],
    "4. Wish and review": [
        Step(
            "POST /api/store/wishlists/",
            body={"product": "reading-lamp"},
            status=201,
            save={"wish": "id"},
        ),
        Step("GET /api/store/wishlists/"),
        Step(
            "POST /api/store/wishlists/{id}/move-to-cart/",
            STORE + "/wishlists/{{wish}}/move-to-cart/",
            body={"quantity": 1},
        ),
        Step(
            "POST /api/store/wishlists/",
            body={"product": "{{other_product}}"},
            status=201,
            save={"wish": "id"},
        ),
        Step("DELETE /api/store/wishlists/{id}/", STORE + "/wishlists/{{wish}}/", status=204),
        Step(
            "POST /api/store/products/{product_pk}/reviews/",
            STORE + "/products/{{product}}/reviews/",
            status=201,
            save={"review": "id"},
        ),
        anybody(
            "GET /api/store/products/{product_pk}/reviews/",
            STORE + "/products/{{product}}/reviews/",
        ),
        Step(
            "PATCH /api/store/products/{product_pk}/reviews/{id}/",
            STORE + "/products/{{product}}/reviews/{{review}}/",
            body={"rating": 4},
        ),
        Step(
            "DELETE /api/store/products/{product_pk}/reviews/{id}/",
            STORE + "/products/{{product}}/reviews/{{review}}/",
            status=204,
        ),
    ],
    "5. Fill the cart": [
        Step("POST /api/store/carts/clear/"),
        Step("POST /api/store/carts/add_item/", body={"variant": "{{#variant}}", "quantity": 1}),
        Step(
            "POST /api/store/cart-items/",
            body={"variant": "{{#other_variant}}", "quantity": 1},
            status=201,
        ),
        Step("GET /api/store/cart-items/", save={"line": "results.0.id", "line_2": "results.1.id"}),
        Step("GET /api/store/cart-items/{id}/", STORE + "/cart-items/{{line}}/"),
        Step(
            "PUT /api/store/cart-items/{id}/",
            STORE + "/cart-items/{{line}}/",
            body={"quantity": 1},
        ),
        Step(
            "PATCH /api/store/cart-items/{id}/",
            STORE + "/cart-items/{{line}}/",
            body={"quantity": 1},
        ),
        Step("DELETE /api/store/cart-items/{id}/", STORE + "/cart-items/{{line_2}}/", status=204),
        Step("GET /api/store/carts/"),
    ],
    "6. Order and pay": [
        Step(
            "POST /api/store/orders/",
            body={"shipping_address": "{{#address}}"},
            status=201,
            save={"order": "number"},
        ),
        Step("GET /api/store/payments/methods/"),
        Step(
            "POST /api/store/payments/",
            body={"order": "{{order}}", "method": "test"},
            status=201,
            save={"payment": "id"},
        ),
        Step(
            "POST /api/store/payments/{id}/confirm/",
            STORE + "/payments/{{payment}}/confirm/",
            body={"outcome": "succeed"},
        ),
        Step("GET /api/store/payments/"),
        Step("GET /api/store/payments/{id}/", STORE + "/payments/{{payment}}/"),
        Step("GET /api/store/orders/"),
        Step("GET /api/store/orders/{id}/", ORDER),
        Step("GET /api/store/orders/{id}/items/", ORDER + "items/"),
    ],
    "7. Fulfil (admin)": [
        admin("POST /api/store/orders/{id}/process/", ORDER + "process/"),
        admin("POST /api/store/orders/{id}/ship/", ORDER + "ship/"),
        admin("POST /api/store/orders/{id}/deliver/", ORDER + "deliver/"),
        Step("GET /api/store/orders/{id}/history/", ORDER + "history/"),
        admin("POST /api/store/orders/{id}/refund/", ORDER + "refund/", body={}),
        Step("POST /api/store/carts/add_item/", body={"variant": "{{#variant}}", "quantity": 1}),
        Step("POST /api/store/orders/", body={}, status=201, save={"order": "number"}),
        Step("POST /api/store/orders/{id}/cancel/", ORDER + "cancel/"),
    ],
    **STAFF,
    **MARKET,
    "15. Leave": [
        Step(
            "POST /api/auth/password/change/",
            body={"current_password": DEMO_PASSWORD, "new_password": "another-fine-day-2026"},
        ),
        anybody("POST /api/auth/password/reset/", body={"email": "{{email}}"}),
        Step("DELETE /api/store/addresses/{id}/", STORE + "/addresses/{{address}}/", status=204),
        Step("POST /api/auth/logout/", body={"refresh": "{{refresh}}"}, status=205),
        anybody(
            "POST /api/auth/jwt/create/",
            body={"email": "{{email}}", "password": "another-fine-day-2026"},
            save={"shopper": "access"},
        ),
        Step("DELETE /api/auth/user/", status=204),
    ],
}

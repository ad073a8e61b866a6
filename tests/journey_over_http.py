"""The main job, over HTTP: from a new shopper to a paid, shipped and delivered order.

usage: python tests/journey_over_http.py BASE_URL [ADMIN_EMAIL ADMIN_PASSWORD] [--product SLUG]

Needs nothing but the standard library, so that it walks any running shop. Each step
prints one line; the first answer that is not as api.md says ends it with exit 1.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import urlencode


class Unexpected(Exception):
    """An answer that is not what the contract says."""


@dataclass
class Caller:
    """Somebody who talks to the shop at `base_url`, signed in when it holds a token."""

    base_url: str
    token: str = ""

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        expect: int = 200,
    ) -> Any:
        """The parsed answer; raises `Unexpected` when the status is not `expect`."""
        request = urllib.request.Request(
            self.base_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        if status != expect:
            raise Unexpected(f"{method} {path}: {status} instead of {expect}: {text[:500]!r}")
        return json.loads(text) if text else None

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path + (f"?{urlencode(query)}" if query else ""))

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, expect: int = 200) -> Any:
        return self.call("POST", path, body or {}, expect=expect)


def check(holds: bool, claim: str) -> None:
    if not holds:
        raise Unexpected(claim)


def say(step: str) -> None:
    print(f"  ok  {step}")


def register_and_sign_in(base_url: str) -> Caller:
    anybody = Caller(base_url)
    credentials = {
        "email": f"ada.{uuid.uuid4().hex[:8]}@example.test",
        "password": uuid.uuid4().hex,
    }
    registered = anybody.post(
        "/api/auth/registration/", credentials | {"first_name": "Ada"}, expect=201
    )
    check(registered["user"]["email"] == credentials["email"], "registration echoes the e-mail")
    tokens = anybody.post("/api/auth/jwt/create/", credentials)
    renewed = anybody.post("/api/auth/jwt/refresh/", {"refresh": tokens["refresh"]})
    anybody.post("/api/auth/jwt/verify/", {"token": renewed["access"]})
    shopper = Caller(base_url, renewed["access"])
    check(shopper.get("/api/store/users/me/")["first_name"] == "Ada", "the profile is hers")
    say("register, sign in, refresh, read the profile")
    return shopper


def browse(anybody: Caller) -> None:
    first = anybody.get("/api/store/products/", ordering="price", page_size=5)
    second = anybody.get("/api/store/products/", ordering="price", page_size=5, page=2)
    prices = [Decimal(p["price"]) for p in first["results"] + second["results"]]
    check(prices == sorted(prices), "two pages by price are in order")
    check(first["count"] > 5 and bool(first["next"]), "there is a second page")
    some = first["results"][0]
    filtered = anybody.get(
        "/api/store/products/", category=some["category"]["slug"], max_price=some["price"]
    )
    check(
        some["id"] in {p["id"] for p in filtered["results"]},
        "a product is found by its category and price",
    )
    word = max(some["name"].split(), key=len)
    found = anybody.get("/api/store/products/", search=word, ordering="relevance", page_size=100)
    check(found["count"] > 0, f"searching {word!r} finds something")
    check(len(anybody.get("/api/store/categories/", tree="true")) > 0, "there are categories")
    say("browse with filters, sort, search and pages")


def choose(anybody: Caller, slug: str | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A product in stock and two things to buy: two of its variants, or one beside another's."""
    page = anybody.get("/api/store/products/", in_stock="true", page_size=50)["results"]
    slugs = [slug] if slug else [p["slug"] for p in page[:20]]
    products = [anybody.get(f"/api/store/products/{slug}/") for slug in slugs]
    for product in products:
        sellable = [v for v in product["variants"] if v["stock"] >= 2]
        if len(sellable) >= 2:
            return product, sellable[:2]
    variants = [v for product in products for v in product["variants"] if v["stock"] >= 1]
    check(len(variants) >= 2, "the shop has two variants in stock")
    return products[0], variants[:2]


def buy(shopper: Caller, variants: list[dict[str, Any]]) -> dict[str, Any]:
    for variant in variants:
        cart = shopper.post("/api/store/carts/add_item/", {"variant": variant["id"], "quantity": 1})
    check(cart["item_count"] == 2, "two variants are in the cart")
    address = {"full_name": "Ada Lovelace", "line1": "12 St James's Square"}
    address |= {"city": "London", "postal_code": "SW1Y 4JH", "country": "GB"}
    order: dict[str, Any] = shopper.post(
        "/api/store/orders/", {"shipping_address": address}, expect=201
    )
    check(order["status"] == "PENDING", "a new order is pending")
    total = sum(Decimal(v["price"]) for v in variants)
    check(Decimal(order["subtotal"]) == total, f"the subtotal is {total}")
    check(shopper.get("/api/store/carts/")["item_count"] == 0, "the cart is empty again")
    say(f"place the order {order['number']} for {order['total_price']} {order['currency']}")
    return order


def pay(shopper: Caller, order: Mapping[str, Any]) -> None:
    payment = shopper.post(
        "/api/store/payments/", {"order": order["id"], "method": "test"}, expect=201
    )
    paid = shopper.post(f"/api/store/payments/{payment['id']}/confirm/", {"outcome": "succeed"})
    check(paid["status"] == "succeeded", "the payment succeeded")
    check(shopper.get(f"/api/store/orders/{order['id']}/")["status"] == "PAID", "the order is paid")
    say("pay it with the method test")


def stock_of(anybody: Caller, variants: list[dict[str, Any]], products: list[str]) -> list[int]:
    now = {
        v["id"]: v["stock"]
        for slug in products
        for v in anybody.get(f"/api/store/products/{slug}/")["variants"]
    }
    return [now[v["id"]] for v in variants]


def ship_and_deliver(admin: Caller, shopper: Caller, order: Mapping[str, Any]) -> None:
    path = f"/api/store/orders/{order['number']}"
    admin.post(f"{path}/process/")
    admin.post(f"{path}/ship/", {"carrier": "Royal Mail", "tracking_number": "RM123456789GB"})
    admin.post(f"{path}/deliver/")
    history = shopper.get(f"{path}/history/")
    moves = [move["to_status"] for move in history.get("results", history)]
    expected = ["PENDING", "PAID", "PROCESSING", "SHIPPED", "DELIVERED"]
    check(moves == expected, f"the history tells every move, not {moves}")
    say("ship and deliver it, read its history")


def walk(base_url: str, admin_email: str, admin_password: str, slug: str | None = None) -> None:
    """The whole journey; raises `Unexpected` at the first surprise."""
    anybody = Caller(base_url)
    shopper = register_and_sign_in(base_url)
    browse(anybody)
    product, variants = choose(anybody, slug)
    say(f"open {product['slug']}")
    before = [v["stock"] for v in variants]
    order = buy(shopper, variants)
    slugs = sorted({item["product"]["slug"] for item in order["items"]})
    after = stock_of(anybody, variants, slugs)
    check(after == [n - 1 for n in before], f"stock falls by one each: {before} to {after}")
    say("see stock fall")
    pay(shopper, order)
    check(stock_of(anybody, variants, slugs) == after, "paying takes no more stock")
    credentials = {"email": admin_email, "password": admin_password}
    tokens = anybody.post("/api/auth/jwt/create/", credentials)
    ship_and_deliver(Caller(base_url, tokens["access"]), shopper, order)


def leave(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base_url")
    parser.add_argument("admin_email", nargs="?", default="admin@nexus.test")
    parser.add_argument("admin_password", nargs="?", default="nexus-demo-2026")
    parser.add_argument("--product", help="the slug of the product to buy")
    given = parser.parse_args()
    started = time.monotonic()
    try:
        walk(given.base_url.rstrip("/"), given.admin_email, given.admin_password, given.product)
    except (Unexpected, OSError) as error:
        leave(f"journey: {error}")
    print(f"journey: done in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()

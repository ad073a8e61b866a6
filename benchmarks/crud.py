"""How long each standard request takes, at one connection, on the production server.

usage: python -m benchmarks.crud [--catalogue FILE] [--requests N]

Starts a shop of its own on an empty embedded PostgreSQL in a temporary folder, imports the
catalogue (10,000 products of `benchmarks.catalogue` when no file is named), and prints a
Markdown table: median, 95th percentile and maximum in milliseconds.
"""

import argparse
import http.client
import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from benchmarks import catalogue

ROOT = Path(__file__).parent.parent
PASSWORD = "benchmarks-only-2026"
ADMIN = "admin@bench.test"
# Slow on purpose: they compute a password's hash.
HASHING = ("register", "sign in", "password: change")

Call = Callable[[], tuple[str, str, Any]]


class Client:
    """One connection that is kept, signed in when it holds a token."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json"}

    def send(self, method: str, path: str, body: Any = None) -> Any:
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]!r}")
        return json.loads(answer) if answer else None

    def sign_in(self, email: str) -> Self:
        tokens = self.send("POST", "/api/auth/jwt/create/", {"email": email, "password": PASSWORD})
        self.headers["Authorization"] = f"Bearer {tokens['access']}"
        return self


class KeyedClient(Client):
    """Sends each request under an Idempotency-Key of its own."""

    def send(self, method: str, path: str, body: Any = None) -> Any:
        self.headers["Idempotency-Key"] = uuid.uuid4().hex
        return super().send(method, path, body)


@contextmanager
def running_shop(file: Path | None) -> Iterator[tuple[int, str]]:
    """A shop with a superuser and the catalogue of `file`, if any; yields its port and folder."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="nexus-bench-") as folder:
        environment = os.environ | {
            "DATA_DIR": folder,
            "PORT": str(port),
            "LOAD_DEMO": "false",
            "RATE_LIMIT_SCALE": "1000000",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        environment.pop("DATABASE_URL", None)
        shop = subprocess.Popen([sys.executable, "-m", "config.launch"], cwd=ROOT, env=environment)
        try:
            _wait(port)
            manage = [sys.executable, "manage.py"]
            commands = [["createsuperuser", "--noinput", "--email", ADMIN]]
            if file is not None:
                commands.append(["import_products", str(file), "--format", "nexus-json"])
            for command in commands:
                subprocess.run([*manage, *command], cwd=ROOT, env=environment, check=True)
            yield port, folder
        finally:
            shop.send_signal(signal.SIGINT)
            shop.wait(60)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the shop did not start")


def requests(port: int) -> Iterator[tuple[str, Client, Call]]:
    """Every standard request: what it is called, who sends it, and how the next one is made."""
    anybody = Client(port)
    admin = Client(port).sign_in(ADMIN)
    credentials = {"email": "shopper@bench.test", "password": PASSWORD}
    anybody.send("POST", "/api/auth/registration/", credentials)
    shopper = Client(port).sign_in(credentials["email"])
    keyed = KeyedClient(port).sign_in(credentials["email"])
    listed = anybody.send("GET", "/api/store/products/?page_size=100&in_stock=true")["results"]
    details = [anybody.send("GET", f"/api/store/products/{p['slug']}/") for p in listed]
    variants = itertools.cycle([d["variants"][0]["id"] for d in details])
    slugs = itertools.cycle([p["slug"] for p in listed])
    leaf = listed[0]["category"]["slug"]
    top = anybody.send("GET", "/api/store/categories/?tree=true")["results"][0]["slug"]
    numbers = itertools.count(1)
    store = "/api/store"

    word = listed[0]["name"].split()[1]

    for name, query in (
        ("list, newest first", ""),
        ("list, by price", "?ordering=price"),
        ("list, top category by price", f"?category={top}&ordering=price"),
        ("list, leaf category by price", f"?category={leaf}&ordering=price"),
        ("list, page 400", "?page=400"),
        ("list, 100 per page", "?page_size=100"),
        ("list, in stock, price range", "?in_stock=true&min_price=50&max_price=200"),
        ("list, size M", "?size=M"),
        ("search by relevance", f"?search={word}&ordering=relevance"),
        ("list with facets", "?facets=true"),
        ("top category with facets", f"?category={top}&facets=true"),
        ("leaf category with facets", f"?category={leaf}&facets=true"),
        ("search with facets", f"?search={word}&facets=true"),
    ):
        yield f"products: {name}", anybody, lambda q=query: ("GET", f"{store}/products/{q}", None)  # type: ignore[misc]
    for typed in (word[:2], word[:4], f"{word[:-2]}{word[:-3:-1]}"):
        suggest = f"{store}/search/suggest/?q={typed}"
        yield f"suggest: {typed}", anybody, lambda path=suggest: ("GET", path, None)  # type: ignore[misc]
    yield "product: read", anybody, lambda: ("GET", f"{store}/products/{next(slugs)}/", None)
    yield "categories: list", anybody, lambda: ("GET", f"{store}/categories/", None)
    yield "categories: tree", anybody, lambda: ("GET", f"{store}/categories/?tree=true", None)
    yield "category: read", anybody, lambda: ("GET", f"{store}/categories/{leaf}/", None)

    def new_product() -> tuple[str, str, Any]:
        body = {"name": f"Bench {next(numbers)}", "category": leaf, "price": "9.99", "stock": 5}
        return "POST", f"{store}/products/", body

    def changed_product() -> tuple[str, str, Any]:
        return "PATCH", f"{store}/products/{next(slugs)}/", {"price": f"{next(numbers) % 900}.50"}

    yield "product: create", admin, new_product
    yield "product: update", admin, changed_product
    made = anybody.send("GET", f"{store}/products/?search=bench&page_size=100")["results"]
    doomed = iter([p["slug"] for p in made])
    yield "product: delete", admin, lambda: ("DELETE", f"{store}/products/{next(doomed)}/", None)
    variant = details[0]["variants"][0]["id"]
    of_variant = f"{store}/products/{listed[0]['slug']}/variants/"
    yield "variants: list", anybody, lambda: ("GET", of_variant, None)
    yield "variant: update", admin, lambda: (
        "PATCH", f"{of_variant}{variant}/", {"stock": 500 + next(numbers) % 9},
    )  # fmt: skip
    yield "category: create", admin, lambda: (
        "POST", f"{store}/categories/", {"name": f"Bench {next(numbers)}"},
    )  # fmt: skip
    yield "category: update", admin, lambda: (
        "PATCH", f"{store}/categories/{leaf}/", {"description": f"Number {next(numbers)}"},
    )  # fmt: skip
    yield "vendors: list", anybody, lambda: ("GET", f"{store}/vendors/", None)
    yield "stock: list", admin, lambda: ("GET", f"{store}/stock/", None)
    yield "stock: receive", admin, lambda: (
        "POST", f"{store}/stock/receive/", {"variant": variant, "quantity": 1},
    )  # fmt: skip
    yield "stock: movements", admin, lambda: ("GET", f"{store}/stock/movements/", None)
    emails = (f"shopper{number}@bench.test" for number in numbers)
    yield "register", anybody, lambda: (
        "POST", "/api/auth/registration/", {"email": next(emails), "password": PASSWORD},
    )  # fmt: skip
    yield "sign in", anybody, lambda: ("POST", "/api/auth/jwt/create/", credentials)
    yield "profile: read", shopper, lambda: ("GET", f"{store}/users/me/", None)
    yield "profile: update", shopper, lambda: (
        "PATCH", f"{store}/users/me/", {"first_name": f"Ada {next(numbers)}"},
    )  # fmt: skip
    address = {"full_name": "Ada", "line1": "1 Road", "city": "London", "country": "GB"}
    yield "address: create", shopper, lambda: ("POST", f"{store}/addresses/", address)
    yield "addresses: list", shopper, lambda: ("GET", f"{store}/addresses/", None)
    yield "wishlist: add", shopper, lambda: (
        "POST", f"{store}/wishlists/", {"product": next(slugs)},
    )  # fmt: skip
    yield "wishlist: list", shopper, lambda: ("GET", f"{store}/wishlists/", None)
    reviewed = iter([p["slug"] for p in listed])
    yield "review: create", shopper, lambda: (
        "POST", f"{store}/products/{next(reviewed)}/reviews/", {"rating": 5, "title": "Good"},
    )  # fmt: skip
    yield "reviews: list", anybody, lambda: (
        "GET", f"{store}/products/{listed[0]['slug']}/reviews/", None,
    )  # fmt: skip

    def add() -> tuple[str, str, Any]:
        return "POST", f"{store}/carts/add_item/", {"variant": next(variants), "quantity": 1}

    yield "cart: add item", shopper, add
    line = shopper.send(*add())["items"][0]["id"]
    yield "cart line: update", shopper, lambda: (
        "PATCH", f"{store}/cart-items/{line}/", {"quantity": 1 + next(numbers) % 5},
    )  # fmt: skip
    yield "cart: read", shopper, lambda: ("GET", f"{store}/carts/", None)

    def place() -> tuple[str, str, Any]:
        shopper.send(*add())
        return "POST", f"{store}/orders/", {"shipping_address": address}

    yield "order: place, with a key", keyed, place
    yield "order: place", shopper, place
    orders = shopper.send("GET", f"{store}/orders/?page_size=100")["results"]
    numbers_of_orders = itertools.cycle([order["number"] for order in orders])
    yield "orders: list", shopper, lambda: ("GET", f"{store}/orders/", None)
    yield (
        "order: read",
        shopper,
        lambda: ("GET", f"{store}/orders/{next(numbers_of_orders)}/", None),
    )
    yield "order: history", shopper, lambda: (
        "GET", f"{store}/orders/{orders[0]['number']}/history/", None,
    )  # fmt: skip
    unpaid = iter([order["id"] for order in orders])
    yield "payment: open", shopper, lambda: (
        "POST", f"{store}/payments/", {"order": next(unpaid), "method": "test"},
    )  # fmt: skip
    opened = shopper.send("GET", f"{store}/payments/?page_size=100")["results"]
    waiting = iter([payment["id"] for payment in opened])
    yield "payment: confirm", shopper, lambda: (
        "POST", f"{store}/payments/{next(waiting)}/confirm/", {"outcome": "succeed"},
    )  # fmt: skip
    paid = iter([order["id"] for order in orders])
    yield "order: refund", admin, lambda: (
        "POST", f"{store}/orders/{next(paid)}/refund/", {"reason": "Benchmark"},
    )  # fmt: skip
    yield "events: after the last one read", admin, lambda: (
        "GET", f"{store}/events/?after=100", None,
    )  # fmt: skip
    yield "payments: list", shopper, lambda: ("GET", f"{store}/payments/", None)
    yield "password: change", shopper, lambda: (
        "POST", "/api/auth/password/change/",
        {"current_password": PASSWORD, "new_password": PASSWORD},
    )  # fmt: skip


def measure(client: Client, call: Call, times: int) -> list[float]:
    """Milliseconds of each answer; requests that use themselves up may end earlier."""
    taken = []
    client.connection.close()  # the server may have given up a connection that was idle
    for _ in range(times):
        try:
            method, path, body = call()
        except (StopIteration, RuntimeError):
            break
        started = time.perf_counter()
        client.send(method, path, body)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--catalogue", type=Path, help="a nexus-json file")
    parser.add_argument("--requests", type=int, default=90, help="of each kind")
    given = parser.parse_args()
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as own:
        if given.catalogue is None:
            own.writelines(json.dumps(line) + "\n" for line in catalogue.lines(10_000))
            own.flush()
        rows = []
        with running_shop(given.catalogue or Path(own.name)) as (port, _):
            for name, client, call in requests(port):
                measure(client, call, 5)
                times = 20 if name in HASHING else given.requests
                taken = sorted(measure(client, call, times))
                rows.append((name, len(taken), statistics.median(taken), taken))
    print("| Request | n | median ms | p95 ms | max ms |\n|---|---:|---:|---:|---:|")
    for name, count, median, taken in rows:
        p95 = taken[int(count * 0.95)]
        print(f"| {name} | {count} | {median:.1f} | {p95:.1f} | {taken[-1]:.1f} |")
    slow = [name for name, _, median, _ in rows if median >= 10 and name not in HASHING]
    print(f"\nmedian of 10 ms or more: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())

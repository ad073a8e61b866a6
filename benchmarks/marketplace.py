"""What a shop of 400 sellers costs beside one of 4: per product, per order, per payout.

usage: python -m benchmarks.marketplace [--vendors 4 400] [--requests N]

For each number of vendors a shop of its own on an empty embedded PostgreSQL, each vendor with
100 products and 100 delivered and booked parts of orders of two sellers each. Prints Markdown:
milliseconds of each list over HTTP at one connection, and of a payout run in the worker.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.crud import PASSWORD, ROOT, Call, Client, measure, running_shop

OWNER = "owner@bench.test"
PRODUCTS, PARTS = 100, 100

# With set-based SQL, because services would place and book these orders for half an hour. Only
# what the measured requests read: no history, no stock movements of the sales, no events.
FILL = """
INSERT INTO products_category (name, slug, description, image, position, created_at, updated_at)
SELECT 'Shelf ' || n, 'shelf-' || n, '', '', n, now(), now() FROM generate_series(1, 20) AS n;

INSERT INTO vendors_vendor (name, slug, description, logo, contact_email, contact_phone, country,
    status, status_reason, is_house, payout_schedule, payout_details, created_at, updated_at)
SELECT 'Seller ' || n, 'seller-' || n, '', '', '', '', 'GB', 'approved', '', false, 'daily',
       '{"account_holder": "Seller", "iban": "GB33BUKB20201555555555"}', now(), now()
FROM generate_series(1, %(vendors)s) AS n;

INSERT INTO vendors_vendormember (vendor_id, user_id, role, created_at)
SELECT vendor.id, person.id, 'owner', now()
FROM vendors_vendor AS vendor, accounts_user AS person
WHERE vendor.slug = 'seller-1' AND person.email = %(owner)s;

INSERT INTO products_product (category_id, vendor_id, name, slug, description, status, base_price,
    price, currency, tags, meta_title, meta_description, average_rating, review_count,
    created_at, updated_at)
SELECT category.id, vendor.id, 'Thing ' || n || ' of ' || vendor.name,
       'thing-' || n || '-' || vendor.slug, 'sturdy oak', 'active', n + 0.99, n + 0.99, 'USD',
       '{}', '', '', 0, 0, now() - random() * interval '90 days', now()
FROM generate_series(1, %(products)s) AS n, vendors_vendor AS vendor
JOIN products_category AS category ON category.slug = 'shelf-' || (vendor.id %% 20 + 1)
WHERE NOT vendor.is_house;

INSERT INTO products_variant (product_id, sku, options, position, is_active, barcode,
    created_at, updated_at)
SELECT id, upper(slug), '{}', 0, true, '', now(), now() FROM products_product;

INSERT INTO inventory_stocklevel (variant_id, warehouse_id, on_hand, reserved, updated_at)
SELECT variant.id, warehouse.id, 1000, 0, now()
FROM products_variant AS variant, inventory_warehouse AS warehouse WHERE warehouse.is_default;

INSERT INTO inventory_stockmovement (level_id, kind, quantity, reference, reason)
SELECT id, 'receive', on_hand, '', '' FROM inventory_stocklevel;

-- Order k holds one thing of vendor number k and one of the next, round and round.
CREATE TEMPORARY TABLE pair AS
SELECT k AS place, 'NX-2026-' || lpad((k + 100000)::text, 7, '0') AS number,
       (k - 1) %% %(vendors)s + 1 AS first, k %% %(vendors)s + 1 AS second
FROM generate_series(1, %(vendors)s * %(parts)s / 2) AS k;

INSERT INTO orders_order (number, user_id, email, status, currency, subtotal, shipping_total,
    tax_total, discount_total, total_price, note, carrier, tracking_number, placed_at, paid_at,
    shipped_at, delivered_at, created_at, updated_at)
SELECT pair.number, person.id, person.email, 'DELIVERED', 'USD', 3.98, 0, 0, 0, 3.98, '', '', '',
       at, at, at, at, at, at
FROM pair, accounts_user AS person,
     LATERAL (SELECT now() - interval '40 days' + place * interval '1 s' AS at) AS clock
WHERE person.email = %(owner)s ORDER BY place;

INSERT INTO orders_vendororder (order_id, vendor_id, number, status, currency, subtotal,
    shipping_total, tax_total, discount_total, total_price, commission_total, carrier,
    tracking_number, shipped_at, delivered_at, created_at, updated_at)
SELECT placed.id, vendor.id, placed.number || '-' || side, 'DELIVERED', 'USD', 1.99, 0, 0, 0, 1.99,
       0.20, 'DHL', '', placed.paid_at, placed.paid_at, placed.paid_at, placed.paid_at
FROM pair JOIN orders_order AS placed USING (number)
CROSS JOIN LATERAL (VALUES (1, first), (2, second)) AS half (side, seller)
JOIN vendors_vendor AS vendor ON vendor.slug = 'seller-' || seller ORDER BY place, side;

INSERT INTO orders_orderitem (order_id, vendor_order_id, product_id, variant_id, vendor_id,
    product_name, product_slug, sku, options, quantity, price, line_total, commission_percent,
    commission_total)
SELECT part.order_id, part.id, product.id, variant.id, part.vendor_id, product.name, product.slug,
       variant.sku, '{}', 1, 1.99, 1.99, 10, 0.20
FROM orders_vendororder AS part JOIN vendors_vendor AS vendor ON vendor.id = part.vendor_id
JOIN products_product AS product ON product.slug = 'thing-1-' || vendor.slug
JOIN products_variant AS variant ON variant.product_id = product.id ORDER BY part.id;

INSERT INTO ledger_transaction (kind, cause, order_id, note)
SELECT 'sale', 'payment:bench-' || id, id, '' FROM orders_order ORDER BY id;

INSERT INTO ledger_entry (transaction_id, account, vendor_id, provider, currency, amount,
    vendor_order_id)
SELECT booked.id, share.account, share.vendor, share.provider, 'USD', share.amount, share.part
FROM ledger_transaction AS booked
JOIN orders_vendororder AS part ON part.order_id = booked.order_id
CROSS JOIN LATERAL (VALUES
    ('clearing', NULL::bigint, 'test', 1.99, NULL::bigint),
    ('vendor_payable', part.vendor_id, '', -1.79, part.id),
    ('platform_commission', NULL, '', -0.20, part.id)
) AS share (account, vendor, provider, amount, part) ORDER BY booked.id, part.id;
"""

# Runs in a process of its own, with the settings of the shop that is measured.
WORK = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django; django.setup()
from django.db import connection
from benchmarks import marketplace
{work}
"""


def fill(vendors: int) -> None:
    """Give the shop of this process `vendors` sellers; needs django.setup()."""
    from django.db import connection, transaction  # noqa: PLC0415 (of the shop's settings)

    told: dict[str, int | str] = {
        "vendors": vendors,
        "products": PRODUCTS,
        "parts": PARTS,
        "owner": OWNER,
    }
    with connection.cursor() as cursor:
        with transaction.atomic():
            for statement in FILL.split(";\n\n"):
                cursor.execute(statement, told)
        cursor.execute("VACUUM (ANALYZE)")


def in_shop(work: str, folder: str) -> str:
    """What `work` prints in a process of the shop that lives in `folder`."""
    environment = {**os.environ, "DATA_DIR": folder, "LOAD_DEMO": "false"}
    environment.pop("DATABASE_URL", None)
    ran = subprocess.run(
        [sys.executable, "-c", WORK.format(work=work)],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return ran.stdout.strip()


def requests(port: int) -> Iterator[tuple[str, Client, Call]]:
    anybody, owner = Client(port), Client(port).sign_in(OWNER)
    for size in (12, 100):
        for name, client, path in (
            ("products, newest first", anybody, "/api/store/products/"),
            ("products of one seller", anybody, "/api/store/products/?vendor=seller-1"),
            ("a seller's orders", owner, "/api/vendor/orders/"),
            ("a seller's products", owner, "/api/vendor/products/"),
            ("a seller's ledger", owner, "/api/vendor/ledger/"),
        ):
            glue = "&" if "?" in path else "?"
            address = f"{path}{glue}page_size={size}"
            yield f"{name}, {size} rows", client, lambda a=address: ("GET", a, None)  # type: ignore[misc]
    yield "a seller's balance", owner, lambda: ("GET", "/api/vendor/balance/", None)


def measured(vendors: int, times: int) -> dict[str, float]:
    """Milliseconds by name, of a shop with so many sellers."""
    found: dict[str, float] = {}
    credentials = {"email": OWNER, "password": PASSWORD}
    with running_shop(None) as (port, folder):
        Client(port).send("POST", "/api/auth/registration/", credentials)
        in_shop(f"marketplace.fill({vendors})", folder)
        for name, client, call in requests(port):
            measure(client, call, 5)
            found[name] = statistics.median(measure(client, call, times))
        found["payout run, per seller"] = float(in_shop(PAYOUT_RUN, folder)) / vendors
    return found


PAYOUT_RUN = """
from shop.ledger import services
started = time.perf_counter()
paid = services.schedule_payouts(on=services.today()).payouts
assert len(paid) > 3, paid
print((time.perf_counter() - started) * 1000)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vendors", type=int, nargs="+", default=[4, 400])
    parser.add_argument("--requests", type=int, default=90, help="of each kind")
    given = parser.parse_args()
    started = time.perf_counter()
    columns: list[dict[str, Any]] = [measured(n, given.requests) for n in given.vendors]
    print("| Request |" + "".join(f" {n} sellers, ms |" for n in given.vendors))
    print("|---|" + "---:|" * len(columns))
    for name in columns[0]:
        print(f"| {name} |" + "".join(f" {column[name]:.1f} |" for column in columns))
    print(f"\n{time.perf_counter() - started:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.faults.furnish`: tables, goods and shoppers in the empty DATABASE_URL.

Prints as JSON who buys (an access token each), who manages orders, sellers or all, and what
there is to buy, of the shop itself and of one seller who is paid by Stripe.
"""

import json
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

SHOPPERS = 30
GOODS = 24
STOCK = 100_000


def main() -> dict[str, Any]:
    # The shop's own hasher is slow on purpose; nobody signs in with these passwords.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)

    from shop.accounts.tests.make import access_token, make_staff, make_user
    from shop.ledger.tests.payouts.make import make_seller
    from shop.products.tests.make import make_category, make_product

    clerk = make_staff("order managers", email="clerk@faults.test")
    steward = make_staff("vendor managers", email="steward@faults.test")
    seller = make_seller("Seller", method="stripe")
    sold = make_product(category=make_category(), stock=STOCK, price="50.00", vendor=seller)
    owner = make_user("owner@faults.test", is_staff=True, is_superuser=True)
    shoppers = [make_user(f"shopper{number}@faults.test") for number in range(SHOPPERS)]
    categories = [make_category() for _ in range(3)]
    goods = [
        make_product(category=categories[number % 3], stock=STOCK, price=f"{5 + number}.50")
        for number in range(GOODS)
    ]
    return {
        "shoppers": [
            {"id": user.pk, "email": user.email, "token": access_token(user)} for user in shoppers
        ],
        "clerk": access_token(clerk),
        "owner": access_token(owner),
        "steward": access_token(steward),
        "seller": {"slug": seller.slug, "variant": sold.variants.get().pk},
        "categories": [category.slug for category in categories],
        "goods": [
            {"slug": product.slug, "variant": product.variants.get().pk} for product in goods
        ],
    }


if __name__ == "__main__":
    print(json.dumps(main()))

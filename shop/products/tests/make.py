"""Goods for tests."""

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from shop.accounts.models import User
from shop.inventory import services as inventory
from shop.inventory.models import StockLevel
from shop.products import services
from shop.products.models import Category, Product, Variant
from shop.products.services import NewVariant
from shop.vendors import services as vendors
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_member

_numbers = itertools.count(1)


def make_category(name: str | None = None, *, parent: Category | None = None) -> Category:
    return services.create_category(name=name or f"Category {next(_numbers)}", parent=parent)


def make_product(
    name: str | None = None,
    *,
    category: Category | None = None,
    vendor: Vendor | None = None,
    price: str = "10.00",
    stock: int = 10,
    sizes: Sequence[str] = (),
    status: Product.Status = Product.Status.ACTIVE,
    **fields: Any,
) -> Product:
    """An active product with `stock` of each variant: one per size, or a single default one.

    `fields` are further columns of the product, also those that only services write.
    """
    number = next(_numbers)
    name = name or f"Product {number}"
    product = services.create_product(
        name=name,
        slug=fields.pop("slug", None),
        category=category or make_category(),
        vendor=vendor or house_vendor(),
        price=Decimal(price),
        status=status,
        variants=[
            NewVariant(options=options, sku=f"SKU-{number}-{position}", stock=stock)
            for position, options in enumerate([{"size": size} for size in sizes] or [{}])
        ],
    )
    if fields:
        Product.objects.filter(pk=product.pk).update(**fields)
        product.refresh_from_db()
    return product


def make_seller(vendor: Vendor, role: VendorMember.Role = VendorMember.Role.MANAGER) -> User:
    """Somebody who acts for `vendor`."""
    return make_member(vendor, role=role).user


def house_vendor() -> Vendor:
    return vendors.house_vendor()


def give_stock(variant: Variant, quantity: int) -> StockLevel:
    """Bring what is available of `variant` to `quantity`."""
    inventory.set_available(stock={variant.pk: quantity}, reason="test")
    return StockLevel.objects.get(variant=variant, warehouse__is_default=True)

"""Goods for tests."""

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.products.models import Category, Product, Variant
from shop.vendors.models import Vendor

_numbers = itertools.count(1)


def make_category(name: str | None = None, *, parent: Category | None = None) -> Category:
    name = name or f"Category {next(_numbers)}"
    slug = name.lower().replace(" ", "-")
    return Category.objects.create(name=name, slug=slug, parent=parent)


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
    """An active product with `stock` of each variant: one per size, or a single default one."""
    number = next(_numbers)
    name = name or f"Product {number}"
    slug = f"{name.lower().replace(' ', '-')}-{number}-p"
    product = Product.objects.create(
        name=name,
        slug=fields.pop("slug", slug),
        category=category or make_category(),
        vendor=vendor or house_vendor(),
        base_price=Decimal(price),
        price=Decimal(price),
        currency="USD",
        status=status,
        **fields,
    )
    for position, options in enumerate([{"size": size} for size in sizes] or [{}]):
        variant = Variant.objects.create(
            product=product, sku=f"SKU-{number}-{position}", options=options, position=position
        )
        give_stock(variant, stock)
    return product


def house_vendor() -> Vendor:
    return Vendor.objects.get_or_create(
        is_house=True, defaults={"name": "House", "slug": "house", "status": "approved"}
    )[0]


def give_stock(variant: Variant, quantity: int) -> StockLevel:
    warehouse, _ = Warehouse.objects.get_or_create(
        is_default=True, defaults={"name": "Main warehouse", "code": "main"}
    )
    level = StockLevel.objects.create(variant=variant, warehouse=warehouse, on_hand=quantity)
    if quantity:
        StockMovement.objects.create(
            level=level, kind=StockMovement.Kind.RECEIVE, quantity=quantity, reason="test"
        )
    return level

"""Rates of commission for tests, agreed on as staff do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.cart import querysets as carts
from shop.cart.models import Cart
from shop.cart.totals import CartLine
from shop.commissions import services
from shop.commissions.models import CommissionRule
from shop.commissions.querysets import charges_of
from shop.orders.tests.make import fill_cart
from shop.products.models import Product
from shop.vendors.models import Vendor


def make_vendor_manager() -> User:
    return make_staff("vendor managers", email="victor@example.test")


def make_rate(
    vendor: Vendor, percent: str = "20", *, fee: str = "0", **more: Any
) -> CommissionRule:
    """From now on, or from `valid_from`."""
    actor = User.objects.filter(is_staff=True).first() or make_user(is_staff=True)
    return services.set_rate(
        vendor=vendor, percent=Decimal(percent), fee=Decimal(fee), actor=actor, **more
    )


def begun_ago(rule: CommissionRule, *, days: int) -> CommissionRule:
    """As if it had been agreed on `days` earlier."""
    ago = timedelta(days=days)
    CommissionRule.objects.filter(pk=rule.pk).update(
        valid_from=rule.valid_from - ago, created_at=rule.created_at - ago
    )
    rule.refresh_from_db()
    return rule


def in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def lines_of(buyer: User, products: Sequence[Product], *, quantity: int = 1) -> list[CartLine]:
    """The lines of a cart with one of each product's variants."""
    variants = [product.variants.order_by("id")[0] for product in products]
    fill_cart(buyer, variants, quantity=quantity)
    return carts.lines_of(Cart.objects.get(user=buyer, status=Cart.Status.OPEN))


def percents(buyer: User, *products: Product) -> list[Decimal]:
    """What would be kept of each product at this moment."""
    return [charge.percent for charge in charges_of(lines_of(buyer, products))]

"""Sellers for tests, and orders of goods of several of them."""

from dataclasses import dataclass
from typing import Any

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.orders import services
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import as_payments, make_order
from shop.products.models import Variant
from shop.products.tests.make import house_vendor, make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of

Role = VendorMember.Role


@dataclass(frozen=True)
class Seller:
    """A vendor, its owner, and something that it sells."""

    vendor: Vendor
    user: User
    variant: Variant

    def get(self, path: str = "orders/", **query: Any) -> Any:
        """The answer to its owner from under `/api/vendor/`."""
        return client_of(self.user).get(f"/api/vendor/{path}", query)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return client_of(self.user).post(f"/api/vendor/{path}", data or {}, headers=headers)

    def list(self, **query: Any) -> list[str]:
        """The numbers of the parts that its owner is shown."""
        return [part["number"] for part in body(self.get(**query))["results"]]


def make_seller(name: str, *, price: str = "10.00", stock: int = 1000) -> Seller:
    slug = name.lower().replace("'", "").replace(" ", "-")
    user = make_user(f"{slug}@example.test")
    vendor = make_vendor(name.replace("'", ""), owner=user)
    product = make_product(f"Thing of {name}", vendor=vendor, price=price, stock=stock)
    return Seller(vendor, user, product.variants.get())


def house_seller() -> Seller:
    """The house vendor, and somebody who acts for it."""
    user = make_user("house@example.test")
    vendor = house_vendor()
    VendorMember.objects.create(vendor=vendor, user=user, role=Role.OWNER)
    return Seller(vendor, user, make_product("House thing", stock=1000).variants.get())


def make_colleague(vendor: Vendor, role: Role) -> User:
    user = make_user()
    VendorMember.objects.create(vendor=vendor, user=user, role=role)
    return user


def split_order(user: User, *sellers: Seller, quantity: int = 1, paid: bool = True) -> Order:
    """An order of `quantity` of what each of `sellers` sells."""
    variants = [seller.variant for seller in sellers]
    order = make_order(user, variants=variants, quantity=quantity, note="Please ring twice.")
    return as_payments(services.mark_paid, order=order, actor=user) if paid else order


def part_of(order: Order, seller: Seller) -> VendorOrder:
    return VendorOrder.objects.get(order=order, vendor=seller.vendor)

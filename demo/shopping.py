"""How the demo's shoppers buy, as far as each order shall come, through the services."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from shop.accounts.models import User
from shop.cart import services as cart
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.provider import Outcome
from shop.products.models import Product


@dataclass(frozen=True)
class Shopping:
    """Orders of one piece for each name of `goods`; `admin` moves them."""

    goods: Mapping[str, Product]
    admin: User

    def place(self, user: User, *names: str) -> Order:
        for name, quantity in Counter(names).items():
            variant = self.goods[name].variants.earliest("position")
            cart.add_item(user=user, variant_id=variant.pk, quantity=quantity)
        return orders.place_order(user=user)

    def paid(self, user: User, *names: str) -> Order:
        order = self.place(user, *names)
        opened = payments.open_payment(order=order, method="test", user=user)
        payments.confirm_payment(payment=opened.payment, actor=user, outcome=Outcome.SUCCEED)
        return order

    def processing(self, user: User, *names: str) -> Order:
        return orders.process_order(order=self.paid(user, *names), actor=self.admin)

    def shipped(self, user: User, *names: str) -> Order:
        order = self.processing(user, *names)
        return orders.ship_order(
            order=order, actor=self.admin, carrier="DHL", tracking_number=f"JD0146{order.pk:08d}"
        )

    def delivered(self, user: User, *names: str) -> Order:
        return orders.deliver_order(order=self.shipped(user, *names), actor=self.admin)

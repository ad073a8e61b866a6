"""A vendor reads who moved its part, as far as that is its business."""

import pytest

from shop.accounts.models import User
from shop.orders import services
from shop.orders.tests.make import as_payments
from shop.orders.tests.sellers import Role, Seller, make_colleague, part_of, split_order
from tests.api import body

pytestmark = pytest.mark.django_db


def test_tells_colleagues_from_buyers_and_staff(
    alice: User, clerk: User, vera: Seller, otto: Seller
) -> None:
    order = split_order(alice, vera, otto, paid=False)
    as_payments(services.mark_paid, order=order, actor=None, note="Paid 20.00 USD by card.")
    helper = make_colleague(vera.vendor, Role.FULFILLER)
    services.process_part(part=part_of(order, vera), actor=clerk, note="They asked by phone.")
    services.ship_part(part=part_of(order, vera), actor=helper, note="Two boxes.")
    changes = body(vera.get(f"orders/{order}-1/history/"))["results"]
    told = [(c["to_status"], c["actor"], c["actor_email"], c["note"]) for c in changes]
    assert told == [
        ("PENDING", "customer", None, ""),
        # What the whole order cost is not this vendor's business.
        ("PAID", "shop", None, ""),
        ("PROCESSING", "staff", None, "They asked by phone."),
        ("SHIPPED", "vendor", helper.email, "Two boxes."),
    ]
    other = body(otto.get(f"orders/{order}-2/history/"))["results"]
    assert [change["to_status"] for change in other] == ["PENDING", "PAID"]

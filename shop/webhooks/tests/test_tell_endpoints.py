"""Which endpoints are told of which events."""

from dataclasses import fields

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.events import UserErased
from shop.accounts.models import User
from shop.core.events import Event
from shop.inventory.events import StockLow
from shop.ledger.events import PayoutFailed, PayoutScheduled, PayoutSent, PayoutSettled
from shop.ledger.models import Payout
from shop.orders import services as orders
from shop.orders.events import OrderPaid, OrderPlaced
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments.events import PaymentSucceeded
from shop.payments.tests.make import pay
from shop.products import services as products
from shop.products.events import ProductUpdated
from shop.products.tests.make import make_product
from shop.vendors.events import (
    MemberInvited,
    VendorApplied,
    VendorApproved,
    VendorRejected,
    VendorSuspended,
)
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from shop.webhooks import querysets, services
from shop.webhooks.catalogue import PUBLIC
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.tests.make import make_endpoint, relay, tell

pytestmark = pytest.mark.django_db


def told(endpoint: Endpoint) -> list[str]:
    found = Delivery.objects.filter(endpoint=endpoint).order_by("event__position")
    return list(found.values_list("event__name", flat=True))


def test_tells_of_what_it_subscribed_to() -> None:
    endpoint = make_endpoint("order.paid", "stock.low")
    tell(OrderPaid(order_id=1), OrderPlaced(order_id=1), StockLow(variant_id=1, available=0))
    assert told(endpoint) == ["order.paid", "stock.low"]


def test_the_star_hears_all_that_is_public() -> None:
    endpoint = make_endpoint("*")
    tell(OrderPaid(order_id=1), PaymentSucceeded(payment_id=1), UserErased(user_id=1))
    assert told(endpoint) == ["order.paid", "payment.succeeded"]


def test_tells_once_however_often_the_relay_comes() -> None:
    endpoint = make_endpoint()
    rows = tell(OrderPaid(order_id=1))
    services.enqueue(rows)
    services.enqueue(rows)
    assert told(endpoint) == ["order.paid"]


def test_does_not_tell_of_what_happened_before() -> None:
    old = tell(OrderPaid(order_id=1))
    endpoint = make_endpoint()
    services.enqueue(old)
    assert told(endpoint) == []


def test_one_that_is_off_hears_nothing() -> None:
    endpoint = make_endpoint()
    services.change_endpoint(endpoint_id=endpoint.pk, is_active=False)
    tell(OrderPaid(order_id=1))
    assert told(endpoint) == []


def test_a_vendor_hears_of_orders_with_a_line_of_its_own(alice: User, vases: Vendor) -> None:
    mine, others = make_endpoint(vendor=vases), make_endpoint(vendor=make_vendor())
    vase = make_product(vendor=vases).variants.get()
    relay()
    Delivery.objects.all().delete()
    make_order(alice, variants=[vase, make_variant()])
    make_order(alice, variants=[make_variant()])
    relay()
    assert told(mine) == ["order.placed"]
    assert told(others) == []


def test_a_vendor_hears_of_its_own_goods_even_when_they_are_gone(vases: Vendor) -> None:
    mine, others = make_endpoint(vendor=vases), make_endpoint(vendor=make_vendor())
    product = make_product(vendor=vases)
    variant = product.variants.get()
    tell(StockLow(variant_id=variant.pk, available=1), ProductUpdated(product_id=product.pk))
    products.delete_product(product=product)
    relay()
    assert told(mine) == ["product.created", "stock.low", "product.updated", "product.deleted"]
    assert told(others) == []


def test_no_vendor_hears_of_money(alice: User, vases: Vendor) -> None:
    mine = make_endpoint(vendor=vases)
    tell(PaymentSucceeded(payment_id=1))
    assert told(mine) == []


class TestVendors:
    """Of parts, payouts and decisions each vendor hears its own, and the shop hears all."""

    @pytest.fixture
    def lamps(self) -> Vendor:
        return make_vendor("Lamps")

    @pytest.fixture
    def order(self, alice: User, vases: Vendor, lamps: Vendor) -> Order:
        """Of both, paid, with nothing left to be told."""
        goods = [make_product(vendor=vendor).variants.get() for vendor in (vases, lamps)]
        order = make_order(alice, variants=goods)
        pay(order)
        relay()
        return order

    def test_a_part_is_told_to_the_shop_and_to_its_vendor_only(
        self, order: Order, vases: Vendor, lamps: Vendor
    ) -> None:
        shop = make_endpoint()
        mine, theirs = make_endpoint(vendor=vases), make_endpoint(vendor=lamps)
        orders.ship_part(part=order.parts.get(vendor=vases), actor=None)
        relay()
        assert told(mine) == told(shop) == ["vendor_order.shipped"]
        assert told(theirs) == []

    @pytest.mark.parametrize("move", ["ship", "cancel"])
    def test_nobody_learns_the_id_of_anothers_part(
        self, move: str, order: Order, vases: Vendor, lamps: Vendor
    ) -> None:
        """Neither by what is delivered, nor in the feed."""
        part = order.parts.get(vendor=vases)
        by_move = {"ship": orders.ship_part, "cancel": orders.cancel_part}
        by_move[move](part=part, actor=None)
        orders.ship_order(order=order, actor=None)
        orders.deliver_order(order=order, actor=None)
        relay()
        for vendor in (vases, lamps):
            own = order.parts.get(vendor=vendor)
            heard = querysets.feed(
                after=0, names=list(PUBLIC), vendor_id=vendor.pk, limit=100
            ).results
            parts = {each["data"].get("vendor_order_id") for each in heard}
            assert parts == {None, own.pk}
            assert {each["data"].get("order_number", order.number) for each in heard} == {
                order.number
            }

    def test_says_which_part_of_which_order(self, order: Order, vases: Vendor) -> None:
        part = order.parts.get(vendor=vases)
        orders.process_part(part=part, actor=None)
        relay()
        names = ["vendor_order.processing"]
        (heard,) = querysets.feed(after=0, names=names, vendor_id=vases.pk, limit=9).results
        assert heard["data"] == {
            "order_id": order.pk,
            "vendor_order_id": part.pk,
            "order_number": order.number,
        }

    def test_both_hear_of_the_order_itself(
        self, order: Order, vases: Vendor, lamps: Vendor
    ) -> None:
        both = [make_endpoint("order.cancelled", vendor=vendor) for vendor in (vases, lamps)]
        orders.cancel_order(order=order, actor=None)
        relay()
        assert [told(endpoint) for endpoint in both] == [["order.cancelled"]] * 2

    @pytest.mark.parametrize(
        ("event", "hears"),
        [
            (PayoutScheduled, True),
            (PayoutSent, True),
            (PayoutSettled, True),
            (PayoutFailed, True),
            (VendorApproved, True),
            (VendorSuspended, True),
            (VendorApplied, False),
            (VendorRejected, False),
        ],
    )
    def test_hears_of_its_payouts_and_of_what_was_decided(
        self, event: type[Event], hears: bool, vases: Vendor, lamps: Vendor
    ) -> None:
        payout = Payout.objects.create(
            vendor=vases,
            number="PO-2026-000001",
            method="manual",
            currency="USD",
            amount=10,
            period_end="2026-11-20",
            destination={},
        )
        shop = make_endpoint()
        mine, theirs = make_endpoint(vendor=vases), make_endpoint(vendor=lamps)
        values = {"vendor_id": vases.pk, "payout_id": payout.pk}
        tell(event(**{field.name: values[field.name] for field in fields(event)}))
        assert told(shop) == [event.name]
        assert told(mine) == ([event.name] if hears else [])
        assert told(theirs) == []

    def test_who_is_invited_stays_inside(self, vases: Vendor) -> None:
        shop, mine = make_endpoint(), make_endpoint(vendor=vases)
        tell(MemberInvited(vendor_id=vases.pk, invitation_id=1))
        assert told(shop) == told(mine) == []


def test_costs_nothing_when_nothing_public_happened() -> None:
    rows = tell(UserErased(user_id=1))
    with CaptureQueriesContext(connection) as queries:
        services.enqueue(rows)
    assert len(queries) == 0


def test_takes_one_statement_for_any_number(vases: Vendor) -> None:
    for _ in range(5):
        make_endpoint()
        make_endpoint(vendor=vases)
    rows = tell(*(OrderPaid(order_id=number) for number in range(1, 20)))
    Delivery.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        services.enqueue(rows)
    assert len(queries) == 1
    assert Delivery.objects.count() == 5 * 19


def test_a_test_goes_to_the_endpoint_that_asked_for_it() -> None:
    tested, other = make_endpoint("order.paid"), make_endpoint()
    services.send_test(endpoint_id=tested.pk)
    relay()
    assert told(tested) == ["webhook.test"]
    assert told(other) == []

"""Which endpoints are told of which events."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.events import UserErased
from shop.accounts.models import User
from shop.inventory.events import StockLow
from shop.orders.events import OrderPaid, OrderPlaced
from shop.orders.tests.make import make_order, make_variant
from shop.payments.events import PaymentSucceeded
from shop.products import services as products
from shop.products.events import ProductUpdated
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from shop.webhooks import services
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

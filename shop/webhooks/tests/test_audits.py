import pytest

from shop.accounts.models import User
from shop.core.tests.plant import plant, told
from shop.orders.events import OrderPaid
from shop.orders.tests.make import make_order
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.webhooks import audits, services
from shop.webhooks.models import Delivery
from shop.webhooks.tests.make import BROKEN, OK, URL, make_endpoint, record, relay, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(alice: User, vases: Vendor) -> Delivery:
    """A shop with an old event, events that concern somebody, and some that do not."""
    tell(OrderPaid(order_id=1))
    shops = make_endpoint("order.placed")
    make_endpoint(vendor=vases)
    services.change_endpoint(endpoint_id=make_endpoint().pk, is_active=False)
    vase = make_product(vendor=vases).variants.get()
    make_order(alice, variants=[vase])
    make_order(alice)
    relay()
    return Delivery.objects.filter(endpoint=shops).earliest("event__position")


def test_find_nothing_in_sound_books(delivery: Delivery) -> None:
    record(delivery, BROKEN, OK)
    every = (audits.told, audits.stuck, audits.delivered)
    assert [told(audit) for audit in every] == [[], [], []]


def test_finds_an_endpoint_that_was_not_told(delivery: Delivery) -> None:
    plant(f"DELETE FROM webhooks_delivery WHERE id = {delivery.pk}")
    event = delivery.event
    assert told(audits.told) == [
        (
            f"Endpoint {delivery.endpoint_id} ({URL}): it was never told of event {event.pk} "
            f"(order.placed, position {event.position})"
        )
    ]


def test_finds_a_vendor_that_was_not_told(delivery: Delivery) -> None:
    plant(f"DELETE FROM webhooks_delivery WHERE endpoint_id <> {delivery.endpoint_id}")
    (found,) = told(audits.told)
    assert "order.placed" in found, "products may have changed hands since"


def test_expects_nothing_of_the_time_before_a_change(delivery: Delivery) -> None:
    services.change_endpoint(endpoint_id=delivery.endpoint_id, events=["*"])
    assert told(audits.told) == []


def test_finds_a_delivery_that_nobody_sends(delivery: Delivery) -> None:
    plant(
        "UPDATE webhooks_delivery SET next_attempt_at = '2026-11-20 12:00:00+00' "
        f"WHERE id = {delivery.pk}"
    )
    assert told(audits.stuck) == [
        (
            f"Delivery {delivery.pk} (event {delivery.event_id} to {URL}): "
            "it was due at 2026-11-20 12:00:00 and nobody has sent it"
        )
    ]


def test_finds_a_success_that_never_was(delivery: Delivery) -> None:
    record(delivery, BROKEN)
    plant(
        "UPDATE webhooks_delivery SET state = 'delivered', delivered_at = now() "
        f"WHERE id = {delivery.pk}"
    )
    assert told(audits.delivered) == [
        (
            f"Delivery {delivery.pk} (event {delivery.event_id} to {URL}): "
            "it counts as delivered, but no attempt had a good answer"
        )
    ]

"""Webhooks in the back office: made, resumed and sent again by people."""

from typing import Any

import pytest
from django.utils import timezone

from shop.accounts.models import User
from shop.orders.events import OrderPaid
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.tests.make import OK, URL, make_endpoint, record, relay, tell
from tests.back_office import browser_of, form_of, in_dialog, make_superuser, page, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_superuser()


@pytest.fixture
def client(boss: User) -> Any:
    return browser_of(boss)


def add(client: Any, **fields: Any) -> Any:
    sent = {"url": URL, "events": ["order.paid", "stock.low"], "is_active": "on"} | fields
    return client.post(page(Endpoint, do="add"), sent, follow=True)


def test_shows_a_new_secret_once(client: Any, boss: User) -> None:
    response = add(client)
    endpoint = Endpoint.objects.get()
    assert (endpoint.events, endpoint.created_by) == (["order.paid", "stock.low"], boss)
    assert any(endpoint.secret in text for _, text in said(response))
    for address in (page(Endpoint), page(Endpoint, endpoint.pk)):
        assert endpoint.secret not in client.get(address).content.decode()


def test_makes_one_for_a_vendor(client: Any) -> None:
    vendor: Vendor = make_vendor()
    add(client, vendor=vendor.pk)
    assert Endpoint.objects.get().vendor == vendor


def test_says_beside_the_field_why_not(client: Any) -> None:
    response = add(client, url="https://10.0.0.1/")
    assert response.status_code == 200
    assert "public internet" in str(response.context["adminform"].form.errors["url"])
    assert not Endpoint.objects.exists()


def test_changes_what_was_changed(client: Any) -> None:
    endpoint = make_endpoint("order.paid")
    address = page(Endpoint, endpoint.pk)
    sent = form_of(client.get(address), events=["order.placed"])
    assert client.post(address, sent).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.events, endpoint.url) == (["order.placed"], URL)


def test_deletes(client: Any) -> None:
    endpoint = make_endpoint()
    client.post(page(Endpoint, endpoint.pk, do="delete"), {"post": "yes"})
    selected = {"action": "delete_selected", "_selected_action": [make_endpoint().pk]}
    client.post(page(Endpoint), selected | {"post": "yes"})
    assert not Endpoint.objects.exists()


def test_replaces_a_secret_and_shows_it(client: Any) -> None:
    endpoint = make_endpoint()
    messages = in_dialog(client, page(Endpoint, endpoint.pk, do="rotate"), {})
    fresh = Endpoint.objects.get().secret
    assert fresh != endpoint.secret
    assert any(fresh in text for _, text in messages)


def test_resumes(client: Any) -> None:
    endpoint = make_endpoint()
    Endpoint.objects.update(paused_at=timezone.now(), pause_reason="It was away.")
    in_dialog(client, page(Endpoint, endpoint.pk, do="resume"), {})
    assert Endpoint.objects.get().paused_at is None


def test_sends_a_test(client: Any) -> None:
    endpoint = make_endpoint()
    in_dialog(client, page(Endpoint, endpoint.pk, do="test"), {})
    relay()
    assert Delivery.objects.get().event.name == "webhook.test"


def test_delivers_again(client: Any) -> None:
    make_endpoint()
    tell(OrderPaid(order_id=1))
    delivery = record(Delivery.objects.get(), OK)
    selected = {"action": "deliver_again", "_selected_action": [delivery.pk]}
    response = client.post(page(Delivery), selected, follow=True)
    assert said(response) == [("success", "1 will be sent again.")]
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.WAITING


def test_delivers_again_from_its_own_page(client: Any) -> None:
    make_endpoint()
    tell(OrderPaid(order_id=1))
    delivery = record(Delivery.objects.get(), OK)
    button = page(Delivery, delivery.pk, do="deliver")
    assert button in client.get(page(Delivery, delivery.pk)).content.decode()
    assert in_dialog(client, button, {}) == [("success", "It will be sent again.")]
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.WAITING

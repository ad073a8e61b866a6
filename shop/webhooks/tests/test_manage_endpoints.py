"""Webhooks over HTTP, for staff and for sellers."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.orders.events import OrderPaid
from shop.products.events import ProductUpdated
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from shop.webhooks import services
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.tests.make import BROKEN, OK, URL, make_endpoint, record, relay, tell
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

LIST = "/api/store/webhooks/"


@pytest.fixture
def boss(db: None) -> User:
    """Staff who may do everything with webhooks, and nothing else."""
    boss = make_user("boss@example.test", is_staff=True)
    boss.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="webhooks", content_type__model="endpoint"
        )
    )
    return boss


def subscribe(user: User, **fields: Any) -> Any:
    asked = {"url": URL, "events": ["order.paid"]} | fields
    return client_of(user).post(LIST, asked)


class TestSubscribe:
    def test_staff_make_the_shops_own(self, boss: User) -> None:
        response = subscribe(boss)
        assert response.status_code == 201
        endpoint = Endpoint.objects.get()
        assert (endpoint.vendor, endpoint.created_by) == (None, boss)
        assert body(response)["vendor"] is None

    def test_sellers_make_one_of_their_vendor(self, vera: User, vases: Vendor) -> None:
        response = subscribe(vera)
        assert response.status_code == 201
        assert body(response)["vendor"]["slug"] == vases.slug

    def test_sellers_of_several_name_one(self, vera: User, vases: Vendor) -> None:
        second = make_vendor(owner=vera)
        assert codes(subscribe(vera)) == ["required"]
        assert body(subscribe(vera, vendor=second.slug))["vendor"]["id"] == second.pk

    def test_not_for_another_vendor(self, vera: User, vases: Vendor) -> None:
        other = make_vendor()
        assert codes(subscribe(vera, vendor=other.slug)) == ["does_not_exist"]

    def test_the_secret_is_shown_once(self, boss: User) -> None:
        made = body(subscribe(boss))
        assert made["secret"] == Endpoint.objects.get().secret
        assert made["secret"].startswith("whsec_")
        client = client_of(boss)
        for path in (LIST, f"{LIST}{made['id']}/"):
            assert "whsec_" not in client.get(path).content.decode()
        changed = client.patch(f"{LIST}{made['id']}/", {"is_active": False})
        assert "secret" not in body(changed)

    @pytest.mark.parametrize("role", ["fulfiller", None])
    def test_is_not_for_those_who_only_pack(self, vases: Vendor, role: str | None) -> None:
        bob = make_user()
        if role:
            VendorMember.objects.create(vendor=vases, user=bob, role=role)
        assert subscribe(bob).status_code == 403
        assert client_of(bob).get("/api/store/events/").status_code == 403

    def test_refuses_addresses_within(self, boss: User) -> None:
        response = subscribe(boss, url="https://169.254.169.254/")
        assert (response.status_code, codes(response)) == (400, ["address_not_allowed"])
        assert body(response)["errors"][0]["attr"] == "url"

    @pytest.mark.parametrize("events", [["order.nope"], ["user.erased"], ["webhook.test"], ["**"]])
    def test_refuses_events_that_are_not_told(self, boss: User, events: list[str]) -> None:
        assert codes(subscribe(boss, events=events)) == ["no_such_event"]

    def test_refuses_vendors_events_of_money(self, vera: User, vases: Vendor) -> None:
        assert codes(subscribe(vera, events=["payment.succeeded"])) == ["no_such_event"]

    def test_refuses_no_events(self, boss: User) -> None:
        assert subscribe(boss, events=[]).status_code == 400
        assert not Endpoint.objects.exists()

    def test_refuses_the_21st(self, boss: User, vera: User, vases: Vendor) -> None:
        for _ in range(20):
            make_endpoint()
        response = subscribe(boss)
        assert (response.status_code, codes(response)) == (409, ["too_many_endpoints"])
        assert subscribe(vera).status_code == 201, "each owner has its own 20"


class TestOthers:
    """Vera sees nothing of the shop's webhooks, nor of another vendor's."""

    @pytest.mark.parametrize("of_the_shop", [True, False])
    def test_are_not_there(self, vera: User, vases: Vendor, of_the_shop: bool) -> None:
        endpoint = make_endpoint(vendor=None if of_the_shop else make_vendor())
        tell(OrderPaid(order_id=1))
        client = client_of(vera)
        path = f"{LIST}{endpoint.pk}/"
        asked = [
            client.get(path),
            client.patch(path, {"is_active": False}),
            client.delete(path),
            client.get(f"{path}deliveries/"),
            *(client.post(f"{path}{act}/") for act in ("rotate-secret", "resume", "test")),
            client.post(f"{path}deliveries/1/redeliver/"),
        ]
        assert [response.status_code for response in asked] == [404] * 8
        assert body(client.get(LIST))["count"] == 0
        unchanged = Endpoint.objects.get()
        assert (unchanged.is_active, unchanged.secret) == (True, endpoint.secret)

    def test_deliveries_are_not_sent_through_an_own_endpoint(
        self, vera: User, vases: Vendor
    ) -> None:
        mine = make_endpoint(vendor=vases)
        others = make_endpoint()
        tell(OrderPaid(order_id=1))
        delivery = Delivery.objects.get(endpoint=others)
        path = f"{LIST}{mine.pk}/deliveries/{delivery.pk}/redeliver/"
        assert client_of(vera).post(path).status_code == 404

    def test_staff_see_those_of_vendors_too(self, boss: User, vases: Vendor) -> None:
        make_endpoint(vendor=vases)
        make_endpoint()
        assert body(client_of(boss).get(LIST))["count"] == 2

    def test_staff_need_the_permission(self) -> None:
        endpoint = make_endpoint()
        clerk = make_user(is_staff=True)
        assert client_of(clerk).get(LIST).status_code == 403
        clerk.user_permissions.add(Permission.objects.get(codename="view_endpoint"))
        client = client_of(User.objects.get(pk=clerk.pk))
        assert client.get(LIST).status_code == 200
        assert client.delete(f"{LIST}{endpoint.pk}/").status_code == 403

    def test_members_of_a_suspended_vendor_are_out(self, vera: User, vases: Vendor) -> None:
        Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
        assert client_of(vera).get(LIST).status_code == 403


class TestChange:
    def test_changes_what_is_given(self, boss: User) -> None:
        endpoint = make_endpoint("order.paid")
        path = f"{LIST}{endpoint.pk}/"
        response = client_of(boss).patch(path, {"events": ["stock.low", "stock.low"]})
        assert body(response)["events"] == ["stock.low"]
        assert body(response)["url"] == URL

    def test_refuses_as_subscribing_does(self, boss: User, vases: Vendor) -> None:
        endpoint = make_endpoint(vendor=vases)
        path = f"{LIST}{endpoint.pk}/"
        client = client_of(boss)
        assert codes(client.patch(path, {"url": "http://a.example.com/"})) == [
            "address_not_allowed"
        ]
        assert codes(client.patch(path, {"events": ["payment.failed"]})) == ["no_such_event"]

    def test_whose_it_is_stays(self, boss: User, vases: Vendor) -> None:
        endpoint = make_endpoint()
        client_of(boss).patch(f"{LIST}{endpoint.pk}/", {"vendor": vases.slug, "secret": "x"})
        endpoint.refresh_from_db()
        assert endpoint.vendor is None
        assert endpoint.secret.startswith("whsec_")

    def test_unsubscribes(self, boss: User) -> None:
        endpoint = make_endpoint()
        tell(OrderPaid(order_id=1))
        assert client_of(boss).delete(f"{LIST}{endpoint.pk}/").status_code == 204
        assert not Delivery.objects.exists()

    def test_replaces_the_secret(self, vera: User, vases: Vendor) -> None:
        endpoint = make_endpoint(vendor=vases)
        response = client_of(vera).post(f"{LIST}{endpoint.pk}/rotate-secret/")
        assert body(response)["secret"] == Endpoint.objects.get().secret != endpoint.secret

    def test_resumes(self, boss: User) -> None:
        endpoint = make_endpoint()
        tell(OrderPaid(order_id=1))
        Endpoint.objects.update(paused_at="2026-11-20T12:00:00Z", pause_reason="It was away.")
        response = client_of(boss).post(f"{LIST}{endpoint.pk}/resume/")
        assert (body(response)["paused_at"], body(response)["pause_reason"]) == (None, "")

    def test_sends_a_test(self, boss: User) -> None:
        endpoint = make_endpoint("order.paid")
        assert client_of(boss).post(f"{LIST}{endpoint.pk}/test/").status_code == 202
        relay()
        assert Delivery.objects.get().event.name == "webhook.test"

    def test_no_test_to_one_that_is_silent(self, boss: User) -> None:
        endpoint = make_endpoint()
        services.change_endpoint(endpoint_id=endpoint.pk, is_active=False)
        response = client_of(boss).post(f"{LIST}{endpoint.pk}/test/")
        assert (response.status_code, codes(response)) == (409, ["webhook_is_silent"])


class TestLog:
    def test_says_how_each_delivery_went(self, boss: User) -> None:
        endpoint = make_endpoint()
        (event,) = tell(OrderPaid(order_id=1))
        record(Delivery.objects.get(), BROKEN, OK)
        (row,) = body(client_of(boss).get(f"{LIST}{endpoint.pk}/deliveries/"))["results"]
        assert row["event"] == {
            "id": f"evt_{event.pk}",
            "type": "order.paid",
            "position": event.position,
        }
        assert (row["state"], row["attempts"], row["next_attempt_at"]) == ("delivered", 2, None)
        assert [(one["status_code"], one["answer"]) for one in row["log"]] == [
            (500, "oh no"),
            (204, ""),
        ]

    def test_is_filtered_by_state(self, boss: User) -> None:
        endpoint = make_endpoint()
        tell(OrderPaid(order_id=1), OrderPaid(order_id=2))
        first, _ = Delivery.objects.order_by("id")
        record(first, OK)
        client = client_of(boss)
        path = f"{LIST}{endpoint.pk}/deliveries/"
        found = {
            state: body(client.get(path, {"state": state}))["count"]
            for state in ("waiting", "delivered", "failed")
        }
        assert found == {"waiting": 1, "delivered": 1, "failed": 0}
        assert client.get(path, {"state": "lost"}).status_code == 400

    def test_offers_each_again(self, vera: User, vases: Vendor) -> None:
        endpoint = make_endpoint(vendor=vases)
        make_product(vendor=vases)
        relay()
        delivery = record(Delivery.objects.get(), OK)
        path = f"{LIST}{endpoint.pk}/deliveries/{delivery.pk}/redeliver/"
        response = client_of(vera).post(path)
        assert response.status_code == 200
        assert body(response)["state"] == "waiting"

    def test_lists_take_the_same_statements_for_1_and_for_20_rows(
        self, vera: User, vases: Vendor
    ) -> None:
        client = client_of(vera)
        endpoint = make_endpoint(vendor=vases)
        product = make_product(vendor=vases)
        relay()
        record(Delivery.objects.get(), OK)
        paths = [LIST, f"{LIST}{endpoint.pk}/deliveries/", "/api/store/events/"]
        few = [statements(client, path) for path in paths]
        for _ in range(19):
            make_endpoint(vendor=vases)
            tell(ProductUpdated(product_id=product.pk))
        for delivery in Delivery.objects.filter(endpoint=endpoint):
            record(delivery, OK)
        assert [statements(client, f"{path}?page_size=100") for path in paths] == few


def test_http_is_for_shops_on_trial(boss: User, settings: Settings) -> None:
    url = "http://hooks.example.com/"
    assert subscribe(boss, url=url).status_code == 400
    settings.WEBHOOKS_ALLOW_HTTP = True
    assert subscribe(boss, url=url).status_code == 201


def statements(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)

"""`GET /api/store/events/?after=`: what happened, in order."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from shop.accounts.events import UserErased
from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.core.events import publish
from shop.core.models import OutboxEvent
from shop.core.transactions import atomic
from shop.orders.events import OrderPaid
from shop.orders.tests.make import make_order, make_variant
from shop.payments.events import PaymentSucceeded
from shop.products.events import CategoryChanged
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from shop.webhooks import querysets
from shop.webhooks.tests.make import relay, tell
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

EVENTS = "/api/store/events/"


@pytest.fixture
def boss(db: None) -> User:
    boss = make_user("boss@example.test", is_staff=True)
    boss.user_permissions.add(Permission.objects.get(codename="view_endpoint"))
    return boss


def feed(user: User, **asked: Any) -> Any:
    response = client_of(user).get(EVENTS, asked)
    assert response.status_code == 200, response.content
    return body(response)


def types(answer: Any) -> list[str]:
    return [event["type"] for event in answer["results"]]


def test_shows_what_deliveries_show(boss: User, alice: User) -> None:
    order = make_order(alice)
    relay()
    answer = feed(boss, type="order.placed")
    event = OutboxEvent.objects.get(name="order.placed")
    assert answer["results"] == [
        {
            "id": f"evt_{event.pk}",
            "position": event.position,
            "type": "order.placed",
            "created_at": event.created_at.isoformat().replace("+00:00", "Z"),
            "data": {"order_id": order.pk, "order_number": order.number},
        }
    ]
    assert answer["has_more"] is False


def test_goes_on_after_what_was_read(boss: User) -> None:
    tell(*(CategoryChanged(category_id=number) for number in range(5)))
    seen, after, answers = [], 0, 0
    while True:
        answer = feed(boss, after=after, limit=2)
        seen += [event["data"]["category_id"] for event in answer["results"]]
        after, answers = answer["next"], answers + 1
        if not answer["has_more"]:
            break
    assert (seen, answers) == ([0, 1, 2, 3, 4], 3)
    assert feed(boss, after=after) == {"results": [], "next": after, "has_more": False}
    tell(CategoryChanged(category_id=5))
    assert len(feed(boss, after=after)["results"]) == 1


def test_an_event_without_its_place_is_not_there_yet(boss: User) -> None:
    atomic(publish)(CategoryChanged(category_id=1))
    assert feed(boss)["results"] == []
    relay()
    assert len(feed(boss)["results"]) == 1


def test_tells_nothing_of_people(boss: User) -> None:
    tell(UserErased(user_id=1))
    assert feed(boss)["results"] == []


def test_of_one_type(boss: User) -> None:
    tell(CategoryChanged(category_id=1), OrderPaid(order_id=1))
    assert types(feed(boss, type="order.paid")) == ["order.paid"]
    assert codes(client_of(boss).get(EVENTS, {"type": "user.erased"})) == ["invalid_choice"]


def test_vendors_read_what_concerns_them(vera: User, vases: Vendor, alice: User) -> None:
    vase = make_product(vendor=vases).variants.get()
    make_order(alice, variants=[vase, make_variant()])
    make_order(alice, variants=[make_variant()])
    tell(PaymentSucceeded(payment_id=1), CategoryChanged(category_id=1))
    assert types(feed(vera)) == ["product.created", "order.placed"]
    assert types(feed(vera, type="payment.succeeded")) == []


def test_staff_may_look_at_one_vendor(boss: User, vases: Vendor) -> None:
    make_product(vendor=vases)
    make_product(vendor=make_vendor())
    relay()
    assert types(feed(boss, vendor=vases.slug)) == ["product.created"]


def test_sellers_of_several_name_one(vera: User, vases: Vendor) -> None:
    make_vendor(owner=vera)
    assert codes(client_of(vera).get(EVENTS)) == ["required"]
    assert feed(vera, vendor=vases.slug)["results"] == []
    other = make_vendor()
    assert codes(client_of(vera).get(EVENTS, {"vendor": other.slug})) == ["does_not_exist"]


def test_a_vendor_of_whom_little_is_told_reads_on_in_steps(
    vera: User, vases: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querysets, "SCANNED", 20)
    tell(*(OrderPaid(order_id=number) for number in range(querysets.SCANNED)))
    make_product(vendor=vases)
    relay()
    first = feed(vera)
    assert (first["results"], first["has_more"]) == ([], True)
    second = feed(vera, after=first["next"])
    assert (types(second), second["has_more"]) == (["product.created"], False)


@pytest.mark.parametrize(
    "asked", [{"after": "-1"}, {"after": "x"}, {"after": 2**63}, {"limit": 0}, {"limit": 101}]
)
def test_refuses_nonsense(boss: User, asked: dict[str, Any]) -> None:
    assert client_of(boss).get(EVENTS, asked).status_code == 400

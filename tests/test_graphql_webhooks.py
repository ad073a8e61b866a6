"""Webhooks and the feed of events by GraphQL, for staff and for sellers."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.core.graphql.inputs import global_id
from shop.orders.events import OrderPaid
from shop.orders.tests.make import make_order
from shop.products.events import CategoryChanged, ProductUpdated
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from shop.webhooks.catalogue import PUBLIC
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.tests.make import BROKEN, OK, URL, make_endpoint, record, relay, tell
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

FIELDS = "{ pk url events isActive pausedAt pauseReason consecutiveFailures createdAt updatedAt vendor { id pk name slug } }"
LIST = f"query($n: Int) {{ webhooks(first: $n) {{ totalCount edges {{ node {FIELDS} }} }} }}"
ONE = f"query($id: ID!) {{ webhook(id: $id) {FIELDS} }}"
CREATE = f"mutation($input: CreateWebhookInput!) {{ createWebhook(input: $input) {{ secret webhook {FIELDS} }} }}"
CHANGE = f"mutation($w: ID!, $input: WebhookChanges!) {{ changeWebhook(webhook: $w, input: $input) {{ webhook {FIELDS} }} }}"
DELETE = "mutation($w: ID!) { deleteWebhook(webhook: $w) { done } }"
ROTATE = "mutation($w: ID!) { rotateWebhookSecret(webhook: $w) { secret webhook { pk } } }"
RESUME = "mutation($w: ID!) { resumeWebhook(webhook: $w) { webhook { pausedAt } } }"
TEST = "mutation($w: ID!) { testWebhook(webhook: $w) { done } }"
DELIVERY = "{ pk event { messageId type position } state attempts createdAt nextAttemptAt deliveredAt lastStatus lastError log { createdAt statusCode error durationMs answer } }"
AGAIN = f"mutation($w: ID!, $d: ID!) {{ redeliver(webhook: $w, delivery: $d) {{ delivery {DELIVERY} }} }}"
LOG = f"query($w: ID!, $s: WebhookDeliveryState, $n: Int) {{ webhookDeliveries(webhook: $w, state: $s, first: $n) {{ totalCount edges {{ node {DELIVERY} }} }} }}"
EVENTS = """query($type: String, $vendor: ID, $n: Int, $after: String) { events(type: $type, vendor: $vendor, first: $n, after: $after) {
  edges { cursor node { messageId position type createdAt data } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
TYPES = "{ eventTypes { name description fields isForVendors } }"

NOT_FOUND = ("not_found", None, 404)
FORBIDDEN = ("permission_denied", None, 403)
REST = "/api/store/webhooks/"


def staff_who(*verbs: str) -> User:
    """Staff who may do so with webhooks, and nothing else."""
    staff = make_user(is_staff=True)
    names = [f"{verb}_endpoint" for verb in verbs]
    staff.user_permissions.set(Permission.objects.filter(codename__in=names))
    return staff


@pytest.fixture
def boss(db: None) -> User:
    return staff_who("view", "add", "change", "delete")


@pytest.fixture
def vera(db: None) -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


def nodes(found: Any) -> list[Any]:
    return [edge["node"] for edge in found["edges"]]


def subscribe(user: User, **fields: Any) -> Any:
    return ask(client_of(user), CREATE, {"input": {"url": URL, "events": ["order.paid"]} | fields})


def some_delivery(endpoint: Endpoint, *outcomes: Any) -> Delivery:
    tell(OrderPaid(order_id=make_order(make_user()).pk))
    return record(Delivery.objects.filter(endpoint=endpoint).latest("id"), *outcomes)


# --- Subscribing ----------------------------------------------------------------------------


def test_staff_subscribe_for_the_shop_or_for_a_vendor(boss: User, vases: Vendor) -> None:
    made = subscribe(boss)["data"]["createWebhook"]
    endpoint = Endpoint.objects.get()
    assert (endpoint.secret, endpoint.vendor, endpoint.created_by) == (made["secret"], None, boss)
    assert made["webhook"]["vendor"] is None
    for named in (vases.slug, str(vases.pk), global_id("Vendor", vases.pk)):
        made = subscribe(boss, vendor=named)["data"]["createWebhook"]["webhook"]
        assert made["vendor"]["id"] == global_id("Vendor", vases.pk)


def test_sellers_subscribe_for_their_vendor(vera: User, vases: Vendor) -> None:
    made = subscribe(vera)["data"]["createWebhook"]["webhook"]
    assert made["vendor"]["slug"] == vases.slug
    other = make_vendor()
    assert problem(subscribe(vera, vendor=other.slug)) == ("does_not_exist", "vendor", 400)
    second = make_vendor(owner=vera)
    assert problem(subscribe(vera)) == ("required", "vendor", 400)
    assert subscribe(vera, vendor=second.slug)["data"]["createWebhook"]
    assert Endpoint.objects.filter(vendor=other).count() == 0


def test_subscribing_is_refused_as_in_rest(boss: User, vases: Vendor) -> None:
    assert problem(subscribe(boss, url="http://10.0.0.1/"))[0] == "address_not_allowed"
    assert problem(subscribe(boss, events=["no.such"]))[0] == "no_such_event"
    assert problem(subscribe(boss, events=[]))[1:] == ("events", 400)
    inside = subscribe(boss, vendor=vases.slug, events=["payment.failed"])
    assert problem(inside)[0] == "no_such_event"
    assert not Endpoint.objects.exists()


def test_a_webhook_reads_as_in_rest_and_shows_no_secret(vera: User, vases: Vendor) -> None:
    endpoint, client = make_endpoint("stock.low", vendor=vases), client_of(vera)
    rest = body(client.get(f"{REST}{endpoint.pk}/"))
    read = data(client, ONE, {"id": endpoint.pk})["webhook"]
    assert nodes(data(client, LIST)["webhooks"]) == [read]
    assert read == {
        "pk": endpoint.pk,
        "url": rest["url"],
        "events": ["stock.low"],
        "isActive": True,
        "pausedAt": None,
        "pauseReason": "",
        "consecutiveFailures": 0,
        "createdAt": rest["created_at"],
        "updatedAt": rest["updated_at"],
        "vendor": {
            "id": global_id("Vendor", vases.pk),
            "pk": vases.pk,
            "name": "Vases",
            "slug": "vases",
        },
    }
    answer = ask(client, f"{{ webhook(id: {endpoint.pk}) {{ secret }} }}")
    assert "Cannot query field" in answer["errors"][0]["message"]


# --- Keeping --------------------------------------------------------------------------------


def test_a_webhook_is_changed_and_deleted(vera: User, vases: Vendor) -> None:
    endpoint, client = make_endpoint(vendor=vases), client_of(vera)
    asked = {"w": endpoint.pk, "input": {"events": ["stock.low", "stock.low"], "isActive": False}}
    changed = data(client, CHANGE, asked)["changeWebhook"]["webhook"]
    assert (changed["events"], changed["isActive"], changed["url"]) == (["stock.low"], False, URL)
    null = ask(client, CHANGE, {"w": endpoint.pk, "input": {"url": None}})
    assert problem(null) == ("null", "url", 400)
    wrong = ask(client, CHANGE, {"w": endpoint.pk, "input": {"events": ["payment.failed"]}})
    assert problem(wrong)[0] == "no_such_event"
    assert problem(ask(client, TEST, {"w": endpoint.pk}))[0] == "webhook_is_silent"
    assert data(client, DELETE, {"w": endpoint.pk}) == {"deleteWebhook": {"done": True}}
    assert not Endpoint.objects.exists()


def test_the_secret_is_replaced_and_the_old_one_stays_a_while(vera: User, vases: Vendor) -> None:
    endpoint = make_endpoint(vendor=vases)
    made = data(client_of(vera), ROTATE, {"w": endpoint.pk})["rotateWebhookSecret"]
    old = endpoint.secret
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.previous_secret) == (made["secret"], old)


def test_a_paused_webhook_is_resumed(vera: User, vases: Vendor) -> None:
    endpoint, client = make_endpoint(vendor=vases), client_of(vera)
    Endpoint.objects.update(paused_at="2026-11-20T12:00:00Z", pause_reason="It answered 410.")
    assert data(client, ONE, {"id": endpoint.pk})["webhook"]["pausedAt"] == "2026-11-20T12:00:00Z"
    resumed = data(client, RESUME, {"w": endpoint.pk})["resumeWebhook"]["webhook"]
    assert resumed == {"pausedAt": None}
    endpoint.refresh_from_db()
    assert endpoint.pause_reason == ""


def test_a_test_is_told_to_the_webhook(vera: User, vases: Vendor) -> None:
    endpoint = make_endpoint(vendor=vases)
    data(client_of(vera), TEST, {"w": endpoint.pk})
    relay()
    (shown,) = nodes(data(client_of(vera), LOG, {"w": endpoint.pk})["webhookDeliveries"])
    assert (shown["event"]["type"], shown["state"]) == ("webhook.test", "WAITING")


def test_the_log_reads_as_in_rest(boss: User) -> None:
    endpoint, client = make_endpoint("order.paid"), client_of(boss)
    some_delivery(endpoint, BROKEN)
    some_delivery(endpoint, BROKEN, OK)
    log = data(client, LOG, {"w": endpoint.pk})["webhookDeliveries"]
    assert log["totalCount"] == 2
    rest = body(client.get(f"{REST}{endpoint.pk}/deliveries/"))["results"]
    for read, told in zip(nodes(log), rest, strict=True):
        assert read["event"] == {
            "messageId": told["event"]["id"],
            "type": told["event"]["type"],
            "position": told["event"]["position"],
        }
        assert (read["state"].lower(), read["attempts"]) == (told["state"], told["attempts"])
        assert read["createdAt"] == told["created_at"]
        assert read["nextAttemptAt"] == told["next_attempt_at"]
        assert read["deliveredAt"] == told["delivered_at"]
        assert [one["answer"] for one in read["log"]] == [one["answer"] for one in told["log"]]
        assert read["log"][0]["createdAt"] == told["log"][0]["created_at"]
    only = data(client, LOG, {"w": endpoint.pk, "s": "DELIVERED"})["webhookDeliveries"]
    assert [one["pk"] for one in nodes(only)] == [rest[0]["id"]]


def test_a_delivery_is_sent_again(boss: User) -> None:
    endpoint, client = make_endpoint("order.paid"), client_of(boss)
    delivery = some_delivery(endpoint, OK)
    again = data(client, AGAIN, {"w": endpoint.pk, "d": delivery.pk})["redeliver"]["delivery"]
    assert (again["state"], again["deliveredAt"], again["attempts"]) == ("WAITING", None, 0)
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.WAITING
    other = make_endpoint("order.paid")
    for webhook, named in ((other.pk, delivery.pk), (endpoint.pk, 2**63), (endpoint.pk, "x")):
        assert problem(ask(client, AGAIN, {"w": webhook, "d": named})) == NOT_FOUND


# --- Rights ---------------------------------------------------------------------------------

OF_ONE: list[tuple[str, str, dict[str, Any]]] = [
    (ONE, "id", {}),
    (CHANGE, "w", {"input": {"isActive": False}}),
    (DELETE, "w", {}),
    (ROTATE, "w", {}),
    (RESUME, "w", {}),
    (TEST, "w", {}),
    (AGAIN, "w", {"d": 1}),
    (LOG, "w", {}),
]
OF_ALL: list[tuple[str, dict[str, Any]]] = [
    (LIST, {}),
    (CREATE, {"input": {"url": URL, "events": ["*"]}}),
    (EVENTS, {}),
    (TYPES, {}),
]


def test_what_is_anothers_is_not_there(vera: User, vases: Vendor) -> None:
    shops, others = make_endpoint(), make_endpoint(vendor=make_vendor())
    client, before = client_of(vera), list(Endpoint.objects.values())
    for query, name, more in OF_ONE:
        for named in (shops.pk, others.pk, 2**63, "x", global_id("Vendor", shops.pk)):
            assert problem(ask(client, query, {name: named} | more)) == NOT_FOUND, query
    assert data(client, LIST)["webhooks"]["totalCount"] == 0
    assert list(Endpoint.objects.values()) == before


def test_strangers_shoppers_and_packers_are_kept_out(vases: Vendor) -> None:
    endpoint = make_endpoint(vendor=vases)
    packer = make_member(vases, role=VendorMember.Role.FULFILLER).user
    asked = [(query, {name: endpoint.pk} | more) for query, name, more in OF_ONE]
    for client, refusal in (
        (client_of(), ("not_authenticated", None, 401)),
        (client_of(make_user()), FORBIDDEN),
        (client_of(packer), FORBIDDEN),
        (client_of(make_user(is_staff=True)), FORBIDDEN),
    ):
        for query, variables in [*asked, *OF_ALL]:
            assert problem(ask(client, query, variables)) == refusal, query
    assert Endpoint.objects.get().is_active


def test_members_of_a_suspended_vendor_are_out(vera: User, vases: Vendor) -> None:
    Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
    assert problem(ask(client_of(vera), LIST)) == FORBIDDEN


def test_staff_need_the_permission_of_each_verb() -> None:
    endpoint = make_endpoint()
    needed = {ONE: "view", LOG: "view", DELETE: "delete"}
    for query, name, more in OF_ONE:
        verb = needed.get(query, "change")
        others = staff_who(*{"view", "add", "change", "delete"} - {verb})
        answer = ask(client_of(others), query, {name: endpoint.pk} | more)
        assert problem(answer) == FORBIDDEN, query
    for query, more in OF_ALL:
        others = staff_who("change", "delete", "view" if query == CREATE else "add")
        assert problem(ask(client_of(others), query, more)) == FORBIDDEN, query


# --- Events ---------------------------------------------------------------------------------


def test_the_feed_reads_as_in_rest(boss: User) -> None:
    make_order(make_user())
    relay()
    client = client_of(boss)
    (event,) = data(client, EVENTS, {"type": "order.placed"})["events"]["edges"]
    (rest,) = body(client.get("/api/store/events/", {"type": "order.placed"}))["results"]
    assert event == {
        "cursor": str(rest["position"]),
        "node": {
            "messageId": rest["id"],
            "position": rest["position"],
            "type": "order.placed",
            "createdAt": rest["created_at"],
            "data": rest["data"],
        },
    }


def test_the_feed_goes_on_after_what_was_read(boss: User) -> None:
    tell(*(CategoryChanged(category_id=number) for number in range(5)))
    client, seen, after = client_of(boss), [], None
    while True:
        page = data(client, EVENTS, {"n": 2, "after": after, "type": "category.changed"})["events"]
        seen += [one["data"]["category_id"] for one in nodes(page)]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [0, 1, 2, 3, 4]
    rest = body(client.get("/api/store/events/", {"type": "category.changed", "after": after}))
    assert (rest["results"], str(rest["next"])) == ([], after)
    end = data(client, EVENTS, {"after": after, "type": "category.changed"})["events"]
    assert end["edges"] == []
    assert end["pageInfo"]["endCursor"] == after


def test_sellers_read_what_concerns_their_goods(vera: User, vases: Vendor, boss: User) -> None:
    own, theirs = make_product(vendor=vases), make_product(vendor=make_vendor())
    tell(*(ProductUpdated(product_id=one.pk) for one in (own, theirs)))
    asked: dict[str, Any] = {"type": "product.updated"}
    for user, more in ((vera, {}), (boss, {"vendor": global_id("Vendor", vases.pk)})):
        (event,) = nodes(data(client_of(user), EVENTS, asked | more)["events"])
        assert event["data"]["product_id"] == own.pk
    assert len(nodes(data(client_of(boss), EVENTS, asked)["events"])) == 2
    other = ask(client_of(vera), EVENTS, asked | {"vendor": theirs.vendor.slug})
    assert problem(other) == ("does_not_exist", "vendor", 400)


def test_the_feed_refuses_what_makes_no_sense(boss: User) -> None:
    client = client_of(boss)
    for asked, attr in (
        ({"n": 0}, "first"),
        ({"n": 101}, "first"),
        ({"n": -1}, "first"),
        ({"after": "x"}, "after"),
        ({"after": "-1"}, "after"),
        ({"after": str(2**63)}, "after"),
        ({"type": "user.erased"}, "type"),
        ({"vendor": "nobody"}, "vendor"),
    ):
        assert problem(ask(client, EVENTS, asked))[1:] == (attr, 400), asked


def test_the_catalogue_says_what_may_be_heard(boss: User, vera: User, vases: Vendor) -> None:
    every = data(client_of(boss), TYPES)["eventTypes"]
    assert [one["name"] for one in every] == list(PUBLIC)
    own = data(client_of(vera), TYPES)["eventTypes"]
    assert own == [one for one in every if one["isForVendors"]]
    paid = next(one for one in own if one["name"] == "order.paid")
    assert paid["fields"] == list(PUBLIC["order.paid"].fields)
    assert paid["description"]


def test_lists_take_the_same_few_statements_for_one_and_for_fifty(
    boss: User, vera: User, vases: Vendor
) -> None:
    endpoint, client = make_endpoint("category.changed"), client_of(boss)
    tell(*(CategoryChanged(category_id=number) for number in range(50)))
    for delivery in Delivery.objects.all():
        record(delivery, BROKEN)
    made = [Endpoint(url=URL, events=["*"], vendor=vases, secret=str(n)) for n in range(49)]
    Endpoint.objects.bulk_create(made)
    for query, asked in ((LIST, {}), (LOG, {"w": endpoint.pk}), (EVENTS, {})):
        counts = []
        for first in (1, 50):
            with CaptureQueriesContext(connection) as captured:
                (found,) = data(client, query, asked | {"n": first}).values()
            assert len(found["edges"]) == first
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 10, [one["sql"] for one in captured]

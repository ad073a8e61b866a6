"""POST /api/store/products/bulk/ and /api/vendor/products/bulk/."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.products.models import Category, Product, SlugRedirect, Variant
from shop.products.tests.make import house_vendor, make_category, make_product, make_seller
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

STAFF, SELLERS = "/api/store/products/bulk/", "/api/vendor/products/bulk/"


@pytest.fixture
def staff() -> APIClient:
    return client_of(make_staff("catalog managers"))


@pytest.fixture
def vases() -> Vendor:
    return make_vendor("Vera's vases")


@pytest.fixture
def vera(vases: Vendor) -> APIClient:
    return client_of(make_seller(vases))


@pytest.fixture
def shirts() -> Category:
    return make_category("Shirts")


def new(name: str = "Scarf", /, **fields: Any) -> dict[str, Any]:
    return {"action": "create", "name": name, "category": "shirts", "price": "19.00"} | fields


def send(client: APIClient, *items: Any, to: str = STAFF, **more: Any) -> Any:
    headers = more.pop("headers", {})
    return client.post(to, {"items": items, **more}, "json", headers=headers)


def results(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = body(response)["results"]
    assert [one["index"] for one in found] == list(range(len(found)))
    return found


def statuses(response: Any) -> list[str]:
    return [one["status"] for one in results(response)]


def errors(response: Any) -> list[tuple[str, str | None]]:
    return [(e["code"], e["attr"]) for one in results(response) for e in one["errors"]]


def names() -> list[str]:
    return sorted(Product.objects.values_list("name", flat=True))


@pytest.mark.usefixtures("shirts")
def test_creates_updates_and_archives_in_one_request(staff: APIClient) -> None:
    shirt, hat = make_product("Shirt"), make_product("Hat")
    response = send(
        staff,
        new(stock=7, sku="SCARF", tags=["soft"]),
        {"action": "update", "product": shirt.slug, "price": "45.00", "name": "Linen shirt"},
        {"action": "archive", "product": hat.pk},
    )
    scarf = Product.objects.get(name="Scarf")
    assert body(response) == {
        "succeeded": 3,
        "failed": 0,
        "results": [
            {
                "index": 0,
                "status": "created",
                "product": {"id": scarf.pk, "name": "Scarf", "slug": "scarf"},
                "errors": [],
            },
            {
                "index": 1,
                "status": "updated",
                "product": {"id": shirt.pk, "name": "Linen shirt", "slug": shirt.slug},
                "errors": [],
            },
            {
                "index": 2,
                "status": "archived",
                "product": {"id": hat.pk, "name": "Hat", "slug": hat.slug},
                "errors": [],
            },
        ],
    }
    shirt.refresh_from_db()
    hat.refresh_from_db()
    assert (str(shirt.price), hat.status) == ("45.00", Product.Status.INACTIVE)
    assert (scarf.vendor, scarf.tags, scarf.status) == (house_vendor(), ["soft"], "active")
    level = Variant.objects.get(sku="SCARF").stock_levels.get()
    assert level.on_hand == sum(level.movements.values_list("quantity", flat=True)) == 7


@pytest.mark.usefixtures("shirts")
def test_publishes_what_single_requests_publish(staff: APIClient) -> None:
    shirt, hat = make_product("Shirt"), make_product("Hat")
    before = set(OutboxEvent.objects.values_list("pk", flat=True))
    send(
        staff,
        new(),
        {"action": "update", "product": shirt.slug, "price": "45.00"},
        {"action": "archive", "product": hat.pk},
    )
    told = OutboxEvent.objects.exclude(pk__in=before).order_by("pk")
    assert [event.name for event in told] == [
        *("product.created", "product.updated", "product.archived")
    ]
    assert all(event.payload["actor_id"] for event in told)


def test_creates_variants_with_their_stock(staff: APIClient, shirts: Category) -> None:
    variants = [
        {"size": "S", "stock": 3, "price": "21.00"},
        {"options": {"size": "M"}, "sku": "SCARF-M", "stock": 4},
    ]
    assert statuses(send(staff, new(variants=variants, category=shirts.pk))) == ["created"]
    scarf = Product.objects.get()
    assert str(scarf.price) == "19.00"
    found = [(v.options, v.stock_levels.get().on_hand) for v in scarf.variants.order_by("position")]
    assert found == [({"size": "S"}, 3), ({"size": "M"}, 4)]


@pytest.mark.usefixtures("shirts")
def test_a_bad_item_stops_no_other(staff: APIClient) -> None:
    taken = make_product("Taken", slug="taken")
    sku = taken.variants.get().sku
    response = send(
        staff,
        *(new("A"), new("B", price="-1"), new("C", category="none"), new("D", slug="taken")),
        *(new("E", sku=sku), new("F", sku="TWICE"), new("G", sku="TWICE"), "no object"),
        *({"action": "fly"}, {"name": "no action"}, {"action": "update", "product": "none"}),
        *(new("H", stock=1, variants=[{"size": "S"}]), new("I", variants=[{"size": "S"}] * 2)),
        *(
            new("J", variants=[{"size": "S", "sku": sku}]),
            {"action": "archive"},
            {"action": "update"},
            None,
            new("Z"),
        ),
    )
    assert errors(response) == [
        ("min_value", "items.1.price"),
        ("does_not_exist", "items.2.category"),
        ("slug_taken", "items.3.slug"),
        ("sku_taken", "items.4.sku"),
        ("sku_taken", "items.6.sku"),
        ("invalid", "items.7"),
        ("invalid_choice", "items.8.action"),
        ("required", "items.9.action"),
        ("not_found", "items.10.product"),
        ("has_variants", "items.11.stock"),
        ("duplicate_options", "items.12.variants.1.options"),
        ("sku_taken", "items.13.variants.0.sku"),
        ("required", "items.14.product"),
        ("required", "items.15.product"),
        ("invalid", "items.16"),
    ]
    answer = body(response)
    assert (answer["succeeded"], answer["failed"]) == (3, 15)
    assert all(one["product"] is None for one in answer["results"] if one["status"] == "failed")
    assert names() == ["A", "F", "Taken", "Z"]


@pytest.mark.usefixtures("shirts")
def test_all_or_nothing_refuses_all_for_one(staff: APIClient) -> None:
    shirt = make_product("Shirt", slug="shirt")
    before = OutboxEvent.objects.count()
    update = {"action": "update", "product": "shirt", "name": "Changed"}
    response = send(staff, update, new("A"), new("B", slug="shirt"), all_or_nothing=True)
    assert response.status_code == 409
    assert codes(response) == ["slug_taken"]
    assert body(response)["errors"][0]["attr"] == "items.2.slug"
    response = send(
        staff, new("A"), new("B", price="x"), new("C") | {"name": ""}, all_or_nothing=True
    )
    assert (response.status_code, body(response)["type"]) == (400, "validation_error")
    assert [one["attr"] for one in body(response)["errors"]] == ["items.1.price", "items.2.name"]
    shirt.refresh_from_db()
    assert (shirt.name, names(), OutboxEvent.objects.count()) == ("Shirt", ["Shirt"], before)
    assert statuses(send(staff, update, new("A"), all_or_nothing=True)) == ["updated", "created"]


@pytest.mark.usefixtures("shirts")
def test_refuses_the_same_product_twice(staff: APIClient) -> None:
    shirt = make_product("Shirt")
    response = send(
        staff,
        {"action": "update", "product": shirt.slug, "name": "First"},
        {"action": "archive", "product": shirt.pk},
    )
    assert errors(response) == [("named_twice", "items.1")]
    shirt.refresh_from_db()
    assert (shirt.name, shirt.status) == ("First", "active")


@pytest.mark.usefixtures("shirts")
def test_does_them_in_their_order(staff: APIClient) -> None:
    shirt = make_product("Shirt", slug="shirt")
    sku = shirt.variants.get().sku
    response = send(
        staff,
        {"action": "update", "product": "shirt", "sku": "NEW", "slug": "linen-shirt"},
        new("Scarf", sku=sku, slug="shirt"),
    )
    assert statuses(response) == ["updated", "created"]
    # The old address is the new product's now.
    assert not SlugRedirect.objects.filter(slug="shirt").exists()


@pytest.mark.usefixtures("shirts")
def test_gives_each_an_address_of_its_own(staff: APIClient) -> None:
    make_product("Scarf", slug="scarf")
    response = send(staff, new(), new(), new(slug="scarf-2"), new("Bulk"), new("Y", slug="export"))
    slugs = [one["product"] and one["product"]["slug"] for one in results(response)]
    assert slugs == ["scarf-3", "scarf-4", "scarf-2", "bulk-2", None]
    assert errors(response) == [("slug_taken", "items.4.slug")]


@pytest.mark.usefixtures("shirts")
def test_a_refused_update_undoes_only_itself(staff: APIClient) -> None:
    first, second = make_product("First"), make_product("Second")
    taken = first.variants.get().sku
    response = send(
        staff,
        {"action": "update", "product": first.pk, "name": "1st", "stock": 3},
        {"action": "update", "product": second.pk, "name": "2nd", "sku": taken},
        {"action": "update", "product": make_product("Third").pk, "name": "3rd"},
    )
    assert errors(response) == [("sku_taken", "items.1.sku")]
    assert names() == ["1st", "3rd", "Second"]


def test_takes_1_to_1000_items(staff: APIClient) -> None:
    for items in ([], [new()] * 1001, "text", None):
        response = staff.post(STAFF, {"items": items}, "json")
        assert response.status_code == 400
        assert body(response)["errors"][0]["attr"] == "items"
    assert not Product.objects.exists()


@pytest.mark.usefixtures("shirts")
def test_takes_larger_bodies_than_other_requests(staff: APIClient) -> None:
    text = "<p>" + "long " * 300 + "</p>"
    items = [new(f"P{number}", description=text) for number in range(1000)]
    assert body(send(staff, *items))["succeeded"] == 1000
    items[0]["description"] = "x" * 5_000_000
    response = send(staff, *items)
    assert (response.status_code, codes(response)) == (413, ["body_too_large"])


@pytest.mark.usefixtures("shirts")
def test_creates_with_as_many_statements_for_50_as_for_1(staff: APIClient) -> None:
    counts = []
    for number in (1, 50):
        items = [new(f"{number} {one}", stock=one + 1) for one in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert body(send(staff, *items))["succeeded"] == number
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 45


@pytest.mark.usefixtures("shirts")
def test_the_same_key_does_it_once(staff: APIClient) -> None:
    key = {"Idempotency-Key": "spring"}
    first = send(staff, new(), new("B", price="x"), headers=key)
    again = send(staff, new(), new("B", price="x"), headers=key)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert statuses(again) == ["created", "failed"]
    assert names() == ["Scarf"]


# --- Sellers ----------------------------------------------------------------------------


@pytest.mark.usefixtures("shirts")
def test_sellers_create_their_own(vera: APIClient, vases: Vendor) -> None:
    assert statuses(send(vera, new(vendor="house"), to=SELLERS)) == ["created"]
    assert Product.objects.get().vendor == vases


@pytest.mark.usefixtures("shirts")
def test_goods_of_others_are_not_there(vera: APIClient, vases: Vendor) -> None:
    own, other = make_product("Vase", vendor=vases), make_product("Shirt")
    response = send(
        vera,
        {"action": "update", "product": other.slug, "name": "Mine"},
        {"action": "archive", "product": other.pk},
        {"action": "update", "product": own.slug, "name": "Urn"},
        to=SELLERS,
    )
    assert errors(response) == [("not_found", "items.0.product"), ("not_found", "items.1.product")]
    assert names() == ["Shirt", "Urn"]
    other.refresh_from_db()
    assert other.status == "active"


@pytest.mark.usefixtures("shirts")
def test_what_the_shop_looks_at_first_is_submitted(vera: APIClient, vases: Vendor) -> None:
    draft = make_product("Vase", vendor=vases, status=Product.Status.DRAFT)
    Vendor.objects.filter(pk=vases.pk).update(products_need_approval=True)
    activate = {"action": "update", "product": draft.pk, "status": "active"}
    assert statuses(send(vera, new(), activate, to=SELLERS)) == ["created", "updated"]
    found = Product.objects.values_list("status", "submitted_at")
    assert all(status == "draft" and submitted for status, submitted in found)


@pytest.mark.usefixtures("shirts")
def test_refuses_whom_it_should(vases: Vendor) -> None:
    finn = client_of(make_seller(vases, VendorMember.Role.FULFILLER))
    for client, to, status in (
        (client_of(), STAFF, 401),
        (client_of(make_user()), STAFF, 403),
        (client_of(make_staff("support")), STAFF, 403),
        (client_of(make_seller(vases)), STAFF, 403),
        (finn, SELLERS, 403),
        (client_of(make_user()), SELLERS, 403),
    ):
        assert send(client, new(), to=to).status_code == status
    assert not Product.objects.exists()


@pytest.mark.usefixtures("shirts")
def test_who_may_only_change_creates_nothing() -> None:
    clerk = make_staff()
    change = Permission.objects.get(codename="change_product")
    clerk.user_permissions.add(change)
    shirt = make_product("Shirt")
    client = client_of(clerk)
    assert send(client, new()).status_code == 403
    assert statuses(send(client, {"action": "archive", "product": shirt.slug})) == ["archived"]

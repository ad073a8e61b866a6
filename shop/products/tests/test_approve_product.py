"""Vendors whose products staff look at before the public sees them."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.core.models import OutboxEvent
from shop.products import services
from shop.products.models import Product
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

OWN = "/api/vendor/products/"
STORE = "/api/store/products/"
Status = Product.Status


@pytest.fixture
def vendor() -> Vendor:
    vendor = make_vendor("Vera")
    vendor.products_need_approval = True
    vendor.save()
    return vendor


@pytest.fixture
def vera(vendor: Vendor) -> User:
    return make_seller(vendor)


@pytest.fixture
def staff() -> User:
    return make_staff("catalog managers")


def new(**fields: Any) -> dict[str, Any]:
    return {"name": "Vase", "price": "10.00", "category": make_category().slug} | fields


def submitted(vendor: Vendor, actor: User, **fields: Any) -> Product:
    given: dict[str, Any] = {"name": "Vase", "slug": "vase", "price": 1}
    given |= {"category": make_category()} | fields
    return services.create_product(vendor=vendor, actor=actor, **given)


def audited(vendor: Vendor) -> list[tuple[str, str, int]]:
    return list(vendor.changes.values_list("kind", "reason", "actor"))


def state(product: Product) -> tuple[str, bool]:
    product.refresh_from_db()
    return product.status, product.submitted_at is not None


@pytest.mark.parametrize("url", [OWN, STORE])
@pytest.mark.parametrize("status", [{}, {"status": "active"}, {"status": "discontinued"}])
def test_submits_what_a_member_creates_for_the_public(
    vera: User, url: str, status: dict[str, str]
) -> None:
    created = client_of(vera).post(url, new(**status))
    assert (created.status_code, body(created)["status"]) == (201, "draft")
    assert state(Product.objects.get()) == ("draft", True)
    assert client_of().get(f"{STORE}{body(created)['slug']}/").status_code == 404
    assert body(client_of().get(STORE))["count"] == 0


@pytest.mark.parametrize("url", [OWN, STORE])
@pytest.mark.parametrize("wanted", ["active", "discontinued"])
@pytest.mark.parametrize("before", ["draft", "inactive"])
def test_submits_what_a_member_makes_public(
    vendor: Vendor, vera: User, url: str, wanted: str, before: str
) -> None:
    product = make_product(slug="vase", vendor=vendor, status=Status(before))
    answer = body(client_of(vera).patch(f"{url}vase/", {"status": wanted}))
    assert answer["status"] == "draft"
    assert state(product) == ("draft", True)


def test_leaves_drafts_alone(vera: User) -> None:
    client_of(vera).post(OWN, new(status="draft"))
    assert state(Product.objects.get()) == ("draft", False)


def test_keeps_an_active_product_on_sale_while_it_is_changed(vendor: Vendor, vera: User) -> None:
    product = make_product(slug="vase", vendor=vendor)
    client_of(vera).patch(f"{OWN}vase/", {"price": "2.00", "status": "active"})
    assert state(product) == ("active", False)
    client_of(vera).patch(f"{OWN}vase/", {"status": "discontinued"})
    assert state(product) == ("discontinued", False)


def test_keeps_its_place_while_a_submitted_one_is_changed(vendor: Vendor, vera: User) -> None:
    product = submitted(vendor, vera)
    since = product.submitted_at
    for changes in ({"price": "2.00"}, {"status": "active"}, {"status": "draft"}):
        assert client_of(vera).patch(f"{OWN}vase/", changes).status_code == 200
        product.refresh_from_db()
        assert (product.status, product.submitted_at) == ("draft", since)


def test_takes_a_submitted_one_back(vendor: Vendor, vera: User) -> None:
    product = submitted(vendor, vera)
    client_of(vera).patch(f"{OWN}vase/", {"status": "inactive"})
    assert state(product) == ("inactive", False)


def test_submits_what_moves_in_from_a_vendor_without_approval(vendor: Vendor, vera: User) -> None:
    second = make_vendor("Second", owner=vera)
    product = make_product(slug="vase", vendor=second)
    changed = client_of(vera).patch(f"{STORE}vase/", {"vendor": vendor.slug})
    assert changed.status_code == 200, changed.content
    assert state(product) == ("draft", True)


def test_asks_nothing_of_staff_and_of_other_vendors(vendor: Vendor, staff: User) -> None:
    by_staff = client_of(staff).post(STORE, new(vendor=vendor.slug))
    assert body(by_staff)["status"] == "active"
    by_other = client_of(make_seller(make_vendor())).post(OWN, new())
    assert body(by_other)["status"] == "active"
    by_the_shop = make_product(vendor=vendor)
    assert state(by_the_shop) == ("active", False)


def test_lists_for_staff_who_has_waited_longest(vendor: Vendor, vera: User, staff: User) -> None:
    for name in ("first", "second"):
        submitted(vendor, vera, name=name, slug=name)
    make_product(vendor=vendor, status=Status.DRAFT)
    make_product("public", vendor=vendor)

    def found(user: User | None, **query: str) -> list[str]:
        response = client_of(user).get(STORE, query)
        return [row["name"] for row in body(response)["results"]]

    assert found(staff, submitted="true") == ["first", "second"]
    assert found(staff, submitted="true", ordering="-name") == ["second", "first"]
    assert found(staff, submitted="true", search="second") == ["second"]
    assert found(staff, submitted="false") == found(None, submitted="true") == ["public"]
    assert found(vera, submitted="true") == ["public"]
    waiting = client_of(vera).get(OWN, {"needs_approval": "true", "ordering": "name"})
    assert [row["name"] for row in body(waiting)["results"]] == ["first", "second"]
    assert all(row["submitted_at"] for row in body(waiting)["results"])


def test_approves(vendor: Vendor, vera: User, staff: User) -> None:
    product = submitted(vendor, vera)
    response = client_of(staff).post(f"{STORE}vase/approve/")
    assert (response.status_code, body(response)["status"]) == (200, "active")
    assert state(product) == ("active", False)
    assert client_of().get(f"{STORE}vase/").status_code == 200
    assert audited(vendor) == [("product_approved", "", staff.pk)]
    event = OutboxEvent.objects.filter(name="product.updated").latest("pk")
    assert event.payload["actor_id"] == staff.pk


def test_declines_and_says_why(vendor: Vendor, vera: User, staff: User) -> None:
    product = submitted(vendor, vera)
    response = client_of(staff).post(f"{STORE}vase/decline/", {"reason": "No picture."})
    assert (response.status_code, body(response)["status"]) == (200, "draft")
    assert state(product) == ("draft", False)
    assert body(client_of(vera).get(f"{OWN}vase/"))["decline_reason"] == "No picture."
    assert audited(vendor) == [("product_declined", "No picture.", staff.pk)]
    again = body(client_of(vera).patch(f"{OWN}vase/", {"status": "active"}))
    assert (again["decline_reason"], again["submitted_at"] is not None) == ("", True)


def test_approves_by_putting_it_on_sale(vendor: Vendor, vera: User, staff: User) -> None:
    product = submitted(vendor, vera)
    client_of(staff).patch(f"{STORE}vase/", {"status": "active"})
    assert state(product) == ("active", False)


@pytest.mark.parametrize("move", ["approve", "decline"])
def test_decides_once(vendor: Vendor, vera: User, staff: User, move: str) -> None:
    product, sent = submitted(vendor, vera), {"reason": "No."}
    assert client_of(staff).post(f"{STORE}vase/{move}/", sent).status_code == 200
    decided = state(product)
    for again in ("approve", "decline"):
        response = client_of(staff).post(f"{STORE}vase/{again}/", sent)
        assert (response.status_code, codes(response)) == (409, ["not_submitted"])
    assert state(product) == decided
    assert client_of(staff).post(f"{STORE}none/{move}/", sent).status_code == 404


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": 1}, {"reason": "x" * 501}])
def test_declines_only_with_a_reason(
    vendor: Vendor, vera: User, staff: User, reason: dict[str, Any]
) -> None:
    product = submitted(vendor, vera)
    assert client_of(staff).post(f"{STORE}vase/decline/", reason).status_code == 400
    assert state(product) == ("draft", True)


@pytest.mark.parametrize("move", ["approve", "decline"])
def test_is_decided_by_staff(vendor: Vendor, vera: User, move: str) -> None:
    product = submitted(vendor, vera)
    support = make_staff("support")
    for user, status in ((None, 401), (vera, 403), (support, 403)):
        response = client_of(user).post(f"{STORE}vase/{move}/", {"reason": "No."})
        assert response.status_code == status
    assert state(product) == ("draft", True)


def test_archives_a_submitted_one_that_was_ordered(
    vendor: Vendor, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = submitted(vendor, vera)
    deleting = "shop.products.services.deleting.delete_unless_protected"
    monkeypatch.setattr(deleting, lambda _: False)
    assert not services.delete_product(product=product)
    assert state(product) == ("inactive", False)


def test_nothing_but_a_draft_can_wait(vendor: Vendor, vera: User) -> None:
    product = submitted(vendor, vera)
    with pytest.raises(IntegrityError, match="product_submitted_is_a_draft"), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(status="active")

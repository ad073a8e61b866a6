"""The goods of the vendor that somebody acts for, by GraphQL."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.accounts.tests.make import make_staff, make_user
from shop.core.graphql.inputs import global_id
from shop.products import filters, querysets
from shop.products.models import Product, ProductImage, Variant
from shop.products.tests.make import make_category, make_product, make_seller
from shop.reviews.tests.make import make_review
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

FIELDS = """pk name slug status price compareAtPrice stock inStock submittedAt declineReason tags description
  category { slug } vendor { slug } variants { pk sku price stock isActive options { name value } } images { pk image isMain altText }"""
OWN = f"query($id: ID!) {{ vendorProduct(id: $id) {{ {FIELDS} }} }}"
OWN_LIST = """query($filter: OwnProductFilter, $search: String, $order: ProductOrder, $first: Int) {
  vendorProducts(filter: $filter, search: $search, orderBy: $order, first: $first) {
    totalCount edges { node { pk name status submittedAt declineReason stock image category { name parent { name } } vendor { name averageRating }
      variants { sku isActive stock price } images { image } reviews(first: 2) { edges { node { rating } } } } } } }"""


def seller_of(vendor: Vendor, role: VendorMember.Role = VendorMember.Role.MANAGER) -> Any:
    return client_of(make_seller(vendor, role=role))


def test_a_seller_sees_all_of_her_own_goods_and_nothing_of_others() -> None:
    vendor, other = make_vendor(), make_vendor()
    draft = make_product("Draft", vendor=vendor, status=Product.Status.DRAFT)
    make_product("Oak vase", vendor=vendor, sizes=["S", "M"])
    Variant.objects.filter(options={"size": "S"}).update(is_active=False)
    theirs = make_product("Oak pot", vendor=other)
    client = seller_of(vendor)
    found = data(client, OWN_LIST, {"order": "NAME_ASC"})["vendorProducts"]
    assert found["totalCount"] == 2
    nodes = [edge["node"] for edge in found["edges"]]
    assert [(node["name"], node["status"]) for node in nodes] == [
        ("Draft", "DRAFT"),
        ("Oak vase", "ACTIVE"),
    ]
    assert [one["isActive"] for one in nodes[1]["variants"]] == [False, True]
    assert nodes[0]["declineReason"] == ""
    drafts = data(client, OWN_LIST, {"filter": {"status": "DRAFT"}})["vendorProducts"]
    assert [edge["node"]["pk"] for edge in drafts["edges"]] == [draft.pk]
    for asked in ({"search": "oak"}, {"filter": {"options": [{"name": "size", "value": "M"}]}}):
        (edge,) = data(client, OWN_LIST, asked)["vendorProducts"]["edges"]
        assert edge["node"]["name"] == "Oak vase"
    assert data(client, OWN, {"id": draft.slug})["vendorProduct"]["name"] == "Draft"
    for named in (theirs.pk, theirs.slug, "nothing", global_id("Product", theirs.pk)):
        assert problem(ask(client, OWN, {"id": named})) == ("not_found", None, 404)


def test_own_goods_are_read_behind_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked of the database, PostgreSQL shows the seller no goods of others."""
    vendor = make_vendor()
    own, _theirs = make_product(vendor=vendor), make_product(vendor=make_vendor())
    everything = filters.Asked(
        among=Product.objects.all(), wanted=querysets.Wanted(), order=querysets.order_of(None)
    )
    monkeypatch.setattr(filters, "own_products_asked_for", lambda *_: everything)
    found = data(seller_of(vendor), OWN_LIST)["vendorProducts"]
    assert [edge["node"]["pk"] for edge in found["edges"]] == [own.pk]
    assert found["totalCount"] == 1


def test_own_goods_are_those_of_the_vendor_in_the_header() -> None:
    vases, pots = make_vendor("Vases"), make_vendor("Pots")
    vera = make_seller(vases)
    VendorMember.objects.create(vendor=pots, user=vera, role=VendorMember.Role.OWNER)
    make_product(vendor=pots)
    client = client_of(vera)
    assert problem(ask(client, OWN_LIST))[2] == 400
    for slug, count in (("vases", 0), ("pots", 1)):
        headers = {"X-Vendor": slug}
        found = data(client, OWN_LIST, None, **headers)["vendorProducts"]
        assert found["totalCount"] == count
    assert problem(ask(client, OWN_LIST, None, **{"X-Vendor": make_vendor().slug}))[2] == 404


def test_goods_that_need_approval_are_found() -> None:
    vendor = make_vendor()
    make_product("Pot", vendor=vendor)
    waiting: dict[str, Any] = {"status": Product.Status.DRAFT, "submitted_at": timezone.now()}
    make_product("Vase", vendor=vendor, **waiting)
    client = seller_of(vendor)
    for needs, names in ((True, ["Vase"]), (False, ["Pot"]), (None, ["Vase", "Pot"])):
        found = data(client, OWN_LIST, {"filter": {"needsApproval": needs}})["vendorProducts"]
        assert [edge["node"]["name"] for edge in found["edges"]] == names


def test_a_page_of_own_goods_takes_the_same_few_statements_for_one_and_for_fifty() -> None:
    vendor, top = make_vendor(), make_category()
    for number in range(50):
        category = make_category(parent=top) if number % 10 == 0 else top
        product = make_product(category=category, vendor=vendor, sizes=["S", "M"])
        if number % 10 == 0:
            ProductImage.objects.create(product=product, remote_url="https://p.example/a.png")
            make_review(product)
    client = seller_of(vendor)
    counts = {}
    for first in (1, 50):
        with CaptureQueriesContext(connection) as captured:
            found = data(client, OWN_LIST, {"first": first})["vendorProducts"]
        counts[first] = len(captured)
        assert len(found["edges"]) == first
    assert counts[1] == counts[50] <= 22, [one["sql"] for one in captured]


def test_a_product_of_the_seller_reads_as_in_rest() -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor, sizes=["S", "M"], decline_reason="Blurred pictures.")
    client = seller_of(vendor)
    own = data(client, OWN, {"id": global_id("Product", product.pk)})["vendorProduct"]
    rest = body(client.get(f"/api/vendor/products/{product.pk}/"))
    assert own["declineReason"] == rest["decline_reason"] == "Blurred pictures."
    for ours, theirs in (("price", "price"), ("stock", "stock"), ("inStock", "in_stock")):
        assert own[ours] == rest[theirs]
    assert [one["sku"] for one in own["variants"]] == [one["sku"] for one in rest["variants"]]


@pytest.mark.parametrize(("query", "others"), [(OWN, 404), (OWN_LIST, 200)])
def test_only_managers_of_a_vendor_see_its_goods(query: str, others: int) -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor)
    for somebody, status in [
        (client_of(), 401),
        (client_of(make_user()), 403),
        (seller_of(make_vendor()), others),
        (seller_of(vendor, VendorMember.Role.FULFILLER), 403),
        (client_of(make_staff("catalog managers")), 403),
        (seller_of(vendor, VendorMember.Role.OWNER), 200),
    ]:
        answer = ask(somebody, query, {"id": product.pk} if query == OWN else {})
        assert (problem(answer)[2] if "errors" in answer else 200) == status

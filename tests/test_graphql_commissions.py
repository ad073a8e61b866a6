"""Rates of commission by GraphQL: staff set and end them, sellers read their own."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.commissions.models import CommissionRule
from shop.commissions.tests.make import begun_ago, in_days, make_rate, make_vendor_manager
from shop.core.graphql.inputs import global_id
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor, VendorChange, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

FIELDS = "pk percent fee currency validFrom validTo category { id pk name slug } product { pk name slug }"
ALL = f"query($v: ID, $n: Int) {{ commissionRules(vendor: $v, first: $n) {{ totalCount edges {{ node {{ {FIELDS} vendor {{ pk name }} actor {{ email }} createdAt }} }} }} }}"
OWN = f"query($n: Int) {{ vendorCommissionRules(first: $n) {{ totalCount edges {{ node {{ {FIELDS} }} }} }} }}"
SET = f"mutation($input: CommissionRuleInput!) {{ setCommissionRule(input: $input) {{ rule {{ {FIELDS} vendor {{ pk }} actor {{ email }} }} }} }}"
END = "mutation($r: ID!, $to: String) { endCommissionRule(rule: $r, validTo: $to) { rule { validTo } } }"
WITHDRAW = "mutation($r: ID!) { withdrawCommissionRule(rule: $r) { done } }"


@pytest.fixture
def victor() -> User:
    return make_vendor_manager()


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vera's vases", owner=vera)


def pks(found: Any) -> list[int]:
    return [edge["node"]["pk"] for edge in found["edges"]]


def test_staff_set_end_and_withdraw_rates(victor: User, vases: Vendor) -> None:
    vase = make_product("Vase", vendor=vases)
    client = client_of(victor)
    wish = {"vendor": global_id("Vendor", vases.pk), "percent": "12.5", "fee": "0.30"}
    category = {"category": global_id("Category", vase.category_id)}
    rule = data(client, SET, {"input": wish | category})["setCommissionRule"]["rule"]
    assert (rule["percent"], rule["fee"], rule["currency"]) == ("12.50", "0.30", "USD")
    assert rule["category"]["id"] == global_id("Category", vase.category_id)
    assert (rule["product"], rule["vendor"]["pk"]) == (None, vases.pk)
    assert rule["actor"] == {"email": victor.email}
    kept = CommissionRule.objects.get()
    assert kept.valid_to is None
    later = {"vendor": vases.slug, "percent": "5", "product": vase.slug}
    later |= {"validFrom": "2090-01-01T00:00:00Z"}
    planned = data(client, SET, {"input": later})["setCommissionRule"]["rule"]
    assert planned["validFrom"] == "2090-01-01T00:00:00Z"
    ended = data(client, END, {"r": kept.pk, "to": "2090-01-01T00:00:00Z"})["endCommissionRule"]
    assert ended["rule"]["validTo"] == "2090-01-01T00:00:00Z"
    assert data(client, WITHDRAW, {"r": planned["pk"]})["withdrawCommissionRule"]["done"]
    assert CommissionRule.objects.get() == kept
    kinds = VendorChange.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["commission_ended", "commission_withdrawn"]


def test_refusals_have_the_codes_and_fields_of_rest(victor: User, vases: Vendor) -> None:
    client, running = client_of(victor), make_rate(vases)
    wish = {"vendor": vases.slug, "percent": "12"}
    for more, expected in [
        ({"percent": "101"}, ("max_value", "percent", 400)),
        ({"percent": "1e1"}, ("invalid", "percent", 400)),
        ({"vendor": "nobody"}, ("does_not_exist", "vendor", 400)),
        ({"product": make_product().slug}, ("product_of_another", "product", 400)),
        ({"validFrom": "2020-01-01T00:00:00Z"}, ("past_commission", "validFrom", 409)),
        ({"validFrom": "soon"}, ("invalid", "validFrom", 400)),
    ]:
        assert problem(ask(client, SET, {"input": wish | more}))[1:] == expected[1:], more
        rest = {{"validFrom": "valid_from"}.get(name, name): each for name, each in more.items()}
        told = body(client.post("/api/store/commissions/", wish | rest, format="json"))
        assert problem(ask(client, SET, {"input": wish | more}))[0] == told["errors"][0]["code"]
    begun = ask(client, WITHDRAW, {"r": running.pk})
    assert problem(begun)[2] == 409
    for named in ("0", "nothing", "9" * 19, "9" * 30):
        assert problem(ask(client, WITHDRAW, {"r": named})) == ("not_found", None, 404)
    assert CommissionRule.objects.get() == running


def test_staff_see_all_and_sellers_their_own(victor: User, vera: User, vases: Vendor) -> None:
    vase = make_product("Vase", vendor=vases)
    mine = make_rate(vases, "12.5", fee="0.3", product=vase)
    others = begun_ago(make_rate(make_vendor()), days=1)
    client = client_of(victor)
    found = data(client, ALL)["commissionRules"]
    assert (found["totalCount"], pks(found)) == (2, [mine.pk, others.pk])
    assert pks(data(client, ALL, {"v": vases.slug})["commissionRules"]) == [mine.pk]
    of_id = {"v": global_id("Vendor", others.vendor_id)}
    assert pks(data(client, ALL, of_id)["commissionRules"]) == [others.pk]
    unknown = ask(client, ALL, {"v": "nobody"})
    assert problem(unknown) == ("does_not_exist", "vendor", 400)
    own = data(client_of(vera), OWN)["vendorCommissionRules"]
    assert (own["totalCount"], pks(own)) == (1, [mine.pk])
    (rest,) = body(client_of(vera).get("/api/vendor/commissions/"))["results"]
    (edge,) = own["edges"]
    assert edge["node"]["validFrom"] == rest["valid_from"]
    assert edge["node"]["product"]["slug"] == rest["product"]["slug"]


def test_own_rates_are_read_behind_the_wall(
    vera: User, vases: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of the database, PostgreSQL shows the seller no rate of others."""
    mine, _others = make_rate(vases), make_rate(make_vendor())
    monkeypatch.setattr(
        "shop.commissions.querysets.rules_of", lambda _: CommissionRule.objects.all()
    )
    found = data(client_of(vera), OWN)["vendorCommissionRules"]
    assert (found["totalCount"], pks(found)) == (1, [mine.pk])


@pytest.mark.parametrize("query", [ALL, SET, END, WITHDRAW])
def test_rates_are_for_staff_with_the_right(
    query: str, victor: User, vera: User, vases: Vendor
) -> None:
    rule = make_rate(vases, valid_from=in_days(1))
    named = {"r": rule.pk, "input": {"vendor": vases.slug, "percent": "0"}}
    assert problem(ask(client_of(), query, named)) == ("not_authenticated", None, 401)
    for person in (vera, make_user(), make_staff("order managers"), make_staff("support")):
        assert problem(ask(client_of(person), query, named)) == ("permission_denied", None, 403)
    assert CommissionRule.objects.get() == rule


def test_own_rates_are_for_managers(vera: User, vases: Vendor, victor: User) -> None:
    fulfiller = make_member(vases, role=VendorMember.Role.FULFILLER).user
    for person, code in [
        (None, "not_authenticated"),
        (make_user(), "not_a_vendor"),
        (victor, "not_a_vendor"),
        (fulfiller, "role_too_low"),
    ]:
        assert problem(ask(client_of(person), OWN))[0] == code
    Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
    assert problem(ask(client_of(vera), OWN)) == ("vendor_suspended", None, 403)


@pytest.mark.parametrize("query", [ALL, OWN])
def test_a_page_takes_the_same_few_statements_for_one_and_for_fifty(
    query: str, victor: User, vera: User, vases: Vendor
) -> None:
    for _ in range(50):
        make_rate(vases, product=make_product(vendor=vases))
    client = client_of(victor if query == ALL else vera)
    counts = {}
    for first in (1, 50):
        with CaptureQueriesContext(connection) as captured:
            (found,) = data(client, query, {"n": first}).values()
        counts[first] = len(captured)
        assert len(found["edges"]) == first
    assert counts[1] == counts[50] <= 20, [one["sql"] for one in captured]

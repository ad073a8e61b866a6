"""The books by GraphQL: sellers read their own, staff all of them, and two correct a balance."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core import walls
from shop.core.graphql.inputs import global_id
from shop.ledger import querysets
from shop.ledger.models import Adjustment, Entry
from shop.ledger.tests.make import give_back, make_sale
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

BALANCE = "{ vendorBalance { balances { currency payable reserve inTransit paidOut isDebt } } }"
OWN = """query($filter: VendorLedgerFilter, $n: Int) { vendorLedger(filter: $filter, first: $n) {
  totalCount edges { node { pk kind cause amount currency order part payout note createdAt } } } }"""
ALL = """query($filter: LedgerFilter, $n: Int) { ledgerEntries(filter: $filter, first: $n) { totalCount edges { node {
  pk transaction kind cause account provider vendor { id pk name } amount currency order part payout note actor { email } createdAt } } } }"""
TRIAL = (
    "{ trialBalance { accounts { account provider balance entries } totals { currency balance } } }"
)
ADJUSTMENT = "pk vendor { slug } amount currency reason status proposedBy { email } decidedBy { email } createdAt decidedAt"
ADJUSTMENTS = f"query($filter: AdjustmentFilter, $n: Int) {{ adjustments(filter: $filter, first: $n) {{ totalCount edges {{ node {{ {ADJUSTMENT} }} }} }} }}"
ONE = f"query($a: ID!) {{ adjustment(id: $a) {{ {ADJUSTMENT} }} }}"
PROPOSE = f"mutation($input: ProposeAdjustmentInput!) {{ proposeAdjustment(input: $input) {{ adjustment {{ {ADJUSTMENT} }} }} }}"
APPROVE = (
    f"mutation($a: ID!) {{ approveAdjustment(adjustment: $a) {{ adjustment {{ {ADJUSTMENT} }} }} }}"
)
REJECT = "mutation($a: ID!) { rejectAdjustment(adjustment: $a) { adjustment { status } } }"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


@pytest.fixture
def vera() -> Vendor:
    return make_vendor("Vera", owner=make_user("vera@example.test"))


@pytest.fixture
def walt() -> Vendor:
    return make_vendor("Walt", owner=make_user("walt@example.test"))


@pytest.fixture
def mona() -> User:
    return make_staff("vendor managers", email="mona@example.test")


def owner_of(vendor: Vendor) -> APIClient:
    return client_of(vendor.members.get().user)


def nodes(found: Any) -> list[Any]:
    return [edge["node"] for edge in found["edges"]]


# --- Vendors --------------------------------------------------------------------------------


def test_a_seller_sees_her_balance_and_what_changed_it(
    alice: User, vera: Vendor, walt: Vendor
) -> None:
    payment = make_sale(alice, [vera, walt, None])
    give_back(payment, make_staff("order managers"), part=0)
    client = owner_of(vera)
    (balance,) = data(client, BALANCE)["vendorBalance"]["balances"]
    (rest,) = body(client.get("/api/vendor/balance/"))["balances"]
    assert balance == {
        "currency": "USD",
        "payable": rest["payable"],
        "reserve": "0.00",
        "inTransit": "0.00",
        "paidOut": "0.00",
        "isDebt": False,
    }
    found = data(client, OWN)["vendorLedger"]
    refunded, sold = nodes(found)
    assert found["totalCount"] == 2
    assert (sold["kind"], sold["amount"], refunded["amount"]) == ("SALE", "9.00", "-9.00")
    rows = body(client.get("/api/vendor/ledger/"))["results"]
    for node, row in zip(nodes(found), rows, strict=True):
        assert node["createdAt"] == row["created_at"]
        for name in ("cause", "amount", "order", "part", "payout", "note"):
            assert node[name] == row[name]


def test_a_seller_chooses_what_she_sees(alice: User, vera: Vendor) -> None:
    give_back(make_sale(alice, [vera]), make_staff("order managers"), amount="1.00")
    client = owner_of(vera)
    for wanted, count in [
        ({"kind": "REFUND"}, 1),
        ({"currency": "EUR"}, 0),
        ({"since": "2020-01-01", "kind": None}, 2),
        ({"until": "2020-01-01"}, 0),
    ]:
        assert data(client, OWN, {"filter": wanted})["vendorLedger"]["totalCount"] == count
    wrong = ask(client, OWN, {"filter": {"since": "yesterday"}})
    assert problem(wrong) == ("invalid", "since", 400)


def test_the_books_are_read_behind_the_wall(
    alice: User, vera: Vendor, walt: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of the database, PostgreSQL shows the seller no entry of others."""
    make_sale(alice, [vera, walt])
    everything = Entry.objects.values(*querysets._STATEMENT)
    monkeypatch.setattr(querysets, "statement_of", lambda *_, **__: everything)
    found = data(owner_of(vera), OWN)["vendorLedger"]
    assert (found["totalCount"], nodes(found)[0]["amount"]) == (1, "9.00")
    seen: list[list[int | None]] = []

    def balances_of(_: Vendor) -> list[Any]:
        seen.append(list(Entry.objects.values_list("vendor", flat=True)))
        return []

    monkeypatch.setattr(querysets, "balances_of", balances_of)
    assert data(owner_of(vera), BALANCE) == {"vendorBalance": {"balances": []}}
    assert seen == [[vera.pk]]
    with walls.behind(walt.pk):
        assert Entry.objects.count() == 1


@pytest.mark.parametrize("query", [BALANCE, OWN])
def test_the_balance_is_for_managers_of_the_vendor(query: str, vera: Vendor, mona: User) -> None:
    fulfiller = make_member(vera, role=VendorMember.Role.FULFILLER).user
    for person, code in [
        (None, "not_authenticated"),
        (make_user(), "not_a_vendor"),
        (mona, "not_a_vendor"),
        (fulfiller, "role_too_low"),
    ]:
        assert problem(ask(client_of(person), query))[0] == code
    data(client_of(make_member(vera).user), query)


def test_who_acts_for_two_sees_one_at_a_time(alice: User, vera: Vendor, walt: Vendor) -> None:
    make_sale(alice, [vera])
    both = make_member(vera).user
    make_member(walt, user=both)
    client = client_of(both)
    assert problem(ask(client, OWN))[2] == 400
    for vendor, count in ((vera, 1), (walt, 0)):
        found = data(client, OWN, None, **{"X-Vendor": vendor.slug})["vendorLedger"]
        assert found["totalCount"] == count
    stranger = {"X-Vendor": make_vendor().slug}
    assert problem(ask(client, OWN, None, **stranger)) == ("not_found", None, 404)


# --- Staff ----------------------------------------------------------------------------------


def test_staff_see_every_entry_and_that_they_balance(alice: User, vera: Vendor, mona: User) -> None:
    payment = make_sale(alice, [vera, None])
    client = client_of(mona)
    found = data(client, ALL)["ledgerEntries"]
    assert {node["account"]: node["amount"] for node in nodes(found)} == {
        "CLEARING": "20.00",
        "VENDOR_PAYABLE": "-9.00",
        "PLATFORM_COMMISSION": "-1.00",
        "HOUSE_SALES": "-10.00",
    }
    assert len({node["transaction"] for node in nodes(found)}) == 1
    number = payment.order.number
    for wanted, count in [
        ({"vendor": vera.slug}, 1),
        ({"vendor": global_id("Vendor", vera.pk)}, 1),
        ({"order": number.lower()}, 4),
        ({"order": global_id("Order", payment.order_id)}, 4),
        ({"order": "NX-2026-0"}, 0),
        ({"account": "CLEARING", "currency": "USD"}, 1),
        ({"kind": "REFUND"}, 0),
    ]:
        assert data(client, ALL, {"filter": wanted})["ledgerEntries"]["totalCount"] == count
    (of_vera,) = nodes(data(client, ALL, {"filter": {"vendor": vera.pk}})["ledgerEntries"])
    assert of_vera["vendor"]["id"] == global_id("Vendor", vera.pk)
    told = data(client, TRIAL)["trialBalance"]
    assert told["totals"] == [{"currency": "USD", "balance": "0.00"}]
    clearing = {"account": "CLEARING", "provider": "sandbox", "balance": "20.00", "entries": 1}
    assert clearing in told["accounts"]


@pytest.mark.parametrize("query", [OWN, ALL, ADJUSTMENTS])
def test_a_page_takes_the_same_few_statements_for_one_and_for_fifty(
    query: str, vera: Vendor, mona: User
) -> None:
    milo = client_of(make_staff("vendor managers"))
    wish = {"input": {"vendor": vera.slug, "amount": "1", "reason": "Photos."}}
    for _ in range(50):
        made = data(client_of(mona), PROPOSE, wish)["proposeAdjustment"]["adjustment"]
        data(milo, APPROVE, {"a": made["pk"]})
    client = owner_of(vera) if query == OWN else milo
    counts = {}
    for first in (1, 50):
        with CaptureQueriesContext(connection) as captured:
            (found,) = data(client, query, {"n": first}).values()
        counts[first] = len(captured)
        assert len(found["edges"]) == first
    assert counts[1] == counts[50] <= 20, [one["sql"] for one in captured]


@pytest.mark.parametrize("query", [ALL, TRIAL, ADJUSTMENTS, ONE, PROPOSE, APPROVE, REJECT])
def test_the_books_are_of_no_business_of_others(query: str, vera: Vendor) -> None:
    asked = {"a": 1, "input": {"vendor": vera.slug, "amount": "1", "reason": "Photos."}}
    assert problem(ask(client_of(), query, asked)) == ("not_authenticated", None, 401)
    for client in (
        owner_of(vera),
        client_of(make_staff("order managers")),
        client_of(make_staff()),
    ):
        assert problem(ask(client, query, asked)) == ("permission_denied", None, 403)
    assert not Adjustment.objects.exists()


def test_two_of_the_staff_correct_a_balance(vera: Vendor, mona: User) -> None:
    first, second = client_of(mona), client_of(make_staff("vendor managers"))
    wish = {"vendor": vera.slug, "amount": "-2.50", "reason": "Photos."}
    made = data(first, PROPOSE, {"input": wish})["proposeAdjustment"]["adjustment"]
    assert (made["status"], made["currency"], made["decidedBy"]) == ("PROPOSED", "USD", None)
    named = {"a": made["pk"]}
    assert problem(ask(first, APPROVE, named)) == ("needs_another", None, 409)
    approved = data(second, APPROVE, named)["approveAdjustment"]["adjustment"]
    assert (approved["status"], approved["amount"]) == ("APPROVED", "-2.50")
    assert problem(ask(second, REJECT, named)) == ("already_decided", None, 409)
    assert data(first, ONE, named)["adjustment"] == approved
    for wanted, count in [({"status": "APPROVED"}, 1), ({"vendor": "nobody"}, 0)]:
        found = data(first, ADJUSTMENTS, {"filter": wanted})["adjustments"]
        assert found["totalCount"] == count
    (entry,) = nodes(data(owner_of(vera), OWN)["vendorLedger"])
    assert (entry["amount"], entry["note"], entry["part"]) == ("-2.50", "Photos.", None)


def test_a_proposal_is_rejected_or_refused(vera: Vendor, mona: User) -> None:
    client = client_of(mona)
    wish = {"vendor": global_id("Vendor", vera.pk), "amount": "5", "reason": "Photos."}
    made = data(client, PROPOSE, {"input": wish | {"currency": "USD"}})["proposeAdjustment"]
    rejected = data(client, REJECT, {"a": made["adjustment"]["pk"]})["rejectAdjustment"]
    assert rejected["adjustment"]["status"] == "REJECTED"
    assert not Entry.objects.exists()
    for more, attr, status in [
        ({"vendor": "nobody"}, None, 404),
        ({"amount": "0"}, "amount", 400),
        ({"amount": "NaN"}, "amount", 400),
        ({"amount": "0.005"}, "amount", 400),
        ({"currency": "DOGE"}, "currency", 400),
        ({"reason": ""}, "reason", 400),
    ]:
        assert problem(ask(client, PROPOSE, {"input": wish | more}))[1:] == (attr, status), more
    for named in ("0", "x", "9" * 19, "9" * 30):
        assert problem(ask(client, ONE, {"a": named})) == ("not_found", None, 404)
    assert Adjustment.objects.count() == 1

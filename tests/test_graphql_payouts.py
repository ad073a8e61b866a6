"""Payouts by GraphQL: a seller reads her own, staff run and follow them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.graphql.inputs import global_id
from shop.core.models import IdempotencyKey
from shop.ledger import payout_querysets, services
from shop.ledger.models import Payout, Transaction
from shop.ledger.tests.payouts.conftest import member_of
from shop.ledger.tests.payouts.make import balances, book, make_seller, pay_out, sell
from shop.payments.tests.fake_stripe import offered
from shop.vendors.models import Vendor
from tests.api import body, client_of
from tests.graphql_door import ADDRESS, ask, data, problem

pytestmark = pytest.mark.django_db

FIELDS = "pk number status method destination currency amount periodEnd reference failureReason createdAt sentAt settledAt failedAt"
OWN = f"query($status: PayoutStatus, $n: Int) {{ vendorPayouts(status: $status, first: $n) {{ totalCount edges {{ node {{ {FIELDS} }} }} }} }}"
OWN_ONE = f"query($p: ID!) {{ vendorPayout(id: $p) {{ {FIELDS} }} }}"
ALL = f"query($filter: PayoutFilter, $n: Int) {{ payouts(filter: $filter, first: $n) {{ totalCount edges {{ node {{ {FIELDS} vendor {{ id pk name }} }} }} }} }}"
ONE = f"query($p: ID!) {{ payout(id: $p) {{ {FIELDS} vendor {{ name }} }} }}"
DUE = "vendor { pk slug } currency amount balance minimum entries method schedule heldBack"
PREVIEW = f"query($on: String, $n: Int) {{ payoutPreview(on: $on, first: $n) {{ totalCount edges {{ node {{ {DUE} }} }} }} }}"
RUN = f"mutation($input: SchedulePayoutsInput) {{ schedulePayouts(input: $input) {{ payouts {{ number amount periodEnd vendor {{ slug }} }} heldBack {{ {DUE} }} }} }}"
SEND = "mutation($p: ID!) { sendPayout(payout: $p) { payout { number status sentAt } } }"
SETTLE = "mutation($p: ID!, $ref: String) { settlePayout(payout: $p, reference: $ref) { payout { status reference settledAt } } }"
FAIL = 'mutation($p: ID!, $why: String = "Closed.") { failPayout(payout: $p, reason: $why) { payout { status failureReason } } }'


@pytest.fixture
def vera() -> Vendor:
    return make_seller("Vera's Vases")


@pytest.fixture
def wim() -> Vendor:
    return make_seller("Wim's Wares")


@pytest.fixture
def clerk() -> User:
    return make_staff("vendor managers", email="clerk@example.test")


@pytest.fixture
def staff(clerk: User) -> APIClient:
    return client_of(clerk)


@pytest.fixture
def payout(vera: Vendor) -> Payout:
    sell(vera, "45.00")
    return pay_out(vera)


def nodes(found: Any) -> list[Any]:
    return [edge["node"] for edge in found["edges"]]


# --- The vendor -----------------------------------------------------------------------------


def test_a_seller_reads_her_own_as_in_rest(vera: Vendor, wim: Vendor, payout: Payout) -> None:
    sell(wim, "99.00")
    of_wim = pay_out(wim)
    client = client_of(member_of(vera))
    found = data(client, OWN)["vendorPayouts"]
    assert (found["totalCount"], [one["number"] for one in nodes(found)]) == (1, [payout.number])
    rest = body(client.get(f"/api/vendor/payouts/{payout.number}/"))
    for named in (payout.number, payout.pk):
        shown = data(client, OWN_ONE, {"p": named})["vendorPayout"]
        assert shown == nodes(found)[0]
        assert (shown["status"], shown["method"]) == ("SCHEDULED", "MANUAL")
        assert shown["destination"] == "manual ···2051", "not the whole account"
        assert (shown["periodEnd"], shown["createdAt"]) == (rest["period_end"], rest["created_at"])
    assert data(client, OWN, {"status": "SENT"})["vendorPayouts"]["totalCount"] == 0
    for named in (of_wim.number, str(of_wim.pk), "PO-1", "9" * 30):
        assert problem(ask(client, OWN_ONE, {"p": named})) == ("not_found", None, 404)


def test_own_payouts_are_read_behind_the_wall(
    vera: Vendor, wim: Vendor, payout: Payout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of the database, PostgreSQL shows the seller no payout of others."""
    sell(wim, "99.00")
    of_wim = pay_out(wim)
    everything = Payout.objects.order_by("-id")
    monkeypatch.setattr(payout_querysets, "payouts_of", lambda *_, **__: everything)
    client = client_of(member_of(vera))
    found = data(client, OWN)["vendorPayouts"]
    assert (found["totalCount"], nodes(found)[0]["number"]) == (1, payout.number)
    assert problem(ask(client, OWN_ONE, {"p": of_wim.pk}))[2] == 404


@pytest.mark.parametrize("query", [OWN, OWN_ONE])
def test_own_payouts_are_for_managers(query: str, vera: Vendor, payout: Payout) -> None:
    named = {"p": payout.pk}
    assert problem(ask(client_of(), query, named)) == ("not_authenticated", None, 401)
    assert problem(ask(client_of(make_user()), query, named))[0] == "not_a_vendor"
    fulfiller = client_of(member_of(vera, "fulfiller"))
    assert problem(ask(fulfiller, query, named)) == ("role_too_low", None, 403)
    for role in ("manager", "owner"):
        data(client_of(member_of(vera, role)), query, named)
    Vendor.objects.filter(pk=vera.pk).update(status="suspended")
    manager = client_of(member_of(vera))
    assert problem(ask(manager, query, named))[0] == "vendor_suspended"


# --- Staff ----------------------------------------------------------------------------------


def test_staff_list_all(staff: APIClient, wim: Vendor, payout: Payout) -> None:
    sell(wim, "99.00")
    pay_out(wim)
    rows = nodes(data(staff, ALL)["payouts"])
    assert [row["vendor"]["name"] for row in rows] == ["Wim's Wares", "Vera's Vases"]
    vendor = payout.vendor
    for named in (vendor.slug, str(vendor.pk), global_id("Vendor", vendor.pk)):
        (row,) = nodes(data(staff, ALL, {"filter": {"vendor": named}})["payouts"])
        assert row["pk"] == payout.pk
    none = {"filter": {"status": "FAILED", "vendor": None}}
    assert data(staff, ALL, none)["payouts"]["totalCount"] == 0
    shown = data(staff, ONE, {"p": payout.number})["payout"]
    assert (shown["amount"], shown["vendor"]) == ("45.00", {"name": "Vera's Vases"})


def test_staff_see_what_a_run_would_pay(staff: APIClient, vera: Vendor, wim: Vendor) -> None:
    sell(vera, "45.00")
    sell(wim, "5.00")
    sell(wim, "20.00", days_ago=1)
    found = data(staff, PREVIEW)["payoutPreview"]
    seen = [(r["vendor"]["slug"], r["amount"], r["balance"], r["heldBack"]) for r in nodes(found)]
    assert seen == [
        (vera.slug, "45.00", "45.00", None),
        (wim.slug, "5.00", "25.00", "BELOW_MINIMUM"),
    ]
    assert found["totalCount"] == 2
    assert (nodes(found)[0]["method"], nodes(found)[0]["schedule"]) == ("MANUAL", "DAILY")
    assert problem(ask(staff, PREVIEW, {"on": "2999-01-01"})) == ("day_to_come", "on", 400)
    assert problem(ask(staff, PREVIEW, {"on": "soon"})) == ("invalid", "on", 400)
    assert not Payout.objects.exists()


def test_staff_run_the_payouts_of_a_day_once(
    staff: APIClient, clerk: User, vera: Vendor, wim: Vendor
) -> None:
    sell(vera, "45.00")
    sell(wim, "5.00")
    done = data(staff, RUN)["schedulePayouts"]
    assert [row["amount"] for row in done["payouts"]] == ["45.00"]
    assert [row["heldBack"] for row in done["heldBack"]] == ["BELOW_MINIMUM"]
    assert Payout.objects.get().actor == clerk
    sell(vera, "45.00")
    for wish in ({}, {"vendors": [vera.slug]}):
        assert problem(ask(staff, RUN, {"input": wish})) == ("already_paid_out", None, 409)
    assert Payout.objects.count() == 1


def test_staff_run_for_some(staff: APIClient, vera: Vendor, wim: Vendor) -> None:
    for vendor in (vera, wim):
        sell(vendor, "45.00")
    day = (services.today() - timedelta(days=1)).isoformat()
    for vendor, named in ((vera, vera.slug), (wim, global_id("Vendor", wim.pk))):
        done = data(staff, RUN, {"input": {"on": day, "vendors": [named]}})["schedulePayouts"]
        (row,) = done["payouts"]
        assert (row["vendor"]["slug"], row["periodEnd"]) == (vendor.slug, day)
    for wish, code, attr in [
        ({"on": "2999-01-01"}, "day_to_come", "on"),
        ({"on": "yesterday"}, "invalid", "on"),
        ({"on": None}, "null", "on"),
        ({"vendors": []}, "empty", "vendors"),
        ({"vendors": ["nobody"]}, "does_not_exist", "vendors"),
        ({"vendors": ["house"]}, "does_not_exist", "vendors"),
    ]:
        assert problem(ask(staff, RUN, {"input": wish})) == (code, attr, 400), wish
    assert Payout.objects.count() == 2


def test_staff_follow_a_payout(staff: APIClient, payout: Payout) -> None:
    sent = data(staff, SEND, {"p": payout.number})["sendPayout"]["payout"]
    assert (sent["number"], sent["status"]) == (payout.number, "SENT")
    settled = data(staff, SETTLE, {"p": payout.pk, "ref": "4711"})["settlePayout"]["payout"]
    assert (settled["status"], settled["reference"]) == ("SETTLED", "4711")
    for query in (SEND, SETTLE):
        assert problem(ask(staff, query, {"p": payout.pk})) == ("illegal_move", None, 409)
    for query in (ONE, SEND, SETTLE, FAIL):
        for named in ("PO-1", "0", "9" * 30):
            assert problem(ask(staff, query, {"p": named})) == ("not_found", None, 404)


def test_staff_say_that_a_payout_failed(staff: APIClient, payout: Payout, vera: Vendor) -> None:
    assert problem(ask(staff, FAIL, {"p": payout.pk, "why": ""})) == ("blank", "reason", 400)
    failed = data(staff, FAIL, {"p": payout.pk})["failPayout"]["payout"]
    assert failed == {"status": "FAILED", "failureReason": "Closed."}
    assert str(balances(vera)["payable"]) == "45.00"


@pytest.mark.parametrize(
    ("query", "in_steps"), [(RUN, False), (SEND, True), (SETTLE, False), (FAIL, True)]
)
def test_staff_do_it_once_for_a_key(
    query: str, in_steps: bool, staff: APIClient, vera: Vendor
) -> None:
    sell(vera, "45.00")
    named: dict[str, Any] = {}
    if query != RUN:
        payout = pay_out(vera)
        named = {"p": payout.pk}
        if query == SETTLE:
            services.send_payout(payout=payout)
    asked = {"query": query, "variables": named}
    before = Transaction.objects.count()
    first, again = (
        staff.post(ADDRESS, asked, format="json", headers={"idempotency-key": "k"})
        for _ in range(2)
    )
    assert "errors" not in body(first)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert Payout.objects.count() == 1
    assert Transaction.objects.count() - before <= 1
    assert bool(IdempotencyKey.objects.get().steps) == in_steps


def test_a_key_that_died_after_the_transfer_goes_on(
    clerk: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offered(settings, monkeypatch) as stripe:
        vendor = make_seller("Connected", method="stripe")
        sell(vendor, "45.00")
        payout = pay_out(vendor)

        def die() -> None:
            raise RuntimeError

        stripe.dies_after = die
        asked = {"query": SEND, "variables": {"p": payout.pk}}
        post: dict[str, Any] = {"path": ADDRESS, "data": asked, "format": "json"}
        post["headers"] = {"idempotency-key": "k"}
        died = client_of(clerk).post(**post)
        assert body(died)["errors"][0]["extensions"]["status"] == 500
        stripe.dies_after = None
        answer = body(client_of(clerk).post(**post))
        assert answer["data"]["sendPayout"]["payout"]["status"] == "SENT"
        assert len(stripe.transfers) == 1


@pytest.mark.parametrize("query", [ALL, ONE, PREVIEW, RUN, SEND, SETTLE, FAIL])
def test_payouts_are_for_vendor_managers_only(query: str, vera: Vendor, payout: Payout) -> None:
    sell(vera, "45.00")
    before = Transaction.objects.count()
    named = {"p": payout.pk}
    assert problem(ask(client_of(), query, named)) == ("not_authenticated", None, 401)
    for person in (
        make_user(),
        member_of(vera, "owner"),
        make_staff("support"),
        make_staff("order managers"),
    ):
        assert problem(ask(client_of(person), query, named)) == ("permission_denied", None, 403)
    payout.refresh_from_db()
    assert (Transaction.objects.count(), payout.status) == (before, "scheduled")


@pytest.mark.parametrize("query", [OWN, ALL, PREVIEW])
def test_a_page_takes_the_same_few_statements_for_one_and_for_fifty(
    query: str, staff: APIClient, vera: Vendor
) -> None:
    for days in range(50):
        vendor = make_seller() if query == PREVIEW else vera
        book(vendor, "45.00", kind="adjustment")
        if query != PREVIEW:
            pay_out(vendor, on=services.today() - timedelta(days=days))
    client = client_of(member_of(vera)) if query == OWN else staff
    counts = {}
    for first in (1, 50):
        with CaptureQueriesContext(connection) as captured:
            (found,) = data(client, query, {"n": first}).values()
        counts[first] = len(captured)
        assert len(found["edges"]) == first
    assert counts[1] == counts[50] <= 20, [one["sql"] for one in captured]

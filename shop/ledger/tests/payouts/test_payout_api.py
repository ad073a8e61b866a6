"""Payouts over REST: the vendor's own to read, the staff's to run; and nobody else's."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.ledger import services
from shop.ledger.models import Payout, Transaction
from shop.ledger.tests.payouts.conftest import member_of
from shop.ledger.tests.payouts.make import book, make_seller, pay_out, sell
from shop.payments.tests.fake_stripe import FakeStripe
from shop.vendors.models import Vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

STAFF, OWN = "/api/store/payouts/", "/api/vendor/payouts/"


@pytest.fixture
def payout(vera: Vendor) -> Payout:
    sell(vera, "45.00")
    return pay_out(vera)


@pytest.fixture
def of_wim(wim: Vendor) -> Payout:
    sell(wim, "99.00")
    return pay_out(wim)


@pytest.fixture
def manager(vera: Vendor) -> APIClient:
    return client_of(member_of(vera))


@pytest.fixture
def staff(clerk: User) -> APIClient:
    return client_of(clerk)


class TestTheVendor:
    def test_reads_its_own(self, manager: APIClient, payout: Payout, of_wim: Payout) -> None:
        listed = body(manager.get(OWN))
        assert [row["number"] for row in listed["results"]] == [payout.number]
        shown = body(manager.get(f"{OWN}{payout.number}/"))
        assert shown == listed["results"][0]
        assert (shown["amount"], shown["status"]) == ("45.00", "scheduled")
        assert shown["destination"] == "manual ···2051", "not the whole account"
        assert body(manager.get(f"{OWN}{payout.pk}/")) == shown

    def test_filters_by_status(self, manager: APIClient, payout: Payout) -> None:
        assert body(manager.get(f"{OWN}?status=scheduled"))["count"] == 1
        assert body(manager.get(f"{OWN}?status=sent"))["count"] == 0
        assert manager.get(f"{OWN}?status=lost").status_code == 400

    @pytest.mark.parametrize("what", ["/", "/statement.csv", "/statement.pdf"])
    def test_finds_nothing_of_others(self, manager: APIClient, of_wim: Payout, what: str) -> None:
        for name in (of_wim.number, str(of_wim.pk), "PO-1", "9" * 30):
            response = manager.get(f"{OWN}{name}{what}", headers={"Accept": "text/csv"})
            assert response.status_code == (406 if what == "/" else 404)
            assert manager.get(f"{OWN}{name}{what}").status_code == 404

    @pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/json"])
    def test_saves_its_statement_as_csv(
        self, manager: APIClient, payout: Payout, accept: str
    ) -> None:
        response = manager.get(f"{OWN}{payout.number}/statement.csv", headers={"Accept": accept})
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="{payout.number}.csv"'
        assert response.content.decode().splitlines()[-1].endswith(",45.00")

    def test_saves_its_statement_as_pdf(self, manager: APIClient, payout: Payout) -> None:
        response = manager.get(f"{OWN}{payout.number}/statement.pdf")
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")

    def test_needs_a_manager(self, vera: Vendor, payout: Payout) -> None:
        for role, status in (("fulfiller", 403), ("manager", 200), ("owner", 200)):
            client = client_of(member_of(vera, role))
            for what in ("", f"{payout.number}/", f"{payout.number}/statement.csv"):
                assert client.get(f"{OWN}{what}").status_code == status, (role, what)

    def test_is_locked_out_while_suspended(
        self, manager: APIClient, payout: Payout, vera: Vendor
    ) -> None:
        Vendor.objects.filter(pk=vera.pk).update(status="suspended")
        assert codes(manager.get(f"{OWN}{payout.number}/statement.csv")) == ["vendor_suspended"]

    def test_cannot_write(self, manager: APIClient, payout: Payout) -> None:
        for method in ("post", "put", "patch", "delete"):
            assert getattr(manager, method)(OWN).status_code == 405
            assert getattr(manager, method)(f"{OWN}{payout.number}/").status_code == 405


class TestStaff:
    def test_list_all(self, staff: APIClient, payout: Payout, of_wim: Payout) -> None:
        rows = body(staff.get(STAFF))["results"]
        assert [row["vendor"]["name"] for row in rows] == ["Wim's Wares", "Vera's Vases"]
        for query in (f"vendor={payout.vendor.slug}", f"vendor={payout.vendor_id}"):
            assert [row["id"] for row in body(staff.get(f"{STAFF}?{query}"))["results"]] == [
                payout.pk
            ]
        assert body(staff.get(f"{STAFF}?status=failed&vendor=nobody"))["count"] == 0

    def test_see_what_a_run_would_pay(self, staff: APIClient, vera: Vendor, wim: Vendor) -> None:
        sell(vera, "45.00")
        sell(wim, "5.00")
        sell(wim, "20.00", days_ago=1)
        rows = body(staff.get(f"{STAFF}preview/"))["results"]
        seen = [(r["vendor"]["slug"], r["amount"], r["balance"], r["held_back"]) for r in rows]
        assert seen == [
            (vera.slug, "45.00", "45.00", None),
            (wim.slug, "5.00", "25.00", "below_minimum"),
        ]
        assert not Payout.objects.exists()

    def test_run(self, staff: APIClient, clerk: User, vera: Vendor, wim: Vendor) -> None:
        sell(vera, "45.00")
        sell(wim, "5.00")
        answer = body(staff.post(f"{STAFF}run/", {}))
        assert [row["amount"] for row in answer["payouts"]] == ["45.00"]
        assert [row["held_back"] for row in answer["held_back"]] == ["below_minimum"]
        assert Payout.objects.get().actor == clerk

    def test_run_for_some(self, staff: APIClient, vera: Vendor, wim: Vendor) -> None:
        for vendor in (vera, wim):
            sell(vendor, "45.00")
        day = services.today() - timedelta(days=1)
        told: dict[str, Any] = {"on": day.isoformat(), "vendors": [vera.slug]}
        (row,) = body(staff.post(f"{STAFF}run/", told))["payouts"]
        assert (row["vendor"]["slug"], row["period_end"]) == (vera.slug, day.isoformat())
        told = {"on": day.isoformat(), "vendors": [wim.pk]}
        assert staff.post(f"{STAFF}run/", told).status_code == 200

    def test_run_once_for_a_day(self, staff: APIClient, vera: Vendor) -> None:
        for told in ({"vendors": [vera.slug]}, {}):
            sell(vera, "45.00")
            if not Payout.objects.exists():
                assert staff.post(f"{STAFF}run/", told).status_code == 200
            response = staff.post(f"{STAFF}run/", told)
            assert (response.status_code, codes(response)) == (409, ["already_paid_out"])
        assert Payout.objects.count() == 1

    def test_run_once_for_a_key(self, staff: APIClient, vera: Vendor) -> None:
        sell(vera, "45.00")
        first, again = (
            staff.post(f"{STAFF}run/", {"vendors": [vera.slug]}, headers={"Idempotency-Key": "k"})
            for _ in range(2)
        )
        assert first.status_code == again.status_code == 200
        assert body(first) == body(again)
        assert again["Idempotent-Replayed"] == "true"
        assert Payout.objects.count() == 1

    @pytest.mark.parametrize(
        ("told", "code"),
        [
            ({"on": "2999-01-01"}, "day_to_come"),
            ({"on": "yesterday"}, "invalid"),
            ({"on": 20261101}, "invalid"),
            ({"vendors": []}, "empty"),
            ({"vendors": ["nobody"]}, "does_not_exist"),
            ({"vendors": [9**20]}, "does_not_exist"),
            ({"vendors": ["house"]}, "does_not_exist"),
            ({"vendors": "vera"}, "not_a_list"),
            ({"vendors": [True]}, "invalid"),
            ({"vendors": [{"id": 1}]}, "invalid"),
            ([], "parse_error"),
        ],
    )
    def test_are_told_what_is_wrong(
        self, staff: APIClient, vera: Vendor, told: Any, code: str
    ) -> None:
        sell(vera, "45.00")
        response = staff.post(f"{STAFF}run/", told)
        assert (response.status_code, codes(response)) == (400, [code])
        assert not Payout.objects.exists()

    def test_cannot_ask_for_an_amount(self, staff: APIClient, vera: Vendor) -> None:
        sell(vera, "45.00")
        told = {"vendors": [vera.slug], "amount": "1000.00"}
        assert [row["amount"] for row in body(staff.post(f"{STAFF}run/", told))["payouts"]] == [
            "45.00"
        ]

    def test_are_told_why_nobody_is_paid(self, staff: APIClient, vera: Vendor) -> None:
        book(vera, "-5.00", kind="adjustment")
        response = staff.post(f"{STAFF}run/", {"vendors": [vera.slug]})
        assert (response.status_code, codes(response)) == (409, ["nothing_to_pay_out"])

    def test_follow_a_payout(self, staff: APIClient, payout: Payout) -> None:
        at = f"{STAFF}{payout.number}/"
        assert body(staff.post(f"{at}send/"))["status"] == "sent"
        settled = body(staff.post(f"{at}settle/", {"reference": "4711"}))
        assert (settled["status"], settled["reference"]) == ("settled", "4711")
        for move in ("send", "settle"):
            response = staff.post(f"{at}{move}/")
            assert (response.status_code, codes(response)) == (409, ["illegal_move"])
        assert body(staff.get(at)) == settled

    def test_say_that_it_failed(self, staff: APIClient, payout: Payout) -> None:
        at = f"{STAFF}{payout.number}/fail/"
        assert codes(staff.post(at, {})) == ["required"]
        assert body(staff.post(at, {"reason": "Closed."}))["failure_reason"] == "Closed."

    @pytest.mark.parametrize("move", ["send", "settle", "fail"])
    def test_move_it_once_for_a_key(self, staff: APIClient, payout: Payout, move: str) -> None:
        if move == "settle":
            services.send_payout(payout=payout)
        told = {"reason": "Closed."} if move == "fail" else {}
        first, again = (
            staff.post(f"{STAFF}{payout.number}/{move}/", told, headers={"Idempotency-Key": "k"})
            for _ in range(2)
        )
        assert first.status_code == again.status_code == 200
        assert again["Idempotent-Replayed"] == "true"

    def test_get_the_file_for_the_bank(self, staff: APIClient, payout: Payout) -> None:
        response = staff.get(f"{STAFF}bank-file/", headers={"Accept": "text/csv"})
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert f"{payout.number},Vera Vance,DE02120300000000202051" in response.content.decode()

    def test_save_any_statement(self, staff: APIClient, payout: Payout) -> None:
        for kind, begin in (("csv", b"kind,"), ("pdf", b"%PDF-")):
            response = staff.get(f"{STAFF}{payout.number}/statement.{kind}")
            assert response.content.startswith(begin)


def test_a_key_that_died_after_the_transfer_goes_on(
    clerk: User, stripe: FakeStripe, settings: Any
) -> None:
    vendor = make_seller("Connected", method="stripe")
    sell(vendor, "45.00")
    payout = pay_out(vendor)

    def die() -> None:
        raise RuntimeError

    stripe.dies_after = die
    ask: dict[str, Any] = {
        "path": f"{STAFF}{payout.number}/send/",
        "headers": {"Idempotency-Key": "k"},
    }
    client = client_of(clerk)
    assert client.post(**ask).status_code == 500
    stripe.dies_after = None
    answer = client.post(**ask)
    assert (answer.status_code, body(answer)["status"]) == (200, "sent")
    assert len(stripe.transfers) == 1


class TestAccess:
    READS = ("", "preview/", "bank-file/", "{number}/", "{number}/statement.csv")
    WRITES = ("run/", "{number}/send/", "{number}/settle/", "{number}/fail/")

    @pytest.mark.parametrize("who", ["stranger", "customer", "vendor", "support"])
    def test_is_for_vendor_managers_only(self, who: str, vera: Vendor, payout: Payout) -> None:
        people: dict[str, Callable[[], User | None]] = {
            "stranger": lambda: None,
            "customer": make_user,
            "vendor": lambda: member_of(vera, "owner"),
            "support": lambda: make_staff("support"),
        }
        user = people[who]()
        client = client_of(user)
        expected = 401 if user is None else 403
        before = Transaction.objects.count()
        for path in self.READS:
            assert client.get(STAFF + path.format(number=payout.number)).status_code == expected
        for path in self.WRITES:
            at = STAFF + path.format(number=payout.number)
            assert client.post(at, {"reason": "x"}).status_code == expected
        assert Transaction.objects.count() == before
        payout.refresh_from_db()
        assert payout.status == "scheduled"


@pytest.mark.parametrize("door", ["vendor", "staff", "preview"])
def test_lists_take_as_many_statements_for_1_as_for_50(
    door: str, manager: APIClient, staff: APIClient, vera: Vendor
) -> None:
    client, path = {
        "vendor": (manager, f"{OWN}?page_size=100"),
        "staff": (staff, f"{STAFF}?page_size=100"),
        "preview": (staff, f"{STAFF}preview/?page_size=100"),
    }[door]

    def more() -> None:
        vendor = make_seller() if door == "preview" else vera
        book(vendor, "45.00", kind="adjustment")
        if door != "preview":
            day = services.today() - timedelta(days=Payout.objects.count())
            pay_out(vendor, on=day)

    def statements() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = body(client.get(path))
        return answer["count"], len(queries)

    more()
    count, one = statements()
    assert count == 1
    for _ in range(49):
        more()
    assert statements() == (50, one)


def test_amounts_are_texts(staff: APIClient, payout: Payout) -> None:
    assert body(staff.get(f"{STAFF}{payout.number}/"))["amount"] == str(Decimal("45.00"))

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.ledger.models import Entry
from shop.ledger.tests.make import give_back, make_sale
from shop.vendors.models import Vendor, VendorMember
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db


def owner_of(vendor: Vendor) -> APIClient:
    return client_of(vendor.members.get().user)


def manager_of(*vendors: Vendor) -> APIClient:
    user = make_user("manager@example.test")
    for vendor in vendors:
        VendorMember.objects.create(vendor=vendor, user=user, role=VendorMember.Role.MANAGER)
    return client_of(user)


def get(client: APIClient, path: str, **query: Any) -> Any:
    response = client.get(path, query)
    assert response.status_code == 200, response.content
    return body(response)


# --- Vendors ------------------------------------------------------------------------------


def test_a_vendor_sees_its_balance(alice: User, vera: Vendor, walt: Vendor) -> None:
    make_sale(alice, [vera, walt, None])
    assert get(owner_of(vera), "/api/vendor/balance/") == {
        "balances": [
            {
                "currency": "USD",
                "payable": "9.00",
                "reserve": "0.00",
                "in_transit": "0.00",
                "paid_out": "0.00",
                "is_debt": False,
            }
        ]
    }


def test_a_vendor_that_sold_nothing_has_nothing(vera: Vendor) -> None:
    (balance,) = get(owner_of(vera), "/api/vendor/balance/")["balances"]
    assert (balance["payable"], balance["currency"]) == ("0.00", "USD")


def test_a_vendor_sees_what_came_and_went(
    alice: User, vera: Vendor, walt: Vendor, clerk: User
) -> None:
    payment = make_sale(alice, [vera, walt, None])
    refund = give_back(payment, clerk, part=0)
    refunded, sold = get(owner_of(vera), "/api/vendor/ledger/")["results"]
    number = payment.order.number
    assert sold["created_at"]
    assert {name: sold[name] for name in sold if name not in ("id", "created_at")} == {
        "kind": "sale",
        "cause": f"payment:{payment.pk}",
        "amount": "9.00",
        "currency": "USD",
        "order": number,
        "part": f"{number}-1",
        "payout": None,
        "note": "",
    }
    assert (refunded["kind"], refunded["amount"]) == ("refund", "-9.00")
    assert refunded["cause"] == f"refund:{refund.pk}:1"


def test_a_vendor_chooses_what_it_sees(alice: User, vera: Vendor, clerk: User) -> None:
    give_back(make_sale(alice, [vera]), clerk, amount="1.00")
    client = owner_of(vera)
    assert get(client, "/api/vendor/ledger/", kind="refund")["count"] == 1
    assert get(client, "/api/vendor/ledger/", currency="EUR")["count"] == 0
    assert get(client, "/api/vendor/ledger/", since="2020-01-01")["count"] == 2
    assert get(client, "/api/vendor/ledger/", until="2020-01-01")["count"] == 0


@pytest.mark.parametrize("query", ["kind=theft", "since=yesterday", "currency=EURO", "page=0"])
def test_refuses_filters_that_make_no_sense(vera: Vendor, query: str) -> None:
    assert owner_of(vera).get(f"/api/vendor/ledger/?{query}").status_code == 400


@pytest.mark.parametrize("path", ["/api/vendor/balance/", "/api/vendor/ledger/"])
def test_the_books_are_no_business_of_a_fulfiller(vera: Vendor, path: str) -> None:
    user = make_user("fulfiller@example.test")
    VendorMember.objects.create(vendor=vera, user=user, role=VendorMember.Role.FULFILLER)
    response = client_of(user).get(path)
    assert (response.status_code, codes(response)) == (403, ["role_too_low"])


def test_who_acts_for_two_sees_one_at_a_time(alice: User, vera: Vendor, walt: Vendor) -> None:
    make_sale(alice, [vera])
    client = manager_of(vera, walt)
    assert client.get("/api/vendor/ledger/").status_code == 400
    for vendor, count in ((vera, 1), (walt, 0)):
        response = client.get("/api/vendor/ledger/", headers={"X-Vendor": vendor.slug})
        assert body(response)["count"] == count


def test_asks_as_often_for_many_entries_as_for_one(alice: User, vera: Vendor) -> None:
    client, counted = owner_of(vera), []
    for _ in range(2):
        for _ in range(3):
            make_sale(alice, [vera])
        with CaptureQueriesContext(connection) as captured:
            get(client, "/api/vendor/ledger/", page_size=50)
        counted.append(len(captured))
    assert counted[0] == counted[1]


# --- Staff --------------------------------------------------------------------------------


def test_staff_see_every_entry(alice: User, vera: Vendor, mona: User) -> None:
    payment = make_sale(alice, [vera, None])
    client, path = client_of(mona), "/api/store/ledger/"
    answer = get(client, path)
    assert answer["count"] == 4
    assert {row["account"]: row["amount"] for row in answer["results"]} == {
        "clearing": "20.00",
        "vendor_payable": "-9.00",
        "platform_commission": "-1.00",
        "house_sales": "-10.00",
    }
    assert get(client, path, vendor=vera.slug)["count"] == 1
    assert get(client, path, order=payment.order.number.lower())["count"] == 4
    assert get(client, path, order=payment.order_id)["count"] == 4
    assert get(client, path, order="NX-2026-0")["count"] == 0
    assert get(client, path, account="clearing")["results"][0]["provider"] == "sandbox"
    assert get(client, path, kind="refund")["count"] == 0


def test_staff_see_that_the_books_balance(alice: User, vera: Vendor, mona: User) -> None:
    make_sale(alice, [vera, None])
    answer = get(client_of(mona), "/api/store/ledger/accounts/")
    assert answer["totals"] == [{"currency": "USD", "balance": "0.00"}]
    assert {
        "account": "clearing",
        "provider": "sandbox",
        "currency": "USD",
        "balance": "20.00",
        "entries": 1,
    } in answer["accounts"]


def test_asks_as_often_for_all_the_books_as_for_one_sale(
    alice: User, vera: Vendor, mona: User
) -> None:
    client, counted = client_of(mona), []
    for _ in range(2):
        for _ in range(3):
            make_sale(alice, [vera, None])
        with CaptureQueriesContext(connection) as captured:
            get(client, "/api/store/ledger/", page_size=100)
        counted.append(len(captured))
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    "path", ["/api/store/ledger/", "/api/store/ledger/accounts/", "/api/store/adjustments/"]
)
def test_the_books_are_of_no_business_of_others(vera: Vendor, clerk: User, path: str) -> None:
    assert client_of().get(path).status_code == 401
    assert owner_of(vera).get(path).status_code == 403
    assert client_of(clerk).get(path).status_code == 403
    assert client_of(make_staff(email="paul@example.test")).get(path).status_code == 403


def test_two_of_the_staff_correct_a_balance(vera: Vendor, mona: User, milo: User) -> None:
    first, second = client_of(mona), client_of(milo)
    asked = {"vendor": vera.slug, "amount": "-2.50", "reason": "Photos."}
    made = first.post("/api/store/adjustments/", asked, format="json")
    assert made.status_code == 201, made.content
    path = f"/api/store/adjustments/{body(made)['id']}/"
    assert (body(made)["status"], body(made)["currency"]) == ("proposed", "USD")
    own = first.post(f"{path}approve/")
    assert (own.status_code, codes(own)) == (409, ["needs_another"])
    assert body(second.post(f"{path}approve/"))["status"] == "approved"
    again = second.post(f"{path}approve/")
    assert (again.status_code, codes(again)) == (409, ["already_decided"])
    assert get(first, path)["decided_by"]["email"] == "milo@example.test"
    assert get(first, "/api/store/adjustments/", status="approved")["count"] == 1
    assert get(first, "/api/store/adjustments/", vendor="nobody")["count"] == 0
    (row,) = get(owner_of(vera), "/api/vendor/ledger/")["results"]
    assert (row["amount"], row["note"], row["part"]) == ("-2.50", "Photos.", None)


def test_a_proposal_is_rejected(vera: Vendor, mona: User) -> None:
    client = client_of(mona)
    asked = {"vendor": str(vera.pk), "amount": 5, "currency": "USD", "reason": "Photos."}
    made = body(client.post("/api/store/adjustments/", asked, format="json"))
    answer = client.post(f"/api/store/adjustments/{made['id']}/reject/")
    assert body(answer)["status"] == "rejected"
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"vendor": "nobody"}, 404),
        ({"vendor": None}, 400),
        ({"vendor": 7}, 400),
        ({"amount": "0"}, 400),
        ({"amount": "1e3"}, 400),
        ({"amount": "NaN"}, 400),
        ({"amount": True}, 400),
        ({"amount": "0.005"}, 400),
        ({"amount": "9999999999"}, 400),
        ({"currency": "DOGE"}, 400),
        ({"currency": "EUR"}, 400),
        ({"reason": ""}, 400),
        ({"reason": "\u0000"}, 400),
        ({"reason": "x" * 501}, 400),
    ],
)
def test_refuses_a_proposal_that_makes_no_sense(
    vera: Vendor, mona: User, changes: dict[str, Any], status: int
) -> None:
    asked = {"vendor": vera.slug, "amount": "1.00", "reason": "Photos."} | changes
    response = client_of(mona).post("/api/store/adjustments/", asked, format="json")
    assert response.status_code == status, response.content


def test_knows_no_other_adjustment(mona: User) -> None:
    client = client_of(mona)
    assert client.get("/api/store/adjustments/1/").status_code == 404
    assert client.post(f"/api/store/adjustments/{2**63}/approve/").status_code == 404

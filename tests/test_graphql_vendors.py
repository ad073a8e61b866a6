"""Vendors by GraphQL: applying for one, its people, and what staff decide."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.graphql.inputs import global_id
from shop.vendors import services
from shop.vendors.models import Vendor, VendorChange, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

Role = VendorMember.Role
FIELDS = """{ id pk name slug description logo country averageRating reviewCount role status statusReason isHouse
  contactEmail contactPhone payoutMethod payoutDetails { accountHolder iban bic bankName account }
  payoutSchedule payoutHoldDays payoutMinimum productsNeedApproval createdAt updatedAt }"""
APPLY = f"mutation($input: ApplyAsVendorInput!) {{ applyAsVendor(input: $input) {{ vendor {FIELDS} }} }}"
CHANGE = f"mutation($v: ID!, $input: VendorChanges!) {{ changeVendor(vendor: $v, input: $input) {{ vendor {FIELDS} }} }}"
REAPPLY = "mutation($v: ID!, $why: String) { reapplyAsVendor(vendor: $v, reason: $why) { vendor { status } } }"
LOGO = "mutation($v: ID!) { removeVendorLogo(vendor: $v) { vendor { logo } } }"
ACCOUNT = f"query($id: ID!) {{ vendorAccount(id: $id) {FIELDS} }}"
PROFILE = f"{{ vendorProfile {FIELDS} }}"
MEMBERSHIPS = "query($n: Int) { memberships(first: $n) { totalCount edges { node { pk name slug status role } } } }"
ACCOUNTS = f"query($s: VendorStatus!, $n: Int) {{ vendorAccounts(status: $s, first: $n) {{ totalCount edges {{ node {FIELDS} }} }} }}"
CHANGES = "query($v: ID!, $n: Int) { vendorChanges(vendor: $v, first: $n) { totalCount edges { node { pk kind reason details createdAt actor { pk email } } } } }"
APPROVE = f"mutation($v: ID!, $why: String) {{ approveVendor(vendor: $v, reason: $why) {{ vendor {FIELDS} }} }}"
REJECT = "mutation($v: ID!, $why: String!) { rejectVendor(vendor: $v, reason: $why) { vendor { status statusReason role } } }"
SUSPEND = "mutation($v: ID!, $why: String!) { suspendVendor(vendor: $v, reason: $why) { vendor { status statusReason } } }"

IBAN = "DE89370400440532013000"
APPLICATION = {
    "name": "Vera's Vases",
    "contactEmail": "vera@example.test",
    "country": "DE",
    "payoutMethod": "MANUAL",
    "payoutDetails": {"accountHolder": "Vera Vogel", "iban": IBAN},
}
NOT_FOUND = ("not_found", None, 404)
FORBIDDEN = ("permission_denied", None, 403)
TOO_LOW = ("role_too_low", None, 403)


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test", first_name="Vera", last_name="Vogel")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


@pytest.fixture
def staff() -> User:
    return make_staff("vendor managers")


def person(vendor: Vendor, role: Role) -> APIClient:
    return client_of(make_member(vendor, role=role).user)


def nodes(found: Any) -> list[Any]:
    return [edge["node"] for edge in found["edges"]]


def as_in_rest(account: Any, rest: Any) -> None:
    """Holds an account to what REST answers of the same vendor."""
    details = rest["payout_details"]
    assert account == {
        "id": global_id("Vendor", rest["id"]),
        "pk": rest["id"],
        "averageRating": float(rest["average_rating"]),
        "logo": rest["logo"] or None,
        "role": rest["role"] and rest["role"].upper(),
        "status": rest["status"].upper(),
        "payoutMethod": rest["payout_method"].upper(),
        "payoutSchedule": rest["payout_schedule"].upper(),
        "payoutDetails": {
            "accountHolder": details.get("account_holder"),
            "iban": details.get("iban"),
            "bic": details.get("bic"),
            "bankName": details.get("bank_name"),
            "account": details.get("account"),
        },
        "statusReason": rest["status_reason"],
        "isHouse": rest["is_house"],
        "reviewCount": rest["review_count"],
        "contactEmail": rest["contact_email"],
        "contactPhone": rest["contact_phone"],
        "payoutHoldDays": rest["payout_hold_days"],
        "payoutMinimum": rest["payout_minimum"],
        "productsNeedApproval": rest["products_need_approval"],
        "createdAt": rest["created_at"],
        "updatedAt": rest["updated_at"],
        **{name: rest[name] for name in ("name", "slug", "description", "country")},
    }


# --- A vendor of one's own ------------------------------------------------------------------


def test_somebody_applies_and_reads_all_of_it(vera: User) -> None:
    client = client_of(vera)
    account = data(client, APPLY, {"input": APPLICATION})["applyAsVendor"]["vendor"]
    assert (account["status"], account["role"]) == ("PENDING", "OWNER")
    assert account["payoutDetails"]["iban"] == IBAN
    vendor = Vendor.objects.get(is_house=False)
    assert vendor.members.get().user == vera
    as_in_rest(account, body(client.get(f"/api/store/vendors/{vendor.slug}/")))
    for named in (vendor.pk, vendor.slug, account["id"]):
        assert data(client, ACCOUNT, {"id": named})["vendorAccount"] == account
    (membership,) = nodes(data(client, MEMBERSHIPS)["memberships"])
    assert membership == {
        "pk": vendor.pk,
        "name": "Vera's Vases",
        "slug": vendor.slug,
        "status": "pending",
        "role": "owner",
    }


def test_an_application_is_refused_as_in_rest(vera: User, vases: Vendor) -> None:
    client = client_of(vera)
    refused: dict[tuple[str, str], dict[str, Any]] = {
        ("name_taken", "name"): {"name": "vases"},
        ("invalid_payout_details", "payoutDetails.iban"): {
            "payoutDetails": {"accountHolder": "Vera", "iban": "DE00"}
        },
        ("invalid", "contactEmail"): {"contactEmail": "no"},
    }
    for (code, attr), wrong in refused.items():
        answer = problem(ask(client, APPLY, {"input": APPLICATION | wrong}))
        assert answer[:2] == (code, attr)
    assert list(Vendor.objects.filter(is_house=False)) == [vases]


def test_an_application_sent_again_under_its_key_is_the_same(vera: User) -> None:
    client, header = client_of(vera), {"Idempotency-Key": "vera-applies"}
    first, second = (ask(client, APPLY, {"input": APPLICATION}, **header) for _ in range(2))
    assert first == second
    assert Vendor.objects.filter(is_house=False).count() == 1


def test_an_owner_changes_the_profile(vera: User, vases: Vendor) -> None:
    client = client_of(vera)
    changes = {"description": "Stoneware.", "payoutDetails": APPLICATION["payoutDetails"]}
    account = data(client, CHANGE, {"v": vases.slug, "input": changes})["changeVendor"]["vendor"]
    as_in_rest(account, body(client.get(f"/api/store/vendors/{vases.pk}/")))
    vases.refresh_from_db()
    assert (vases.name, vases.description) == ("Vases", "Stoneware.")
    null = ask(client, CHANGE, {"v": vases.slug, "input": {"name": None}})
    assert problem(null) == ("null", "name", 400)


def test_a_logo_is_taken_away(vera: User, vases: Vendor) -> None:
    Vendor.objects.filter(pk=vases.pk).update(logo="vendors/a.webp")
    asked = {"v": global_id("Vendor", vases.pk)}
    assert data(client_of(vera), ACCOUNT, {"id": vases.pk})["vendorAccount"]["logo"]
    taken = data(client_of(vera), LOGO, asked)["removeVendorLogo"]["vendor"]
    assert taken == {"logo": None}
    assert not Vendor.objects.get(pk=vases.pk).logo


def test_a_rejected_vendor_applies_once_more(vera: User, vases: Vendor) -> None:
    client = client_of(vera)
    early = problem(ask(client, REAPPLY, {"v": vases.pk}))
    assert early[2] == 409
    Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.REJECTED)
    data(client, REAPPLY, {"v": vases.pk, "why": "We sell bowls now."})
    assert Vendor.objects.get(pk=vases.pk).status == Vendor.Status.PENDING
    assert VendorChange.objects.get(vendor=vases).reason == "We sell bowls now."


def test_what_is_anothers_is_not_there(vases: Vendor) -> None:
    bob = person(make_vendor(), Role.OWNER)
    for query, asked in (
        (ACCOUNT, {"id": vases.slug}),
        (CHANGE, {"v": vases.pk, "input": {"name": "Bob's"}}),
        (REAPPLY, {"v": global_id("Vendor", vases.pk)}),
        (LOGO, {"v": vases.pk}),
    ):
        assert problem(ask(bob, query, asked)) == NOT_FOUND, query
    vases.refresh_from_db()
    assert vases.name == "Vases"


def test_only_owners_read_numbers_of_accounts_in_full(
    vera: User, vases: Vendor, staff: User
) -> None:
    details = {"account_holder": "Vera", "iban": IBAN}
    Vendor.objects.filter(pk=vases.pk).update(payout_details=details)
    member, masked = person(vases, Role.MANAGER), "****3000"
    for client, query, shown in (
        (client_of(vera), PROFILE, IBAN),
        (client_of(vera), ACCOUNT, IBAN),
        (member, PROFILE, masked),
        (member, ACCOUNT, masked),
        (client_of(staff), ACCOUNT, masked),
    ):
        asked = {"id": vases.pk} if query == ACCOUNT else None
        (account,) = data(client, query, asked).values()
        assert account["payoutDetails"]["iban"] == shown
    assert problem(ask(member, CHANGE, {"v": vases.pk, "input": {"country": "FR"}})) == TOO_LOW


# --- The acting vendor -----------------------------------------------------------------------------


def test_the_profile_is_that_of_the_acting_vendor(vera: User, vases: Vendor) -> None:
    client = person(vases, Role.FULFILLER)
    as_in_rest(data(client, PROFILE)["vendorProfile"], body(client.get("/api/vendor/")))
    pots = make_vendor("Pots", owner=vera)
    assert problem(ask(client_of(vera), PROFILE))[2] == 400
    named = data(client_of(vera), PROFILE, None, **{"X-Vendor": pots.slug})
    assert named["vendorProfile"]["pk"] == pots.pk
    assert problem(ask(client, PROFILE, None, **{"X-Vendor": pots.slug}))[2] == 404
    assert problem(ask(client_of(make_user()), PROFILE))[2] == 403


# --- Staff ----------------------------------------------------------------------------------


def test_staff_decide_about_vendors(vera: User, vases: Vendor, staff: User) -> None:
    client = client_of(staff)
    Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.PENDING)
    waiting = data(client, ACCOUNTS, {"s": "PENDING"})["vendorAccounts"]
    assert [one["slug"] for one in nodes(waiting)] == [vases.slug]
    rejected = data(client, REJECT, {"v": vases.slug, "why": "We sell no vases."})
    assert rejected["rejectVendor"]["vendor"] == {
        "status": "REJECTED",
        "statusReason": "We sell no vases.",
        "role": None,
    }
    approved = data(client, APPROVE, {"v": global_id("Vendor", vases.pk)})["approveVendor"]
    as_in_rest(approved["vendor"], body(client.get(f"/api/store/vendors/{vases.slug}/")))
    assert problem(ask(client, APPROVE, {"v": vases.pk}))[0] == "illegal_move"
    data(client, SUSPEND, {"v": vases.pk, "why": "Nothing was shipped in May."})
    assert Vendor.objects.get(pk=vases.pk).status == Vendor.Status.SUSPENDED
    assert problem(ask(client_of(vera), PROFILE))[0] == "vendor_suspended"
    trail = data(client, CHANGES, {"v": vases.slug})["vendorChanges"]
    assert [one["kind"] for one in nodes(trail)] == ["suspended", "approved", "rejected"]
    assert nodes(trail)[0]["details"] == {"before": "approved"}
    assert nodes(trail)[0]["actor"] == {"pk": staff.pk, "email": staff.email}


def test_a_decision_needs_its_reason(vases: Vendor, staff: User) -> None:
    blank = ask(client_of(staff), SUSPEND, {"v": vases.pk, "why": " "})
    assert problem(blank)[1:] == ("reason", 400)
    assert problem(ask(client_of(staff), APPROVE, {"v": "nothing"})) == NOT_FOUND
    assert Vendor.objects.get(pk=vases.pk).status == Vendor.Status.APPROVED


def test_others_than_these_staff_decide_nothing(vera: User, vases: Vendor) -> None:
    clerk = client_of(make_user(is_staff=True))
    for client in (clerk, client_of(vera), client_of(make_user())):
        for query, asked in (
            (ACCOUNTS, {"s": "APPROVED"}),
            (CHANGES, {"v": vases.pk}),
            (APPROVE, {"v": vases.pk}),
            (REJECT, {"v": vases.pk, "why": "No."}),
            (SUSPEND, {"v": vases.pk, "why": "No."}),
        ):
            assert problem(ask(client, query, asked)) == FORBIDDEN, query
    assert problem(ask(clerk, ACCOUNT, {"id": vases.pk})) == NOT_FOUND


PRIVATE = [
    (APPLY, {"input": {"name": "A"}}),
    (CHANGE, {"v": 1, "input": {}}),
    (REAPPLY, {"v": 1}),
    (LOGO, {"v": 1}),
    (ACCOUNT, {"id": 1}),
    (PROFILE, None),
    (MEMBERSHIPS, None),
    (ACCOUNTS, {"s": "APPROVED"}),
    (CHANGES, {"v": 1}),
    (APPROVE, {"v": 1}),
    (REJECT, {"v": 1, "why": "No."}),
    (SUSPEND, {"v": 1, "why": "No."}),
]


@pytest.mark.parametrize(("query", "asked"), PRIVATE)
def test_strangers_are_sent_to_sign_in(query: str, asked: Any) -> None:
    assert problem(ask(client_of(), query, asked)) == ("not_authenticated", None, 401)


def test_lists_take_the_same_few_statements_for_one_and_for_fifty(
    vera: User, vases: Vendor, staff: User
) -> None:
    for _ in range(50):
        vendor = make_vendor(owner=vera)
        services.note_change(vendor=vases, kind="noted", actor=vendor.members.get().user)
    owner, manager = client_of(vera), client_of(staff)
    for client, query, asked in (
        (owner, MEMBERSHIPS, {}),
        (manager, ACCOUNTS, {"s": "APPROVED"}),
        (manager, CHANGES, {"v": vases.pk}),
    ):
        counts = []
        for first in (1, 50):
            with CaptureQueriesContext(connection) as captured:
                (found,) = data(client, query, asked | {"n": first}).values()
            assert len(found["edges"]) == first
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 14, [one["sql"] for one in captured]

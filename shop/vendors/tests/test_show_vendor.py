"""GET /api/store/vendors/{slug}/ for those who see more than the public; and /changes/."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.vendors import services
from shop.vendors.models import Vendor, VendorChange, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of

pytestmark = pytest.mark.django_db

URL = "/api/store/vendors/vases/"
DETAILS = {"account_holder": "Vera Vogel", "iban": "DE89370400440532013000"}
HIDDEN = [Vendor.Status.PENDING, Vendor.Status.REJECTED, Vendor.Status.SUSPENDED]


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    vendor = make_vendor("Vases", owner=vera)
    Vendor.objects.filter(pk=vendor.pk).update(
        payout_details=DETAILS, contact_email="vera@example.test"
    )
    return vendor


def show(user: User | None) -> Any:
    return client_of(user).get(URL)


@pytest.mark.parametrize("status", HIDDEN)
def test_is_there_for_members_and_staff_only(
    vera: User, vases: Vendor, status: Vendor.Status
) -> None:
    Vendor.objects.filter(pk=vases.pk).update(status=status)
    for insider in (vera, make_member(vases).user, make_staff("vendor managers")):
        assert body(show(insider))["status"] == status
    other = make_user()
    make_vendor(owner=other)
    for stranger in (None, make_user(), other, make_staff("support")):
        assert show(stranger).status_code == 404


def test_private_fields_are_for_members_and_staff(vera: User, vases: Vendor) -> None:
    for stranger in (None, make_user(), make_staff("order managers")):
        assert not {"status", "contact_email", "payout_details"} & body(show(stranger)).keys()
    for insider in (vera, make_staff("vendor managers")):
        assert body(show(insider))["contact_email"] == "vera@example.test"


def test_owners_alone_read_whole_numbers_of_accounts(vera: User, vases: Vendor) -> None:
    assert body(show(vera))["payout_details"] == DETAILS
    manager = make_member(vases).user
    for other in (manager, make_staff("vendor managers")):
        shown = body(show(other))["payout_details"]
        assert shown == DETAILS | {"iban": "****3000"}


def test_says_as_what_the_caller_acts(vera: User, vases: Vendor) -> None:
    fulfiller = make_member(vases, role=VendorMember.Role.FULFILLER).user
    assert body(show(vera))["role"] == "owner"
    assert body(show(fulfiller))["role"] == "fulfiller"
    assert body(show(make_staff("vendor managers")))["role"] is None


class TestTrail:
    def changes(self, user: User | None) -> Any:
        return client_of(user).get(f"{URL}changes/")

    def test_tells_staff_who_did_what_and_why(self, vera: User, vases: Vendor) -> None:
        staff = make_staff("vendor managers")
        services.suspend_vendor(vendor=vases, actor=staff, reason="Nothing was shipped.")
        services.note_change(vendor=vases, kind="counted", actor=None)
        newest, older = body(self.changes(staff))["results"]
        assert (newest["kind"], newest["actor"]) == ("counted", None)
        assert (older["kind"], older["reason"]) == ("suspended", "Nothing was shipped.")
        assert older["actor"] == {"id": staff.pk, "email": staff.email}

    def test_is_for_staff(self, vera: User, vases: Vendor) -> None:
        for caller in (vera, make_user(), make_staff("support")):
            assert self.changes(caller).status_code == 403
        assert self.changes(None).status_code == 401

    def test_takes_as_many_statements_for_fifty_as_for_one(self, vases: Vendor) -> None:
        client, counts = client_of(make_staff("vendor managers")), []
        services.note_change(vendor=vases, kind="counted", actor=make_user())
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                client.get(f"{URL}changes/?page_size=100")
            counts.append(len(captured))
            for _ in range(50):
                services.note_change(vendor=vases, kind="counted", actor=make_user())
        assert counts[0] == counts[1]

    def test_is_never_changed_afterwards(self, vases: Vendor) -> None:
        noted = services.note_change(vendor=vases, kind="counted", actor=None)
        with pytest.raises(DatabaseError), transaction.atomic():
            VendorChange.objects.filter(pk=noted.pk).update(kind="forgotten")
        assert not connection.needs_rollback

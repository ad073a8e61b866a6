"""PATCH /api/store/vendors/{slug}/."""

from decimal import Decimal
from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.vendors import services
from shop.vendors.errors import RoleTooLow
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/vendors/vases/"
IBAN = "DE89370400440532013000"
DETAILS = {"account_holder": "Vera Vogel", "iban": IBAN}
STRIPE = {"payout_method": "stripe", "payout_details": {"account": "acct_1A2b3C4d5E6f"}}


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


def patch(user: User, **changes: Any) -> Any:
    return client_of(user).patch(URL, changes)


def test_sets_what_is_sent_and_keeps_the_slug(vera: User, vases: Vendor) -> None:
    response = patch(vera, name="Bowls", description="Round.", country="fr")
    assert response.status_code == 200, response.content
    vases.refresh_from_db()
    assert (vases.name, vases.slug, vases.description) == ("Bowls", "vases", "Round.")
    assert (vases.country, body(response)["country"]) == ("FR", "FR")


@pytest.mark.parametrize("status", [Vendor.Status.PENDING, Vendor.Status.REJECTED])
def test_is_for_those_that_wait_too(vera: User, vases: Vendor, status: Vendor.Status) -> None:
    Vendor.objects.filter(pk=vases.pk).update(status=status)
    assert body(patch(vera, description="Round."))["status"] == status


def test_a_suspended_vendor_changes_nothing(vera: User, vases: Vendor) -> None:
    Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
    response = patch(vera, description="Round.")
    assert (response.status_code, codes(response)) == (403, ["vendor_suspended"])
    vases.refresh_from_db()
    assert vases.description == ""


@pytest.mark.parametrize("role", [VendorMember.Role.MANAGER, VendorMember.Role.FULFILLER])
def test_is_for_owners(vases: Vendor, role: VendorMember.Role) -> None:
    member = make_member(vases, role=role).user
    response = patch(member, description="Mine.")
    assert (response.status_code, codes(response)) == (403, ["role_too_low"])
    other = make_user()
    make_vendor(owner=other)
    for stranger in (other, make_user(), make_staff("vendor managers")):
        assert patch(stranger, description="Mine.").status_code == 404
    assert client_of().patch(URL, {"description": "Mine."}).status_code == 401
    vases.refresh_from_db()
    assert vases.description == ""


@pytest.mark.parametrize("name", ["Alder", "ALDER", "al-der"])
def test_refuses_the_name_of_another(vera: User, vases: Vendor, name: str) -> None:
    make_vendor("Alder")
    Vendor.objects.create(name="Another", slug="al-der", status=Vendor.Status.APPROVED)
    response = patch(vera, name=name)
    assert (response.status_code, codes(response)) == (409, ["name_taken"])
    vases.refresh_from_db()
    assert vases.name == "Vases"


def test_takes_its_own_name_in_other_letters(vera: User, vases: Vendor) -> None:
    assert patch(vera, name="VASES").status_code == 200


def test_where_money_goes_is_kept_in_order(vera: User, vases: Vendor) -> None:
    spaced = {"account_holder": " Vera  Vogel ", "iban": "de89 3704 0044 0532 0130 00"}
    assert body(patch(vera, payout_details=spaced))["payout_details"] == DETAILS
    answer = body(patch(vera, **STRIPE))
    assert {name: answer[name] for name in STRIPE} == STRIPE


def test_another_method_needs_details_that_fit(vera: User, vases: Vendor) -> None:
    patch(vera, payout_details=DETAILS)
    response = patch(vera, payout_method="stripe")
    assert (response.status_code, codes(response)) == (400, ["invalid_payout_details"])
    vases.refresh_from_db()
    assert (vases.payout_method, vases.payout_details) == ("manual", DETAILS)


def test_staff_do_not_say_where_money_goes(vases: Vendor) -> None:
    staff = make_staff("vendor managers")
    with pytest.raises(RoleTooLow):
        services.change_vendor(vendor=vases, changes={"payout_details": DETAILS}, actor=staff)


def test_terms_are_for_staff(vera: User, vases: Vendor) -> None:
    terms = {"payout_minimum": Decimal("25.00"), "payout_hold_days": 3}
    with pytest.raises(RoleTooLow):
        services.change_vendor(vendor=vases, changes=terms, actor=vera)
    patch(vera, payout_hold_days=0, payout_minimum="0", products_need_approval=False)
    vases.refresh_from_db()
    assert vases.payout_hold_days is None
    staff = make_staff("vendor managers")
    services.change_vendor(vendor=vases, changes=terms, actor=staff)
    assert body(client_of(vera).get(URL))["payout_minimum"] == "25.00"
    noted = vases.changes.get()
    assert noted.details["after"] == {"payout_minimum": "25.00", "payout_hold_days": 3}


def test_the_trail_has_names_of_fields_and_no_details_of_banks(vera: User, vases: Vendor) -> None:
    patch(vera, name="Bowls", payout_details=DETAILS, contact_email="me@example.test")
    noted = vases.changes.get()
    assert noted.kind == "changed"
    assert noted.details == {
        "fields": ["contact_email", "name", "payout_details"],
        "before": {"name": "Vases"},
        "after": {"name": "Bowls"},
    }


def test_what_changes_nothing_leaves_no_trail(vera: User, vases: Vendor) -> None:
    assert patch(vera, name="Vases", description="").status_code == 200
    assert patch(vera).status_code == 200
    assert not vases.changes.exists()


def test_privileged_fields_are_ignored(vera: User, vases: Vendor) -> None:
    patch(vera, status="pending", slug="house-2", is_house=True, status_reason="x")
    vases.refresh_from_db()
    assert (vases.status, vases.slug, vases.is_house) == ("approved", "vases", False)


def test_no_service_takes_other_fields(vera: User, vases: Vendor) -> None:
    with pytest.raises(TypeError):
        services.change_vendor(vendor=vases, changes={"status": "approved"}, actor=vera)

"""POST /api/store/vendors/ and /{slug}/reapply/."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.vendors import services
from shop.vendors.models import Vendor, VendorChange, VendorMember
from shop.vendors.services.applying import MOST_APPLICATIONS
from shop.vendors.tests.make import APPLICATION, make_member, make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/vendors/"


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


def apply(user: User | None, **changes: Any) -> Any:
    return client_of(user).post(URL, APPLICATION | changes)


def test_waits_for_staff_with_the_applicant_as_its_owner(vera: User) -> None:
    response = apply(vera)
    assert response.status_code == 201, response.content
    answer = body(response)
    assert (answer["slug"], answer["status"], answer["role"]) == ("veras-vases", "pending", "owner")
    assert {name: answer[name] for name in APPLICATION} == APPLICATION
    vendor = Vendor.objects.get(slug="veras-vases")
    assert not vendor.is_house
    assert vendor.members.get(role=VendorMember.Role.OWNER).user == vera
    assert vendor.changes.get().kind == "applied"
    told = OutboxEvent.objects.get(name="vendor.applied")
    assert told.payload == {"vendor_id": vendor.pk}


def test_needs_a_name_only(vera: User) -> None:
    assert client_of(vera).post(URL, {"name": "Vases"}).status_code == 201


def test_is_for_those_who_are_signed_in() -> None:
    assert apply(None).status_code == 401
    assert not Vendor.objects.filter(is_house=False).exists()


@pytest.mark.parametrize(
    "name",
    ["Vera's Vases", "VERA'S vases", "  Vera's   Vases ", "Veras-Vases", "Vera\u200bs vases"],
)
def test_refuses_a_name_that_is_taken(vera: User, name: str) -> None:
    apply(vera)
    before = Vendor.objects.count()
    response = apply(make_user(), name=name)
    assert (response.status_code, codes(response)) == (409, ["name_taken"])
    assert Vendor.objects.count() == before
    assert OutboxEvent.objects.filter(name="vendor.applied").count() == 1


def test_refuses_the_name_that_a_vendor_has_by_now(vera: User) -> None:
    vendor = make_vendor("Alder", owner=vera)
    services.change_vendor(vendor=vendor, changes={"name": "Birch"}, actor=vera)
    assert codes(apply(make_user(), name="birch")) == ["name_taken"]
    assert codes(apply(make_user(), name="Alder")) == ["name_taken"]


def test_names_without_latin_letters_get_a_slug_of_their_own(vera: User) -> None:
    first, second = body(apply(vera, name="花屋")), body(apply(vera, name="鳥屋"))
    assert first["slug"].startswith("vendor-")
    assert first["slug"] != second["slug"]
    assert codes(apply(vera, name="花屋")) == ["name_taken"]


def test_a_name_of_digits_is_no_id(vera: User) -> None:
    assert body(apply(vera, name="2026"))["slug"] == "vendor-2026"


@pytest.mark.parametrize("name", ["", "  ", "?!", "x" * 101, 7, None, ["a"]])
def test_refuses_what_is_no_name(vera: User, name: Any) -> None:
    response = apply(vera, name=name)
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"] == "name"
    assert not Vendor.objects.filter(is_house=False).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_email", "vera"),
        ("contact_phone", "12"),
        ("country", "XX"),
        ("payout_method", "cash"),
        ("payout_details", "DE89"),
        ("description", "x" * 5001),
    ],
)
def test_refuses_bad_fields(vera: User, field: str, value: Any) -> None:
    response = apply(vera, **{field: value})
    assert response.status_code == 400
    assert body(response)["errors"][0]["attr"].startswith(field)
    assert not Vendor.objects.filter(is_house=False).exists()


def test_privileged_fields_are_ignored(vera: User) -> None:
    terms = {"payout_minimum": "0.01", "payout_hold_days": 0, "payout_schedule": "daily"}
    apply(vera, status="approved", is_house=True, slug="house-2", id=1, **terms)
    vendor = Vendor.objects.get(slug="veras-vases")
    assert (vendor.status, vendor.is_house) == (Vendor.Status.PENDING, False)
    assert (vendor.payout_minimum, vendor.payout_hold_days) == (None, None)
    assert vendor.payout_schedule == Vendor.PayoutSchedule.WEEKLY


def test_one_person_has_few_applications_open(vera: User) -> None:
    for number in range(MOST_APPLICATIONS):
        assert apply(vera, name=f"Shop {number}").status_code == 201
    response = apply(vera, name="One more")
    assert (response.status_code, codes(response)) == (409, ["too_many_applications"])
    services.approve_vendor(vendor=Vendor.objects.get(slug="shop-0"), actor=make_staff())
    assert apply(vera, name="One more").status_code == 201


def test_a_key_applies_once(vera: User) -> None:
    client = client_of(vera)
    answers = [
        client.post(URL, APPLICATION, headers={"Idempotency-Key": "apply"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Vendor.objects.filter(is_house=False).count() == 1


class TestOnceMore:
    @pytest.fixture
    def rejected(self, vera: User) -> Vendor:
        vendor = make_vendor("Vases", owner=vera, status=Vendor.Status.PENDING)
        return services.reject_vendor(vendor=vendor, actor=make_staff(), reason="No vases.")

    def test_waits_again(self, vera: User, rejected: Vendor) -> None:
        response = client_of(vera).post(f"{URL}vases/reapply/", {"reason": "Bowls now."})
        assert response.status_code == 200, response.content
        answer = body(response)
        assert (answer["status"], answer["status_reason"]) == ("pending", "")
        noted = VendorChange.objects.latest("id")
        assert (noted.kind, noted.actor, noted.reason) == ("applied_again", vera, "Bowls now.")
        assert OutboxEvent.objects.filter(name="vendor.applied").count() == 1

    @pytest.mark.parametrize("status", ["pending", "approved", "suspended"])
    def test_is_for_rejected_ones(self, vera: User, status: str) -> None:
        vendor = make_vendor("Pots", owner=vera, status=Vendor.Status(status))
        response = client_of(vera).post(f"{URL}pots/reapply/", {})
        assert (response.status_code, codes(response)) == (409, ["illegal_move"])
        vendor.refresh_from_db()
        assert vendor.status == status

    def test_is_for_owners(self, rejected: Vendor) -> None:
        manager = make_member(rejected).user
        response = client_of(manager).post(f"{URL}vases/reapply/", {})
        assert (response.status_code, codes(response)) == (403, ["role_too_low"])
        for stranger in (make_user(), make_staff("vendor managers")):
            assert client_of(stranger).post(f"{URL}vases/reapply/", {}).status_code == 404
        rejected.refresh_from_db()
        assert rejected.status == Vendor.Status.REJECTED

"""POST /api/store/vendors/{slug}/approve/, /reject/ and /suspend/."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.vendors import services, states
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/vendors/"
Status = Vendor.Status
DECISIONS = {"approve": Status.APPROVED, "reject": Status.REJECTED, "suspend": Status.SUSPENDED}


@pytest.fixture
def staff() -> User:
    return make_staff("vendor managers")


def decide(user: User | None, vendor: Vendor, decision: str, **words: Any) -> Any:
    words = words or {"reason": "Because."}
    return client_of(user).post(f"{URL}{vendor.slug}/{decision}/", words)


@pytest.mark.parametrize("before", list(Status))
@pytest.mark.parametrize("decision", list(DECISIONS))
def test_follows_the_table_of_moves(staff: User, before: Status, decision: str) -> None:
    vendor, to = make_vendor(status=before), DECISIONS[decision]
    response = decide(staff, vendor, decision)
    vendor.refresh_from_db()
    if to in states.MOVES[before]:
        assert response.status_code == 200, response.content
        assert (vendor.status, body(response)["status"]) == (to, to)
        noted = vendor.changes.get()
        assert (noted.kind, noted.actor, noted.reason) == (to, staff, "Because.")
        assert noted.details == {"before": before}
        told = OutboxEvent.objects.get(name=f"vendor.{to}")
        assert told.payload == {"vendor_id": vendor.pk}
    else:
        assert (response.status_code, codes(response)) == (409, ["illegal_move"])
        assert vendor.status == before
        assert not vendor.changes.exists()
        assert not OutboxEvent.objects.filter(name__startswith="vendor.").exists()


def test_the_table_lets_approve_again_and_nothing_twice() -> None:
    assert all(status not in moves for status, moves in states.MOVES.items())
    back = {status for status, moves in states.MOVES.items() if Status.APPROVED in moves}
    assert back == {Status.PENDING, Status.REJECTED, Status.SUSPENDED}
    assert set(states.MOVES) == set(Status)


def test_approving_twice_is_refused(staff: User) -> None:
    vendor = make_vendor(status=Status.PENDING)
    assert decide(staff, vendor, "approve", reason="").status_code == 200
    assert codes(decide(staff, vendor, "approve", reason="")) == ["illegal_move"]
    assert vendor.changes.count() == 1


@pytest.mark.parametrize("words", [{"x": 1}, {"reason": ""}, {"reason": "  "}, {"reason": 7}])
@pytest.mark.parametrize("decision", ["reject", "suspend"])
def test_needs_a_reason(staff: User, decision: str, words: dict[str, Any]) -> None:
    before = Status.PENDING if decision == "reject" else Status.APPROVED
    vendor = make_vendor(status=before)
    assert decide(staff, vendor, decision, **words).status_code == 400
    vendor.refresh_from_db()
    assert vendor.status == before


def test_owners_read_the_reason_until_they_are_approved(staff: User) -> None:
    vera = make_user()
    vendor = make_vendor(owner=vera, status=Status.PENDING)
    decide(staff, vendor, "reject", reason="We sell no vases.")
    own = f"{URL}{vendor.slug}/"
    assert body(client_of(vera).get(own))["status_reason"] == "We sell no vases."
    decide(staff, vendor, "approve", reason="Now we do.")
    assert body(client_of(vera).get(own))["status_reason"] == ""


@pytest.mark.parametrize("decision", ["reject", "suspend"])
def test_the_house_vendor_stays(staff: User, decision: str) -> None:
    house = services.house_vendor()
    response = decide(staff, house, decision)
    assert (response.status_code, codes(response)) == (409, ["illegal_move"])
    house.refresh_from_db()
    assert house.status == Status.APPROVED


@pytest.mark.parametrize("decision", list(DECISIONS))
def test_is_for_staff_who_may_change_vendors(decision: str) -> None:
    vera = make_user()
    vendor = make_vendor(owner=vera, status=Status.PENDING)
    others = [vera, make_user(), make_staff("catalog managers"), make_staff()]
    group = make_staff("vendor managers")
    group.is_staff = False
    group.save()
    for caller in [*others, group]:
        assert decide(caller, vendor, decision).status_code == 403
    assert decide(None, vendor, decision).status_code == 401
    vendor.refresh_from_db()
    assert vendor.status == Status.PENDING


def test_of_no_vendor_is_404(staff: User) -> None:
    assert client_of(staff).post(f"{URL}nobody/approve/", {}).status_code == 404

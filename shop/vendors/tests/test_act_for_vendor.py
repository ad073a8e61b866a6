"""Who acts for which vendor in requests to `/api/vendor/`, and behind which wall."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core import walls
from shop.vendors.models import Vendor, VendorChange, VendorInvitation, VendorMember
from shop.vendors.services import invite_member, note_change
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/vendor/"
INVITATIONS = "/api/vendor/invitations/"


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


def act(user: User | None, vendor: object = None) -> Any:
    return client_of(user).get(URL, headers={} if vendor is None else {"X-Vendor": str(vendor)})


def test_the_only_vendor_needs_no_name(vera: User) -> None:
    make_vendor("Vases", owner=vera)
    assert body(act(vera))["slug"] == "vases"


def test_one_of_several_is_named_by_slug_or_id(vera: User) -> None:
    vases, pots = make_vendor("Vases", owner=vera), make_vendor("Pots", owner=vera)
    response = act(vera)
    assert (response.status_code, codes(response)) == (400, ["vendor_required"])
    assert body(act(vera, "vases"))["id"] == vases.pk
    assert body(act(vera, pots.pk))["slug"] == "pots"


def test_the_only_approved_one_of_several_needs_no_name(vera: User) -> None:
    make_vendor("Asleep", owner=vera, status=Vendor.Status.SUSPENDED)
    make_vendor("Vases", owner=vera)
    make_vendor("Waits", owner=vera, status=Vendor.Status.PENDING)
    assert body(act(vera))["slug"] == "vases"


@pytest.mark.parametrize(
    "named", ["pots", "nobody", "0", 2**70, "", "' OR 1=1", "vases,pots", "\0", "vases\0", "é", "²"]
)
def test_anothers_vendor_is_404(vera: User, named: object) -> None:
    make_vendor("Vases", owner=vera)
    make_vendor("Pots", owner=make_user())
    assert act(vera, named).status_code == 404


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Vendor.Status.SUSPENDED, "vendor_suspended"),
        (Vendor.Status.PENDING, "vendor_not_approved"),
        (Vendor.Status.REJECTED, "vendor_not_approved"),
    ],
)
@pytest.mark.parametrize("named", [None, "vases"])
def test_nobody_acts_for_one_that_may_not_sell(
    vera: User, status: Vendor.Status, code: str, named: str | None
) -> None:
    make_vendor("Vases", owner=vera, status=status)
    response = act(vera, named)
    assert (response.status_code, codes(response)) == (403, [code])


def test_shoppers_and_staff_act_for_nobody() -> None:
    make_vendor("Vases")
    for caller in (make_user(), make_staff("vendor managers")):
        response = act(caller)
        assert (response.status_code, codes(response)) == (403, ["not_a_vendor"])
        assert act(caller, "vases").status_code == 404
    assert act(None).status_code == 401


def test_each_role_may_what_those_below_it_may(vera: User) -> None:
    vases = make_vendor("Vases", owner=vera)
    for role in (VendorMember.Role.FULFILLER, VendorMember.Role.MANAGER):
        caller = make_member(vases, role=role).user
        assert act(caller).status_code == 200
        response = client_of(caller).get(INVITATIONS)
        assert (response.status_code, codes(response)) == (403, ["role_too_low"])
    assert client_of(vera).get(INVITATIONS).status_code == 200


def test_the_role_is_that_in_the_acting_vendor(vera: User) -> None:
    make_vendor("Vases", owner=vera)
    make_member(make_vendor("Pots"), user=vera, role=VendorMember.Role.FULFILLER)
    client = client_of(vera)
    assert client.get(INVITATIONS, headers={"X-Vendor": "vases"}).status_code == 200
    assert client.get(INVITATIONS, headers={"X-Vendor": "pots"}).status_code == 403


def test_a_key_belongs_to_the_vendor_that_it_was_used_for(vera: User) -> None:
    make_vendor("Vases", owner=vera)
    make_vendor("Pots", owner=vera)
    client, sent = client_of(vera), {"email": "max@example.test", "role": "manager"}

    def invite(vendor: str) -> Any:
        return client.post(INVITATIONS, sent, headers={"Idempotency-Key": "1", "X-Vendor": vendor})

    assert invite("vases").status_code == 201
    assert invite("vases").headers["Idempotent-Replayed"] == "true"
    response = invite("pots")
    assert (response.status_code, codes(response)) == (422, ["idempotency_key_reused"])
    assert VendorInvitation.objects.get().vendor.slug == "vases"


def test_behind_the_wall_there_is_no_other_vendor(vera: User) -> None:
    bob = make_user()
    vases, pots = make_vendor("Vases", owner=vera), make_vendor("Pots", owner=bob)
    for vendor, owner in ((vases, vera), (pots, bob)):
        invite_member(vendor=vendor, email="max@example.test", role="owner", actor=owner)
        note_change(vendor=vendor, kind="counted", actor=None)
    with walls.behind(vases.pk):
        assert list(Vendor.objects.all()) == [vases]
        assert [one.user for one in VendorMember.objects.select_related("user")] == [vera]
        assert {one.vendor_id for one in VendorInvitation.objects.all()} == {vases.pk}
        assert {one.vendor_id for one in VendorChange.objects.all()} == {vases.pk}
        assert list(User.objects.all()) == [vera]
    assert Vendor.objects.filter(is_house=False).count() == 2

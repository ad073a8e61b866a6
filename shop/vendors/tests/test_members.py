"""/api/vendor/members/, /api/vendor/memberships/ and GET /api/vendor/."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts import services as accounts
from shop.accounts.models import User
from shop.accounts.tests.make import delivered_mails, make_staff, make_user
from shop.vendors import services
from shop.vendors.errors import AlreadyMember, LastOwner, RoleTooLow, VendorSuspended
from shop.vendors.invitation_tokens import token_for
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/vendor/members/"
Role = VendorMember.Role


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test", first_name="Vera", last_name="Vogel")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


def owner_of(vendor: Vendor) -> VendorMember:
    return vendor.members.get(role=Role.OWNER)


class TestList:
    def test_shows_colleagues_and_nobody_else(self, vera: User, vases: Vendor) -> None:
        max_ = make_member(vases, role=Role.FULFILLER)
        make_vendor(owner=make_user())
        for member in (vera, max_.user):
            answer = body(client_of(member).get(URL))
            assert [row["role"] for row in answer["results"]] == ["owner", "fulfiller"]
            assert answer["results"][0]["user"] == {
                "id": vera.pk,
                "email": "vera@example.test",
                "name": "Vera Vogel",
            }

    def test_takes_as_many_statements_for_fifty_as_for_one(self, vera: User, vases: Vendor) -> None:
        client, counts = client_of(vera), []
        for _ in range(2):
            client.get(URL)
            with CaptureQueriesContext(connection) as captured:
                client.get(URL, {"page_size": 100})
            counts.append(len(captured))
            for _ in range(50):
                make_member(vases)
        assert counts[0] == counts[1]


class TestRole:
    def change(self, caller: User, member: VendorMember, role: Any = "manager") -> Any:
        return client_of(caller).patch(f"{URL}{member.pk}/", {"role": role})

    def test_is_given_by_owners(self, vera: User, vases: Vendor) -> None:
        member = make_member(vases, role=Role.FULFILLER)
        assert body(self.change(vera, member))["role"] == "manager"
        member.refresh_from_db()
        assert member.role == Role.MANAGER
        noted = vases.changes.get()
        assert (noted.kind, noted.actor) == ("role_changed", vera)
        assert noted.details == {
            "user": member.user_id,
            "before": "fulfiller",
            "after": "manager",
        }

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.FULFILLER])
    def test_nobody_raises_their_own(self, vases: Vendor, role: Role) -> None:
        member = make_member(vases, role=role)
        response = self.change(member.user, member, "owner")
        assert (response.status_code, codes(response)) == (403, ["role_too_low"])
        member.refresh_from_db()
        assert member.role == role
        assert not vases.changes.exists()

    def test_an_owner_does_not_change_the_own_one_either(self, vera: User, vases: Vendor) -> None:
        make_member(vases, role=Role.OWNER)
        response = self.change(vera, vases.members.get(user=vera))
        assert (response.status_code, codes(response)) == (403, ["own_role"])

    def test_of_another_vendors_people_is_404(self, vera: User, vases: Vendor) -> None:
        other = make_member(make_vendor())
        assert self.change(vera, other).status_code == 404
        assert client_of(vera).patch(f"{URL}{2**70}/", {"role": "owner"}).status_code == 404
        other.refresh_from_db()
        assert other.role == Role.MANAGER

    @pytest.mark.parametrize("role", ["boss", "", None, 1])
    def test_is_one_of_three(self, vera: User, vases: Vendor, role: Any) -> None:
        assert self.change(vera, make_member(vases), role).status_code == 400

    def test_the_same_again_leaves_no_trail(self, vera: User, vases: Vendor) -> None:
        assert self.change(vera, make_member(vases)).status_code == 200
        assert not vases.changes.exists()

    def test_staff_cannot_take_the_last_owners(self, vases: Vendor) -> None:
        staff = make_staff("vendor managers")
        with pytest.raises(LastOwner):
            services.change_role(member=owner_of(vases), role=Role.MANAGER, actor=staff)


class TestRemoval:
    def remove(self, caller: User, member: VendorMember) -> Any:
        return client_of(caller).delete(f"{URL}{member.pk}/")

    def test_is_for_owners(self, vera: User, vases: Vendor) -> None:
        member = make_member(vases)
        colleague = make_member(vases)
        response = self.remove(colleague.user, member)
        assert (response.status_code, codes(response)) == (403, ["role_too_low"])
        assert self.remove(vera, member).status_code == 204
        assert not vases.members.filter(pk=member.pk).exists()
        noted = vases.changes.get()
        assert (noted.kind, noted.details["user"]) == ("member_removed", member.user_id)
        assert client_of(member.user).get(URL).status_code == 403

    def test_everybody_may_leave(self, vases: Vendor) -> None:
        member = make_member(vases, role=Role.FULFILLER)
        assert self.remove(member.user, member).status_code == 204
        assert vases.changes.get().kind == "member_left"

    def test_but_the_last_owner(self, vera: User, vases: Vendor) -> None:
        make_member(vases)
        response = self.remove(vera, owner_of(vases))
        assert (response.status_code, codes(response)) == (409, ["last_owner"])
        first = owner_of(vases)
        make_member(vases, role=Role.OWNER)
        assert self.remove(vera, first).status_code == 204

    def test_an_owner_who_is_gone_does_not_count(self, vera: User, vases: Vendor) -> None:
        first, gone = owner_of(vases), make_member(vases, role=Role.OWNER).user
        gone.is_active = False
        gone.save()
        assert codes(self.remove(vera, first)) == ["last_owner"]

    def test_of_another_vendors_people_is_404(self, vera: User, vases: Vendor) -> None:
        other = make_member(make_vendor())
        assert self.remove(vera, other).status_code == 404
        assert VendorMember.objects.filter(pk=other.pk).exists()


class TestByHand:
    def test_staff_add_people(self, vases: Vendor) -> None:
        staff, person = make_staff("vendor managers"), make_user()
        services.add_member(vendor=vases, user=person, role=Role.OWNER, actor=staff)
        assert vases.members.get(user=person).role == Role.OWNER
        with pytest.raises(AlreadyMember):
            services.add_member(vendor=vases, user=person, role=Role.MANAGER, actor=staff)

    def test_others_do_not(self, vases: Vendor) -> None:
        for caller in (make_user(), make_member(vases).user, make_staff("support")):
            with pytest.raises(RoleTooLow):
                services.add_member(vendor=vases, user=caller, role=Role.OWNER, actor=caller)

    def test_owners_of_a_suspended_vendor_change_nobody(self, vera: User, vases: Vendor) -> None:
        member = make_member(vases)
        Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
        with pytest.raises(VendorSuspended):
            services.change_role(member=member, role=Role.OWNER, actor=vera)


class TestMemberships:
    def test_are_listed_in_every_state_for_the_switch(self, vera: User, vases: Vendor) -> None:
        asleep = make_vendor("Asleep", status=Vendor.Status.SUSPENDED)
        make_member(asleep, user=vera, role=Role.FULFILLER)
        make_vendor(owner=make_user())
        answer = body(client_of(vera).get("/api/vendor/memberships/"))
        found = [(row["slug"], row["status"], row["role"]) for row in answer["results"]]
        assert found == [("asleep", "suspended", "fulfiller"), ("vases", "approved", "owner")]

    def test_are_none_for_shoppers_and_closed_to_strangers(self) -> None:
        assert body(client_of(make_user()).get("/api/vendor/memberships/"))["results"] == []
        assert client_of().get("/api/vendor/memberships/").status_code == 401

    def test_stand_in_the_profile_too(self, vera: User, vases: Vendor) -> None:
        profile = body(client_of(vera).get("/api/store/users/me/"))
        assert "vendor" in profile["roles"]
        assert profile["vendors"] == [
            {
                "id": vases.pk,
                "name": "Vases",
                "slug": "vases",
                "status": "approved",
                "role": "owner",
            }
        ]


def test_the_own_vendor_is_shown_with_the_own_role(vera: User, vases: Vendor) -> None:
    Vendor.objects.filter(pk=vases.pk).update(payout_details={"account": "acct_123456789"})
    answer = body(client_of(vera).get("/api/vendor/"))
    assert (answer["slug"], answer["role"]) == ("vases", "owner")
    assert answer["payout_details"] == {"account": "acct_123456789"}
    fulfiller = make_member(vases, role=Role.FULFILLER).user
    answer = body(client_of(fulfiller).get("/api/vendor/"))
    assert (answer["role"], answer["payout_details"]) == ("fulfiller", {"account": "****6789"})


def test_who_was_erased_acts_for_nobody(vera: User, vases: Vendor) -> None:
    person = make_user("max@example.test")
    invitation = services.invite_member(
        vendor=vases, email=person.email, role=Role.OWNER, actor=vera
    )
    token = token_for(invitation)
    services.accept_invitation(token=token, user=person)
    accounts.erase_user(user=person)
    delivered_mails()
    assert not vases.members.filter(user=person).exists()
    assert not vases.invitations.exists()
    assert vases.members.get().user == vera
    assert vases.changes.filter(kind="member_erased").count() == 1


def test_staff_are_told_when_the_last_owner_is_erased(vera: User, vases: Vendor) -> None:
    staff = make_staff("vendor managers")
    other = make_member(vases, role=Role.OWNER).user
    make_member(vases, role=Role.MANAGER)
    accounts.erase_user(user=other)
    assert not [text for text in delivered_mails() if "Please add an owner" in text]
    accounts.erase_user(user=vera)
    (text,) = [text for text in delivered_mails() if "Please add an owner" in text]
    assert "The last owner of Vases has erased" in text
    assert mail.outbox[-1].to == [staff.email]
    with pytest.raises(RoleTooLow):
        services.change_vendor(vendor=vases, changes={"name": "Mine"}, actor=vera)

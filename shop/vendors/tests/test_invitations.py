"""/api/vendor/invitations/: people are asked by mail to act for a vendor."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from shop.accounts import services as accounts
from shop.accounts.models import User
from shop.accounts.tests.make import delivered_mails, make_staff, make_user
from shop.core.models import OutboxEvent
from shop.vendors import limits, services
from shop.vendors.invitation_tokens import token_for
from shop.vendors.models import Vendor, VendorInvitation, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/vendor/invitations/"
Role = VendorMember.Role
MAX = "max@example.test"


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


@pytest.fixture
def invitation(vera: User, vases: Vendor) -> VendorInvitation:
    return services.invite_member(vendor=vases, email=MAX, role=Role.MANAGER, actor=vera)


def invite(user: User | None, email: Any = MAX, role: Any = "manager") -> Any:
    return client_of(user).post(URL, {"email": email, "role": role})


def accept(user: User | None, token: Any) -> Any:
    return client_of(user).post(f"{URL}accept/", {"token": token})


def expire(invitation: VendorInvitation) -> None:
    VendorInvitation.objects.filter(pk=invitation.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )


class TestInviting:
    def test_publishes_what_is_mailed_and_shows_no_token(self, vera: User, vases: Vendor) -> None:
        response = invite(vera, " Max@Example.test ")
        assert response.status_code == 201, response.content
        made = vases.invitations.get()
        assert (made.email, made.role, made.invited_by) == (MAX, Role.MANAGER, vera)
        lifetime = made.expires_at - made.created_at
        assert lifetime == timedelta(days=7)
        assert token_for(made) not in response.content.decode()
        told = OutboxEvent.objects.get(name="vendor.member_invited")
        assert told.payload == {"vendor_id": vases.pk, "invitation_id": made.pk}
        noted = vases.changes.get()
        assert noted.kind == "member_invited"
        assert noted.details == {"invitation": made.pk, "role": "manager"}

    def test_is_for_owners(self, vases: Vendor) -> None:
        for role in (Role.MANAGER, Role.FULFILLER):
            response = invite(make_member(vases, role=role).user)
            assert (response.status_code, codes(response)) == (403, ["role_too_low"])
        assert invite(make_user()).status_code == 403
        assert invite(None).status_code == 401
        assert not vases.invitations.exists()

    def test_asks_each_address_once(self, vera: User, invitation: VendorInvitation) -> None:
        response = invite(vera, "MAX@example.test", "owner")
        assert (response.status_code, codes(response)) == (409, ["already_invited"])
        assert VendorInvitation.objects.count() == 1

    def test_asks_once_more_when_the_first_one_expired(
        self, vera: User, vases: Vendor, invitation: VendorInvitation
    ) -> None:
        expire(invitation)
        assert invite(vera).status_code == 201
        assert vases.invitations.filter(revoked_at=None).count() == 1

    def test_does_not_ask_members(self, vera: User, vases: Vendor) -> None:
        member = make_member(vases).user
        response = invite(vera, member.email)
        assert (response.status_code, codes(response)) == (409, ["already_member"])

    @pytest.mark.parametrize(
        ("email", "role"),
        [("max", "manager"), (None, "manager"), (MAX, "boss"), (MAX, None), ("", "owner")],
    )
    def test_refuses_bad_fields(self, vera: User, vases: Vendor, email: Any, role: Any) -> None:
        assert invite(vera, email, role).status_code == 400
        assert not vases.invitations.exists()

    def test_fills_nobodys_mailbox(self, vera: User, vases: Vendor) -> None:
        for _ in range(limits.INVITATIONS_TO_ADDRESS.times):
            made = services.invite_member(vendor=vases, email=MAX, role="owner", actor=vera)
            services.revoke_invitation(invitation=made, actor=vera)
        response = invite(vera)
        assert (response.status_code, codes(response)) == (429, ["throttled"])


class TestAccepting:
    def test_begins_to_act_for_the_vendor(
        self, vases: Vendor, invitation: VendorInvitation
    ) -> None:
        max_ = make_user(MAX)
        response = accept(max_, token_for(invitation))
        assert response.status_code == 200, response.content
        assert (body(response)["slug"], body(response)["role"]) == ("vases", "manager")
        assert vases.members.get(user=max_).role == Role.MANAGER
        noted = vases.changes.latest("id")
        assert (noted.kind, noted.actor) == ("member_added", max_)
        assert body(client_of(max_).get("/api/vendor/"))["role"] == "manager"

    def test_is_for_the_invited_address_only(
        self, vases: Vendor, invitation: VendorInvitation
    ) -> None:
        response = accept(make_user("eve@example.test"), token_for(invitation))
        assert (response.status_code, codes(response)) == (403, ["not_the_invited"])
        assert accept(None, token_for(invitation)).status_code == 401
        assert vases.members.count() == 1
        assert accept(make_user(MAX), token_for(invitation)).status_code == 200

    def test_counts_once(self, vases: Vendor, invitation: VendorInvitation) -> None:
        max_ = make_user(MAX)
        accept(max_, token_for(invitation))
        services.remove_member(member=vases.members.get(user=max_), actor=max_)
        response = accept(max_, token_for(invitation))
        assert (response.status_code, codes(response)) == (400, ["invitation_not_valid"])
        assert not vases.members.filter(user=max_).exists()

    def test_is_too_late_after_7_days(self, vases: Vendor, invitation: VendorInvitation) -> None:
        expire(invitation)
        assert codes(accept(make_user(MAX), token_for(invitation))) == ["invitation_not_valid"]
        assert vases.members.count() == 1

    def test_is_refused_when_it_was_revoked(
        self, vera: User, vases: Vendor, invitation: VendorInvitation
    ) -> None:
        services.revoke_invitation(invitation=invitation, actor=vera)
        assert codes(accept(make_user(MAX), token_for(invitation))) == ["invitation_not_valid"]
        assert vases.members.count() == 1

    @pytest.mark.parametrize("token", ["x", "a:b:c", "x" * 1001, None, 7, ""])
    def test_refuses_what_is_no_token(self, token: Any) -> None:
        assert accept(make_user(MAX), token).status_code == 400

    def test_refuses_a_token_that_was_altered(self, invitation: VendorInvitation) -> None:
        token = token_for(invitation)
        assert codes(accept(make_user(MAX), token[:-1] + ("A" if token[-1] != "A" else "B"))) == [
            "invitation_not_valid"
        ]

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (Vendor.Status.SUSPENDED, "vendor_suspended"),
            (Vendor.Status.REJECTED, "vendor_not_approved"),
        ],
    )
    def test_of_a_vendor_that_may_not_sell_is_refused(
        self, vases: Vendor, invitation: VendorInvitation, status: Vendor.Status, code: str
    ) -> None:
        Vendor.objects.filter(pk=vases.pk).update(status=status)
        response = accept(make_user(MAX), token_for(invitation))
        assert (response.status_code, codes(response)) == (403, [code])
        invitation.refresh_from_db()
        assert invitation.accepted_at is None

    @pytest.mark.parametrize("fate", ["removed", "demoted", "erased"])
    def test_is_refused_when_who_invited_decides_no_more(
        self, fate: str, vera: User, vases: Vendor
    ) -> None:
        owner = make_member(vases, role=Role.OWNER).user
        invited = services.invite_member(vendor=vases, email=MAX, role=Role.OWNER, actor=owner)
        theirs = vases.members.get(user=owner)
        if fate == "removed":
            services.remove_member(member=theirs, actor=vera)
        elif fate == "demoted":
            services.change_role(member=theirs, role=Role.FULFILLER, actor=vera)
        else:
            accounts.erase_user(user=owner)
            delivered_mails()
        response = accept(make_user(MAX), token_for(invited))
        assert (response.status_code, codes(response)) == (400, ["invitation_not_valid"])
        assert not vases.members.filter(user__email=MAX).exists()

    def test_of_staff_is_good_whoever_left(self, vera: User, vases: Vendor) -> None:
        staff = make_staff("vendor managers")
        invited = services.invite_member(vendor=vases, email=MAX, role=Role.OWNER, actor=staff)
        assert accept(make_user(MAX), token_for(invited)).status_code == 200

    def test_a_member_already_is_a_conflict(
        self, vases: Vendor, invitation: VendorInvitation
    ) -> None:
        max_ = make_user(MAX)
        make_member(vases, user=max_, role=Role.FULFILLER)
        assert codes(accept(max_, token_for(invitation))) == ["already_member"]
        assert vases.members.get(user=max_).role == Role.FULFILLER


class TestRevoking:
    def revoke(self, user: User, invitation: VendorInvitation) -> Any:
        return client_of(user).delete(f"{URL}{invitation.pk}/")

    def test_is_for_owners(self, vera: User, vases: Vendor, invitation: VendorInvitation) -> None:
        assert self.revoke(make_member(vases).user, invitation).status_code == 403
        assert self.revoke(vera, invitation).status_code == 204
        assert vases.changes.latest("id").kind == "invitation_revoked"
        response = self.revoke(vera, invitation)
        assert (response.status_code, codes(response)) == (409, ["invitation_closed"])

    def test_of_another_vendor_is_404(self, invitation: VendorInvitation) -> None:
        other = make_user()
        make_vendor(owner=other)
        assert self.revoke(other, invitation).status_code == 404
        invitation.refresh_from_db()
        assert invitation.revoked_at is None

    def test_may_be_done_by_staff(self, invitation: VendorInvitation) -> None:
        services.revoke_invitation(invitation=invitation, actor=make_staff("vendor managers"))
        invitation.refresh_from_db()
        assert invitation.revoked_at is not None


def test_owners_list_their_own(vera: User, vases: Vendor, invitation: VendorInvitation) -> None:
    other = make_user()
    services.invite_member(
        vendor=make_vendor(owner=other), email="eve@example.test", role="owner", actor=other
    )
    answer = body(client_of(vera).get(URL))
    assert [row["email"] for row in answer["results"]] == [MAX]
    assert set(answer["results"][0]) == {
        *("id", "email", "role", "created_at", "expires_at", "accepted_at", "revoked_at")
    }
    assert client_of(make_member(vases).user).get(URL).status_code == 403


def test_addresses_of_people_who_never_came_are_forgotten(
    vera: User, vases: Vendor, invitation: VendorInvitation
) -> None:
    came = services.invite_member(vendor=vases, email="bo@example.test", role="owner", actor=vera)
    services.accept_invitation(token=token_for(came), user=make_user("bo@example.test"))
    ended = Now() - timedelta(days=29)
    VendorInvitation.objects.update(expires_at=ended)
    assert services.prune_invitations() == 0
    VendorInvitation.objects.update(expires_at=ended - timedelta(days=2))
    assert services.prune_invitations() == 1
    assert vases.invitations.get() == came

"""The people who act for a vendor, and how they come and go, by GraphQL."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import mailed, make_user
from shop.vendors import querysets, services
from shop.vendors.models import Vendor, VendorInvitation, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.api import client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

Role = VendorMember.Role
MEMBERS = "query($n: Int) { vendorMembers(first: $n) { totalCount edges { node { pk role createdAt user { pk email name } } } } }"
INVITATIONS = "query($n: Int) { vendorInvitations(first: $n) { totalCount edges { node { pk email role expiresAt acceptedAt revokedAt } } } }"
INVITE = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { pk email role acceptedAt } } }"
REVOKE = "mutation($i: ID!) { revokeInvitation(invitation: $i) { done } }"
ACCEPT = "mutation($t: String!) { acceptInvitation(token: $t) { membership { slug role status } } }"
ROLE = "mutation($m: ID!, $role: VendorRole!) { changeRole(member: $m, role: $role) { member { pk role user { email } } } }"
REMOVE = "mutation($m: ID!) { removeMember(member: $m) { done } }"

TOO_LOW = ("role_too_low", None, 403)


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test", first_name="Vera", last_name="Vogel")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera)


def person(vendor: Vendor, role: Role) -> APIClient:
    return client_of(make_member(vendor, role=role).user)


def nodes(found: Any) -> list[Any]:
    return [edge["node"] for edge in found["edges"]]


def test_an_owner_invites_and_the_invited_accepts(vera: User, vases: Vendor) -> None:
    client = client_of(vera)
    asked = {"email": "max@example.test", "role": "FULFILLER"}
    invitation = data(client, INVITE, {"input": asked})["inviteMember"]["invitation"]
    assert invitation["email"] == "max@example.test"
    assert problem(ask(client, INVITE, {"input": asked}))[2] == 409
    token = mailed("token")
    bob = client_of(make_user())
    assert problem(ask(bob, ACCEPT, {"t": token}))[0] == "not_the_invited"
    guest = client_of(make_user("max@example.test"))
    accepted = data(guest, ACCEPT, {"t": token})["acceptInvitation"]["membership"]
    assert accepted == {"slug": vases.slug, "role": "fulfiller", "status": "approved"}
    assert [one["role"] for one in nodes(data(guest, MEMBERS)["vendorMembers"])] == [
        "OWNER",
        "FULFILLER",
    ]
    (shown,) = nodes(data(client, INVITATIONS)["vendorInvitations"])
    assert shown["acceptedAt"]
    assert problem(ask(client, REVOKE, {"i": shown["pk"]}))[0] == "invitation_closed"


def test_an_invitation_is_revoked(vera: User, vases: Vendor) -> None:
    invitation = services.invite_member(
        vendor=vases, email="max@example.test", role=Role.MANAGER, actor=vera
    )
    data(client_of(vera), REVOKE, {"i": invitation.pk})
    assert VendorInvitation.objects.get().revoked_at


def test_owners_change_roles_and_remove_people(vera: User, vases: Vendor) -> None:
    client, member = client_of(vera), make_member(vases, role=Role.FULFILLER)
    changed = data(client, ROLE, {"m": member.pk, "role": "MANAGER"})["changeRole"]["member"]
    assert changed == {"pk": member.pk, "role": "MANAGER", "user": {"email": member.user.email}}
    own = vases.members.get(user=vera)
    assert problem(ask(client, ROLE, {"m": own.pk, "role": "MANAGER"}))[0] == "own_role"
    assert problem(ask(client, REMOVE, {"m": own.pk}))[0] == "last_owner"
    data(client, REMOVE, {"m": member.pk})
    assert list(vases.members.all()) == [own]


def test_members_leave_and_do_no_more(vera: User, vases: Vendor) -> None:
    member = make_member(vases, role=Role.FULFILLER)
    manager, other = person(vases, Role.MANAGER), vases.members.get(user=vera)
    for client in (manager, client_of(member.user)):
        for query, asked in (
            (INVITATIONS, None),
            (INVITE, {"input": {"email": "a@example.test", "role": "OWNER"}}),
            (REVOKE, {"i": 1}),
            (ROLE, {"m": member.pk, "role": "OWNER"}),
            (REMOVE, {"m": other.pk}),
        ):
            assert problem(ask(client, query, asked)) == TOO_LOW, query
    data(client_of(member.user), REMOVE, {"m": member.pk})
    assert not vases.members.filter(pk=member.pk).exists()


def test_people_are_read_behind_the_wall(
    vera: User, vases: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of the database, PostgreSQL shows the seller nobody else's people."""
    make_member(make_vendor())
    everybody = VendorMember.objects.select_related("user").order_by("id")
    monkeypatch.setattr(querysets, "members_of", lambda vendor: everybody)
    found = data(client_of(vera), MEMBERS)["vendorMembers"]
    assert found["totalCount"] == 1
    assert [one["user"]["pk"] for one in nodes(found)] == [vera.pk]


def test_people_of_others_are_not_there(vera: User, vases: Vendor) -> None:
    bob = person(make_vendor(), Role.OWNER)
    invitation = services.invite_member(
        vendor=vases, email="max@example.test", role=Role.MANAGER, actor=vera
    )
    member = make_member(vases)
    for query, asked in (
        (REMOVE, {"m": member.pk}),
        (ROLE, {"m": member.pk, "role": "FULFILLER"}),
        (REMOVE, {"m": "vera"}),
        (REVOKE, {"i": invitation.pk}),
        (REVOKE, {"i": "9" * 19}),
    ):
        assert problem(ask(bob, query, asked)) == ("not_found", None, 404), query
    assert data(bob, INVITATIONS)["vendorInvitations"]["totalCount"] == 0
    member.refresh_from_db()
    invitation.refresh_from_db()
    assert (member.role, invitation.revoked_at) == (Role.MANAGER, None)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (MEMBERS, None),
        (INVITATIONS, None),
        (INVITE, {"input": {"email": "a@example.test", "role": "OWNER"}}),
        (REVOKE, {"i": 1}),
        (ACCEPT, {"t": "a"}),
        (ROLE, {"m": 1, "role": "OWNER"}),
        (REMOVE, {"m": 1}),
    ],
)
def test_strangers_and_shoppers_are_kept_out(query: str, asked: Any) -> None:
    assert problem(ask(client_of(), query, asked)) == ("not_authenticated", None, 401)
    refusal = ("invitation_not_valid", 400) if query == ACCEPT else ("not_a_vendor", 403)
    answer = problem(ask(client_of(make_user()), query, asked))
    assert (answer[0], answer[2]) == refusal


def test_lists_take_the_same_few_statements_for_one_and_for_fifty(
    vera: User, vases: Vendor
) -> None:
    for number in range(50):
        make_member(vases)
        VendorInvitation.objects.create(
            vendor=vases,
            email=f"p{number}@example.test",
            role=Role.MANAGER,
            invited_by=vera,
            expires_at="2027-01-01T00:00:00Z",
        )
    client = client_of(vera)
    for query in (MEMBERS, INVITATIONS):
        counts = []
        for first in (1, 50):
            with CaptureQueriesContext(connection) as captured:
                (found,) = data(client, query, {"n": first}).values()
            assert len(found["edges"]) == first
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 14, [one["sql"] for one in captured]

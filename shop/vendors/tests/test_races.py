"""What happens when two people change vendors at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.errors import DomainError
from shop.core.models import OutboxEvent
from shop.vendors import services
from shop.vendors.errors import (
    AlreadyInvited,
    IllegalStatusChange,
    InvitationNotValid,
    LastOwner,
    NameTaken,
    RoleTooLow,
    TooManyApplications,
)
from shop.vendors.invitation_tokens import token_for
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.services.applying import MOST_APPLICATIONS
from shop.vendors.tests.make import make_member, make_vendor

pytestmark = pytest.mark.django_db(transaction=True)

Role = VendorMember.Role


def together(*actions: Callable[[], Any]) -> list[Any]:
    """What each action returned, or refused with, when all start at once."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return action()
        except DomainError as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def apply(user: User, name: str) -> Callable[[], Vendor]:
    return lambda: services.apply_as_vendor(user=user, name=name)


def test_one_of_two_approvals_counts() -> None:
    staff = [make_staff(), make_staff()]
    for _ in range(5):
        vendor = make_vendor(status=Vendor.Status.PENDING)
        results = together(
            *[partial(services.approve_vendor, vendor=vendor, actor=actor) for actor in staff]
        )
        assert results.count(IllegalStatusChange) == 1
        assert vendor.changes.count() == 1
    assert OutboxEvent.objects.filter(name="vendor.approved").count() == 5


def test_an_approval_and_a_rejection_end_in_one_of_both() -> None:
    staff = make_staff()
    for _ in range(5):
        vendor = make_vendor(status=Vendor.Status.PENDING)
        together(
            partial(services.approve_vendor, vendor=vendor, actor=staff),
            partial(services.reject_vendor, vendor=vendor, actor=staff, reason="No."),
        )
        vendor.refresh_from_db()
        # Approved after the rejection is a move of its own; rejected after the approval is none.
        kinds = list(vendor.changes.order_by("id").values_list("kind", flat=True))
        assert kinds in (["approved"], ["rejected", "approved"])
        assert vendor.status == kinds[-1]


@pytest.mark.parametrize("names", [["Vases"] * 6, ["Vases", "vases", "VASES", "Vases!", "Va-ses"]])
def test_one_of_many_applications_gets_the_name(names: list[str]) -> None:
    people = [make_user() for _ in names]
    results = together(*[apply(user, name) for user, name in zip(people, names, strict=True)])
    different = len({name.lower().strip("!") for name in names})
    made = [result for result in results if isinstance(result, Vendor)]
    assert len(made) == different
    assert results.count(NameTaken) == len(names) - different
    assert VendorMember.objects.count() == len(made)


def test_a_name_goes_to_who_applies_or_to_who_takes_it() -> None:
    vera, bob = make_user(), make_user()
    for number in range(5):
        vendor, name = make_vendor(owner=vera), f"Pots {number}"
        results = together(
            apply(bob, name),
            partial(services.change_vendor, vendor=vendor, changes={"name": name}, actor=vera),
        )
        assert results.count(NameTaken) == 1
        assert Vendor.objects.filter(name=name).count() == 1
        Vendor.objects.filter(status=Vendor.Status.PENDING).update(status="rejected")


def test_nobody_has_more_applications_than_are_allowed() -> None:
    vera = make_user()
    results = together(*[apply(vera, f"Shop {n}") for n in range(MOST_APPLICATIONS + 3)])
    assert results.count(TooManyApplications) == 3


def test_two_owners_who_remove_each_other_leave_one() -> None:
    for _ in range(5):
        vendor = make_vendor()
        first, second = (make_member(vendor, role=Role.OWNER) for _ in range(2))
        results = together(
            partial(services.remove_member, member=first, actor=second.user),
            partial(services.remove_member, member=second, actor=first.user),
        )
        assert vendor.members.count() == 1
        assert set(results) & {RoleTooLow, LastOwner}


def test_two_owners_who_leave_leave_one() -> None:
    for _ in range(5):
        vendor = make_vendor()
        members = [make_member(vendor, role=Role.OWNER) for _ in range(2)]
        results = together(
            *[partial(services.remove_member, member=one, actor=one.user) for one in members]
        )
        assert results.count(LastOwner) == 1
        assert vendor.members.count() == 1


def test_one_address_is_invited_once_and_joins_once() -> None:
    vera, max_ = make_user(), make_user("max@example.test")
    vendor = make_vendor(owner=vera)
    results = together(
        *[
            lambda: services.invite_member(
                vendor=vendor, email=max_.email, role=Role.MANAGER, actor=vera
            )
        ]
        * 4
    )
    assert results.count(AlreadyInvited) == 3
    token = token_for(vendor.invitations.get())
    joined = together(*[lambda: services.accept_invitation(token=token, user=max_)] * 4)
    assert joined.count(InvitationNotValid) == 3
    assert vendor.members.filter(user=max_).count() == 1

"""The vendors of somebody: applying for one, its profile, and the people who act for it."""

from typing import Any, cast

import strawberry

from shop.accounts.graphql import caller
from shop.accounts.graphql_parts import DonePayload, Membership
from shop.accounts.models import User
from shop.core import references, walls
from shop.core.errors import NotFound
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import checked, known_key, reference
from shop.core.inputs import parsed
from shop.vendors import answers, models, querysets, services
from shop.vendors.acting import Role
from shop.vendors.graphql_acting import RowsBehindWall, acting
from shop.vendors.graphql_parts import (
    ApplyAsVendorInput,
    InviteMemberInput,
    MembershipPayload,
    VendorAccount,
    VendorAccountPayload,
    VendorChanges,
    VendorInvitation,
    VendorInvitationPayload,
    VendorMember,
    VendorMemberPayload,
)
from shop.vendors.serializers import (
    VendorApplicationInput,
    VendorApprovalInput,
    VendorChangesInput,
    VendorInvitationInput,
    VendorInvitationTokenInput,
    VendorRoleInput,
)


def _own(info: strawberry.Info, named: str) -> tuple[User, models.Vendor]:
    """The caller, and the vendor `named` that they act for; another's is `NotFound`."""
    user = caller(info)
    return user, querysets.own_vendor(user, reference("Vendor", named))


def _payload(vendor: models.Vendor, user: User) -> VendorAccountPayload:
    return VendorAccountPayload(vendor=cast("VendorAccount", answers.for_user(vendor, user)))


def _member(vendor: models.Vendor, named: str) -> models.VendorMember:
    with walls.behind(vendor.pk):
        return references.get(querysets.members_of(vendor), known_key("VendorMember", named))


@strawberry.type
class OwnVendorQuery:
    @strawberry.field(description="Every vendor that the caller acts for, in any state, by name.")
    def memberships(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Membership] | None:
        rows = querysets.all_memberships_of(caller(info))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[Membership],
            rows,
            page,
            as_nodes=lambda rows: [answers.membership_json(row) for row in rows],
        )
        return cast("Connection[Membership]", found)

    @strawberry.field(
        description="A vendor in any state, by its id or slug: for its members, and for staff."
    )
    def vendor_account(
        self,
        info: strawberry.Info,
        id: strawberry.ID,  # noqa: A002
    ) -> VendorAccount | None:
        found = answers.shown_to(caller(info), reference("Vendor", id))
        if "role" not in found:
            raise NotFound  # what everybody sees of it is `vendor`
        return cast("VendorAccount", found)

    @strawberry.field(description="The vendor that the caller acts for.")
    def vendor_profile(self, info: strawberry.Info) -> VendorAccount | None:
        membership = acting(info, Role.FULFILLER)
        with walls.behind(membership.vendor_id):
            row = querysets.rated(membership.vendor_id)
        return cast("VendorAccount", answers.private_json(row, membership.role))

    @strawberry.field(description="Who acts for that vendor; the first one first.")
    def vendor_members(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorMember] | None:
        vendor = acting(info, Role.FULFILLER).vendor
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[VendorMember],
            RowsBehindWall(querysets.members_of(vendor), vendor.pk),
            page,
            as_nodes=lambda rows: [answers.member_json(row) for row in rows],
        )
        return cast("Connection[VendorMember]", found)

    @strawberry.field(description="Whom that vendor invited, newest first. For owners.")
    def vendor_invitations(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorInvitation] | None:
        vendor = acting(info, Role.OWNER).vendor
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[VendorInvitation],
            RowsBehindWall(querysets.invitations_of(vendor), vendor.pk),
            page,
            as_nodes=lambda rows: [answers.invitation_json(row) for row in rows],
        )
        return cast("Connection[VendorInvitation]", found)


@strawberry.type
class OwnVendorMutation:
    @strawberry.mutation(
        description="The caller becomes the owner of a vendor that waits for staff to decide."
    )
    def apply_as_vendor(
        self,
        info: strawberry.Info,
        input: ApplyAsVendorInput,  # noqa: A002
    ) -> VendorAccountPayload | None:
        user, fields = caller(info), checked(VendorApplicationInput, input)
        return _payload(services.apply_as_vendor(user=user, **fields), user)

    @strawberry.mutation(description="For an owner, after staff rejected the application.")
    def reapply_as_vendor(
        self, info: strawberry.Info, vendor: strawberry.ID, reason: str | None = None
    ) -> VendorAccountPayload | None:
        user, found = _own(info, vendor)
        words = parsed(VendorApprovalInput, {} if reason is None else {"reason": reason})
        return _payload(services.reapply(vendor=found, actor=user, **words), user)

    @strawberry.mutation(description="For its owners. What is left out stays, the slug always.")
    def change_vendor(
        self,
        info: strawberry.Info,
        vendor: strawberry.ID,
        input: VendorChanges,  # noqa: A002
    ) -> VendorAccountPayload | None:
        user, found = _own(info, vendor)
        changes = checked(VendorChangesInput, input)
        return _payload(services.change_vendor(vendor=found, changes=changes, actor=user), user)

    @strawberry.mutation(description="For its owners. A logo is set by REST: it is a file.")
    def remove_vendor_logo(
        self, info: strawberry.Info, vendor: strawberry.ID
    ) -> VendorAccountPayload | None:
        user, found = _own(info, vendor)
        return _payload(services.set_logo(vendor=found, image=None, actor=user), user)

    @strawberry.mutation(
        description="With the token that was mailed to the address of the caller's own account."
    )
    def accept_invitation(self, info: strawberry.Info, token: str) -> MembershipPayload | None:
        user, words = caller(info), parsed(VendorInvitationTokenInput, {"token": token})
        member: Any = answers.membership_json(services.accept_invitation(user=user, **words))
        return MembershipPayload(membership=member)


@strawberry.type
class VendorPeopleMutation:
    @strawberry.mutation(
        description="For owners. Mails a token that is good for 7 days, for this address only."
    )
    def invite_member(
        self,
        info: strawberry.Info,
        input: InviteMemberInput,  # noqa: A002
    ) -> VendorInvitationPayload | None:
        user, vendor = caller(info), acting(info, Role.OWNER).vendor
        words = checked(VendorInvitationInput, input)
        invitation = services.invite_member(vendor=vendor, actor=user, **words)
        shown: Any = answers.invitation_json(invitation)
        return VendorInvitationPayload(invitation=shown)

    @strawberry.mutation(description="For owners. Its token is worth nothing from now on.")
    def revoke_invitation(
        self, info: strawberry.Info, invitation: strawberry.ID
    ) -> DonePayload | None:
        user, vendor = caller(info), acting(info, Role.OWNER).vendor
        pk = known_key("VendorInvitation", invitation)
        with walls.behind(vendor.pk):
            found = references.get(querysets.invitations_of(vendor), pk)
        services.revoke_invitation(invitation=found, actor=user)
        return DonePayload()

    @strawberry.mutation(description="For owners. Nobody changes their own role.")
    def change_role(
        self, info: strawberry.Info, member: strawberry.ID, role: models.VendorMember.Role
    ) -> VendorMemberPayload | None:
        user, vendor = caller(info), acting(info, Role.OWNER).vendor
        found = _member(vendor, member)
        words = parsed(VendorRoleInput, {"role": role})
        found.role = services.change_role(member=found, actor=user, **words).role
        shown: Any = answers.member_json(found)
        return VendorMemberPayload(member=shown)

    @strawberry.mutation(
        description="Owners remove everybody, the others themselves. The last owner stays."
    )
    def remove_member(self, info: strawberry.Info, member: strawberry.ID) -> DonePayload | None:
        # Everybody may leave; whom else one may remove, the service knows.
        user, vendor = caller(info), acting(info, Role.FULFILLER).vendor
        services.remove_member(member=_member(vendor, member), actor=user)
        return DonePayload()

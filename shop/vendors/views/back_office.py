"""`/api/vendor/`: the vendor that the caller acts for, and with whom."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from shop.core import references
from shop.core.errors import DomainError, NotFound, TooManyRequests
from shop.core.inputs import parsed
from shop.core.openapi import documented
from shop.vendors import answers, errors, querysets, services
from shop.vendors.acting import VendorView
from shop.vendors.models import VendorInvitation, VendorMember
from shop.vendors.serializers import (
    PrivateVendorOutput,
    VendorInvitationInput,
    VendorInvitationOutput,
    VendorMemberOutput,
    VendorRoleInput,
)
from shop.vendors.views import examples

TAGS = ["Vendor back office"]
Role = VendorMember.Role

# How somebody is told that they cannot act here at all.
ACTING: list[type[DomainError]] = [
    errors.VendorNotNamed,
    errors.NotAVendor,
    errors.VendorNotApproved,
    errors.VendorSuspended,
    errors.NoSuchVendor,
]


class ProfileViewSet(VendorView, ViewSet):
    """The vendor that the caller acts for."""

    least_role = {"retrieve": Role.FULFILLER}

    @documented(
        "Show the vendor that I act for",
        response=PrivateVendorOutput,
        example=examples.OWN,
        refuses=ACTING,
        tags=TAGS,
        operation_id="vendor_profile",
    )
    def retrieve(self, request: Request) -> Response:
        """With the caller's own role. Change it at `/api/store/vendors/{slug}/`."""
        with self.behind_wall():
            row = querysets.rated(self.vendor.pk)
        return Response(answers.private_json(row, self.membership.role))


class MemberViewSet(VendorView, GenericViewSet[VendorMember]):
    """The people of the acting vendor."""

    queryset = VendorMember.objects.none()
    serializer_class = VendorMemberOutput
    lookup_value_converter = "int"
    # Everybody may leave; whom else one may remove, the service knows.
    least_role = {
        "list": Role.FULFILLER,
        "partial_update": Role.OWNER,
        "destroy": Role.FULFILLER,
    }

    @documented(
        "List who acts for my vendor",
        response=VendorMemberOutput(many=True),
        example=examples.MEMBER,
        refuses=ACTING,
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        return self.page_of(querysets.members_of(self.vendor), answers.member_json)

    @documented(
        "Change a member's role",
        request=VendorRoleInput,
        response=VendorMemberOutput,
        body={"role": "manager"},
        example=examples.MEMBER | {"role": "manager"},
        refuses=[*ACTING, errors.RoleTooLow, errors.OwnRole, errors.LastOwner, NotFound],
        tags=TAGS,
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        """For owners. Nobody changes their own role."""
        member = self._member(pk)
        words = parsed(VendorRoleInput, request.data)
        changed = services.change_role(member=member, actor=self.user, **words)
        member.role = changed.role
        return Response(answers.member_json(member))

    @documented(
        "Remove a member, or leave",
        status=204,
        refuses=[*ACTING, errors.RoleTooLow, errors.LastOwner, NotFound],
        tags=TAGS,
    )
    def destroy(self, request: Request, pk: int) -> Response:
        """Owners remove everybody, the others only themselves. The last owner stays."""
        services.remove_member(member=self._member(pk), actor=self.user)
        return Response(status=204)

    def _member(self, pk: int) -> VendorMember:
        with self.behind_wall():
            return references.get(querysets.members_of(self.vendor), pk)


class InvitationViewSet(VendorView, GenericViewSet[VendorInvitation]):
    """Who was asked to act for the acting vendor."""

    queryset = VendorInvitation.objects.none()
    serializer_class = VendorInvitationOutput
    lookup_value_converter = "int"
    least_role = {"list": Role.OWNER, "create": Role.OWNER, "destroy": Role.OWNER}

    @documented(
        "List my vendor's invitations",
        response=VendorInvitationOutput(many=True),
        example=examples.INVITATION,
        refuses=[*ACTING, errors.RoleTooLow],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """For owners; the newest first."""
        return self.page_of(querysets.invitations_of(self.vendor), answers.invitation_json)

    @documented(
        "Invite somebody to act for my vendor",
        request=VendorInvitationInput,
        response=VendorInvitationOutput,
        status=201,
        body=examples.INVITATION_BODY,
        example=examples.INVITATION,
        refuses=[
            *ACTING,
            errors.RoleTooLow,
            errors.AlreadyMember,
            errors.AlreadyInvited,
            TooManyRequests,
        ],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """For owners. The mail holds a token that is good for 7 days, for this address only."""
        words = parsed(VendorInvitationInput, request.data)
        invitation = services.invite_member(vendor=self.vendor, actor=self.user, **words)
        return Response(answers.invitation_json(invitation), 201)

    @documented(
        "Revoke an invitation",
        status=204,
        refuses=[*ACTING, errors.RoleTooLow, errors.InvitationClosed, NotFound],
        tags=TAGS,
    )
    def destroy(self, request: Request, pk: int) -> Response:
        """For owners. Its token is worth nothing from now on."""
        with self.behind_wall():
            invitation = references.get(querysets.invitations_of(self.vendor), pk)
        services.revoke_invitation(invitation=invitation, actor=self.user)
        return Response(status=204)

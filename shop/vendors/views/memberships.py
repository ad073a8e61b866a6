"""`/api/vendor/memberships/`: whom the caller acts for, and how that begins; for everybody."""

from typing import cast

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.accounts.serializers import MembershipOutput
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.shaping import ShapedReads
from shop.vendors import answers, errors, querysets, services
from shop.vendors.models import VendorMember
from shop.vendors.serializers import VendorInvitationTokenInput
from shop.vendors.views import examples
from shop.vendors.views.back_office import TAGS


class MembershipsViewSet(ShapedReads, GenericViewSet[VendorMember]):
    """Every vendor that the caller acts for."""

    permission_classes = [IsAuthenticated]
    queryset = VendorMember.objects.none()
    serializer_class = MembershipOutput

    @documented(
        "List the vendors that I act for",
        response=MembershipOutput(many=True),
        example=examples.MEMBERSHIP,
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """In every state, by name; one of those that are approved goes into `X-Vendor`."""
        page = self.paginate_queryset(querysets.all_memberships_of(_user(request)))
        rows = [answers.membership_json(one) for one in cast("list[VendorMember]", page)]
        return self.get_paginated_response(rows)


class AcceptInvitationView(OncePerKey):
    """For everybody who is signed in: they act for nobody yet."""

    permission_classes = [IsAuthenticated]

    @documented(
        "Accept an invitation",
        request=VendorInvitationTokenInput,
        response=MembershipOutput,
        body={"token": "WzQsIm1heEBleGFtcGxlLmNvbSJd:1vP2fA:Gk2cZl8"},
        example=examples.MEMBERSHIP | {"role": "fulfiller"},
        refuses=[
            errors.InvitationNotValid,
            errors.NotTheInvited,
            errors.AlreadyMember,
            errors.VendorSuspended,
            errors.VendorNotApproved,
        ],
        tags=TAGS,
        operation_id="invitations_accept",
    )
    def post(self, request: Request) -> Response:
        """With the token that was mailed to the address of the caller's own account."""
        words = parsed(VendorInvitationTokenInput, request.data)
        member = services.accept_invitation(user=_user(request), **words)
        return Response(answers.membership_json(member))


def _user(request: Request) -> User:
    return cast("User", request.user)

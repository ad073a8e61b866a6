"""`/api/store/vendors/`: who sells, who wants to, and what staff decide about it."""

from collections.abc import Callable
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core import references
from shop.core.errors import ImageNotAcceptable, NotAllowed, NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.parsers import StrictJSONParser
from shop.vendors import answers, errors, querysets, services
from shop.vendors.models import Vendor
from shop.vendors.serializers import (
    PrivateVendorOutput,
    VendorApplicationInput,
    VendorApprovalInput,
    VendorChangeOutput,
    VendorChangesInput,
    VendorLogoInput,
    VendorOutput,
    VendorReasonInput,
)
from shop.vendors.views import examples

TAGS = ["Vendors"]
SLUG = OpenApiParameter(
    "slug", OpenApiTypes.STR, OpenApiParameter.PATH, description="The vendor's slug or id."
)
STATUS = OpenApiParameter(
    "status",
    OpenApiTypes.STR,
    enum=Vendor.Status.values,
    description="For staff who see vendors: those in this state, as their members see them.",
)


class VendorViewSet(OncePerKey, GenericViewSet[Vendor]):
    """Everybody sees the approved; members their own and staff all, whatever the state."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = VendorOutput
    queryset = Vendor.objects.none()
    lookup_field = "slug"

    def hold(self, request: Request, **named: Any) -> None:
        services.hold_vendor(querysets.own_vendor(_user(request), named["slug"]).pk)

    @documented(
        "List the shop's vendors",
        response=VendorOutput(many=True),
        example=examples.VENDOR,
        tags=TAGS,
        parameters=[STATUS],
    )
    def list(self, request: Request) -> Response:
        """By name, each with the rating of its goods."""
        status = request.query_params.get("status")
        if status is None or not querysets.sees_all(request.user):
            return self._page(querysets.Vendors(), answers.public_json)
        if status not in Vendor.Status.values:
            raise ValidationError({"status": "There is no such status."}, "invalid_choice")
        return self._page(querysets.Vendors(status), lambda row: answers.private_json(row, None))

    @documented(
        "Apply to sell in this shop",
        request=VendorApplicationInput,
        response=PrivateVendorOutput,
        status=201,
        body=examples.APPLICATION,
        example=examples.PENDING,
        refuses=[
            errors.NameTaken,
            errors.NameNotAcceptable,
            errors.PayoutDetailsNotValid,
            errors.TooManyApplications,
        ],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """The caller becomes its owner; staff approve or reject it."""
        fields = parsed(VendorApplicationInput, request.data)
        vendor = services.apply_as_vendor(user=_user(request), **fields)
        return Response(answers.for_user(vendor, _user(request)), 201)

    @documented(
        "Show a vendor",
        response=VendorOutput,
        example=examples.VENDOR,
        refuses=[NotFound],
        tags=TAGS,
        parameters=[SLUG],
        description=(
            "One that is not approved is there for its members and for staff only. They read as "
            "much as PATCH answers."
        ),
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        return Response(answers.shown_to(request.user, slug))

    @documented(
        "Change the own vendor",
        request=VendorChangesInput,
        response=PrivateVendorOutput,
        body={"description": "Hand-thrown stoneware and glass."},
        example=examples.OWN,
        refuses=[
            NotFound,
            errors.RoleTooLow,
            errors.VendorSuspended,
            errors.NameTaken,
            errors.NameNotAcceptable,
            errors.PayoutDetailsNotValid,
        ],
        tags=TAGS,
        parameters=[SLUG],
    )
    def partial_update(self, request: Request, slug: str) -> Response:
        """For its owners, also while it waits or was rejected. The slug stays as it is."""
        user, vendor = _user(request), querysets.own_vendor(_user(request), slug)
        changes = parsed(VendorChangesInput, request.data)
        changed = services.change_vendor(vendor=vendor, changes=changes, actor=user)
        return Response(answers.for_user(changed, user))

    @documented(
        "Set the own vendor's logo",
        request=VendorLogoInput,
        response=PrivateVendorOutput,
        body={"image": None},
        example=examples.OWN,
        refuses=[NotFound, errors.RoleTooLow, errors.VendorSuspended, ImageNotAcceptable],
        tags=TAGS,
        parameters=[SLUG],
    )
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser, MultiPartParser])
    def logo(self, request: Request, slug: str) -> Response:
        """As `multipart/form-data`; it is re-encoded. In JSON, null takes the logo away."""
        user, vendor = _user(request), querysets.own_vendor(_user(request), slug)
        sent = parsed(VendorLogoInput, request.data)
        changed = services.set_logo(vendor=vendor, image=sent["image"], actor=user)
        return Response(answers.for_user(changed, user))

    @documented(
        "Apply once more",
        request=VendorApprovalInput,
        response=PrivateVendorOutput,
        body={"reason": "We sell bowls now."},
        example=examples.PENDING,
        refuses=[NotFound, errors.RoleTooLow, errors.IllegalStatusChange],
        tags=TAGS,
        parameters=[SLUG],
    )
    @action(detail=True, methods=["post"])
    def reapply(self, request: Request, slug: str) -> Response:
        """For an owner, after staff rejected the application."""
        user, vendor = _user(request), querysets.own_vendor(_user(request), slug)
        words = parsed(VendorApprovalInput, request.data)
        return Response(
            answers.for_user(services.reapply(vendor=vendor, actor=user, **words), user)
        )

    @documented(
        "Approve a vendor",
        request=VendorApprovalInput,
        response=PrivateVendorOutput,
        body={},
        example=examples.FOR_STAFF,
        refuses=[NotFound, NotAllowed, errors.IllegalStatusChange],
        tags=TAGS,
        parameters=[SLUG],
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, slug: str) -> Response:
        """Staff. Also one that was rejected or suspended."""
        return self._decide(services.approve_vendor, request, slug, VendorApprovalInput)

    @documented(
        "Reject a vendor",
        request=VendorReasonInput,
        response=PrivateVendorOutput,
        body={"reason": "We sell no vases."},
        example=examples.REJECTED,
        refuses=[NotFound, NotAllowed, errors.IllegalStatusChange],
        tags=TAGS,
        parameters=[SLUG],
    )
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, slug: str) -> Response:
        """Staff. Its owners read the reason, and may apply once more."""
        return self._decide(services.reject_vendor, request, slug, VendorReasonInput)

    @documented(
        "Suspend a vendor",
        request=VendorReasonInput,
        response=PrivateVendorOutput,
        body={"reason": "Nothing was shipped in May."},
        example=examples.SUSPENDED,
        refuses=[NotFound, NotAllowed, errors.IllegalStatusChange],
        tags=TAGS,
        parameters=[SLUG],
    )
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, slug: str) -> Response:
        """Staff. Its goods vanish from the public, its members act no more; open orders go on."""
        return self._decide(services.suspend_vendor, request, slug, VendorReasonInput)

    @documented(
        "List what was changed of a vendor",
        response=VendorChangeOutput(many=True),
        example=examples.CHANGE,
        refuses=[NotFound, NotAllowed],
        tags=TAGS,
        parameters=[SLUG],
        operation_id="vendors_changes_list",
    )
    @action(detail=True, methods=["get"], permission_classes=[IsAuthenticated])
    def changes(self, request: Request, slug: str) -> Response:
        """Staff. Newest first: who did what, and why."""
        _require_staff(request, "vendors.view_vendorchange")
        vendor = references.get(Vendor.objects.all(), slug)
        return self._page(querysets.changes_of(vendor), answers.change_json)

    def _decide(
        self,
        decision: Callable[..., Vendor],
        request: Request,
        slug: str,
        shape: type[Serializer[Any]],
    ) -> Response:
        _require_staff(request, "vendors.change_vendor")
        vendor = references.get(Vendor.objects.all(), slug)
        words = parsed(shape, request.data)
        return Response(answers.for_staff(decision(vendor=vendor, actor=_user(request), **words)))

    def _page(self, rows: Any, as_json: Callable[[Any], Any]) -> Response:
        page = cast("list[Any]", self.paginate_queryset(rows))
        return self.get_paginated_response([as_json(row) for row in page])


def _user(request: Request) -> User:
    return cast("User", request.user)


def _require_staff(request: Request, permission: str) -> None:
    user = _user(request)
    if not (user.is_staff and user.has_perm(permission)):
        raise NotAllowed

"""Rates of commission: staff set and end them, a vendor's managers read their own."""

from typing import Any, cast

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.commissions import querysets, services
from shop.commissions.errors import (
    EndsBeforeItBegins,
    HouseHasNoCommission,
    OneTargetOnly,
    PastCommission,
    ProductOfAnother,
    RateBeginsThen,
    RateEndsSooner,
    RateHasBegun,
    RateHasNotBegun,
)
from shop.commissions.models import CommissionRule
from shop.commissions.serializers import (
    EndInput,
    RateInput,
    RateOutput,
    RateParameters,
    VendorRateOutput,
    rate_answer,
    vendor_rate_answer,
)
from shop.core.errors import NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.inventory.permissions import StaffMay
from shop.products.expansions import CATEGORY, PRODUCT
from shop.vendors.acting import VendorView
from shop.vendors.errors import (
    NoSuchVendor,
    NotAVendor,
    RoleTooLow,
    VendorNotApproved,
    VendorNotNamed,
    VendorSuspended,
)
from shop.vendors.expansions import VENDOR

TAGS = ["Commissions"]
OF_RATES = {"category": CATEGORY, "product": PRODUCT}
OF_VENDOR: dict[str, Any] = {
    "id": 7,
    "category": {"id": 4, "name": "Vases", "slug": "vases"},
    "product": None,
    "percent": "12.50",
    "fee": "0.30",
    "currency": "USD",
    "valid_from": "2026-12-01T00:00:00Z",
    "valid_to": None,
}
RATE = OF_VENDOR | {
    "vendor": {"id": 2, "name": "Vera's Vases", "slug": "veras-vases"},
    "actor": {"id": 2, "email": "staff@nexus.test"},
    "created_at": "2026-11-28T09:30:00Z",
}
ASKED = {
    "vendor": "veras-vases",
    "category": "vases",
    "percent": "12.50",
    "fee": "0.30",
    "valid_from": "2026-12-01T00:00:00Z",
}


class CommissionViewSet(OncePerKey, GenericViewSet[CommissionRule]):
    """What the shop keeps of what its vendors sell; staff only."""

    queryset = CommissionRule.objects.all()
    serializer_class = RateOutput
    expansions = {"list": {"vendor": VENDOR, **OF_RATES}}
    permission_classes = [StaffMay]
    lookup_value_regex = "[0-9]{1,18}"
    permissions = {
        "list": "commissions.view_commissionrule",
        "create": "commissions.add_commissionrule",
        "end": "commissions.change_commissionrule",
        "destroy": "commissions.delete_commissionrule",
    }

    @documented(
        "List rates of commission",
        response=RateOutput(many=True),
        example=RATE,
        parameters=[RateParameters],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """Past, present and to come, the last begun first."""
        asked = RateParameters(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        page = self.paginate_queryset(querysets.rules().filter(**asked.validated_data))
        return self.get_paginated_response([rate_answer(rule) for rule in page or []])

    @documented(
        "Set a rate of commission",
        request=RateInput,
        body=ASKED,
        response=RateOutput,
        example=RATE,
        status=201,
        refuses=[
            *(OneTargetOnly, ProductOfAnother, EndsBeforeItBegins),
            *(HouseHasNoCommission, PastCommission, RateBeginsThen),
        ],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """It takes the place of the open rate of the same goods, or with an end goes before it
        for a while. Orders keep the rates of the moment when they were placed."""
        actor = cast("User", request.user)
        rule = services.set_rate(**parsed(RateInput, request.data), actor=actor)
        return Response(rate_answer(rule), status=201)

    @documented(
        "End a rate of commission",
        request=EndInput,
        body={"valid_to": "2027-01-01T00:00:00Z"},
        response=RateOutput,
        example=RATE | {"valid_to": "2027-01-01T00:00:00Z"},
        refuses=[NotFound, PastCommission, RateHasNotBegun, RateEndsSooner],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """What is less special counts again from then on; the shop's own rate if nothing is."""
        asked = parsed(EndInput, request.data)
        actor = cast("User", request.user)
        return Response(rate_answer(services.end_rate(rule=_rule(pk), **asked, actor=actor)))

    @documented(
        "Withdraw a rate of commission", status=204, refuses=[NotFound, RateHasBegun], tags=TAGS
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Before it begins. The rate whose place it was to take goes on."""
        services.withdraw_rate(rule=_rule(pk), actor=cast("User", request.user))
        return Response(status=204)


class VendorCommissionViewSet(VendorView, GenericViewSet[CommissionRule]):
    """What the shop keeps of what this vendor sells."""

    queryset = CommissionRule.objects.none()
    serializer_class = VendorRateOutput
    expansions = {"list": OF_RATES}

    @documented(
        "List the vendor's rates of commission",
        response=VendorRateOutput(many=True),
        example=OF_VENDOR,
        refuses=[
            *(VendorNotNamed, NoSuchVendor, NotAVendor),
            *(VendorNotApproved, VendorSuspended, RoleTooLow),
        ],
        tags=["Vendor back office"],
        operation_id="vendor_commissions_list",
    )
    def list(self, request: Request) -> Response:
        """For managers. A product's rate counts before its category's, the nearest one first, and
        that before the vendor's; without any the shop's own counts."""
        return self.page_of(querysets.rules_of(self.vendor), vendor_rate_answer)


def _rule(pk: str) -> CommissionRule:
    found = querysets.rules().filter(pk=int(pk)).first()
    if found is None:
        raise NotFound
    return found

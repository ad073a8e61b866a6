"""The books over REST: what vendors see of their own, and what staff see and correct."""

from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.core import references
from shop.core.errors import NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.shaping import ShapedReads
from shop.inventory.permissions import StaffMay
from shop.ledger import errors, examples, querysets, services
from shop.ledger.models import Adjustment, Entry
from shop.ledger.serializers import (
    AdjustmentOutput,
    AdjustmentParameters,
    BalancesOutput,
    EntryOutput,
    EntryParameters,
    ProposeInput,
    StatementOutput,
    StatementParameters,
    TrialBalanceOutput,
    adjustment_json,
    balances_json,
    entry_json,
    statement_json,
    trial_balance_json,
)
from shop.vendors.acting import VendorView
from shop.vendors.models import Vendor

OF_VENDORS = ["Vendor back office"]
TAGS = ["Payouts"]
ID = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)


class BalanceViewSet(VendorView, GenericViewSet[Entry]):
    """What the vendor has with the shop; managers and owners."""

    queryset = Entry.objects.none()
    serializer_class = BalancesOutput
    pagination_class = None

    @documented(
        "Show your balance",
        response=BalancesOutput,
        example=examples.BALANCES,
        operation_id="vendor_balance",
        description=(
            "For each currency: what is payable, held for disputes, on its way, and was paid out. "
            "Below zero, `payable` is a debt, which your next sales pay."
        ),
        tags=OF_VENDORS,
    )
    def list(self, request: Request) -> Response:
        with self.behind_wall():
            return Response(balances_json(querysets.balances_of(self.vendor)))


class StatementViewSet(VendorView, GenericViewSet[Entry]):
    """What came and went on the vendor's balance; managers and owners."""

    queryset = Entry.objects.none()
    serializer_class = StatementOutput

    @documented(
        "List what changed your balance",
        response=StatementOutput(many=True),
        example=examples.STATEMENT,
        parameters=[StatementParameters],
        tags=OF_VENDORS,
    )
    def list(self, request: Request) -> Response:
        """Newest first; all of a currency together are its `payable`."""
        asked = parsed(StatementParameters, request.query_params.dict())
        return self.page_of(querysets.statement_of(self.vendor, **asked), statement_json)


class EntryViewSet(ShapedReads, GenericViewSet[Entry]):
    """All of the books; staff only."""

    queryset = Entry.objects.none()
    serializer_class = EntryOutput
    permission_classes = [StaffMay]
    permissions = {"list": "ledger.view_entry", "accounts": "ledger.view_entry"}

    @documented(
        "List the entries of the books",
        response=EntryOutput(many=True),
        example=examples.ENTRY,
        parameters=[EntryParameters],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """Newest first. The entries of a transaction sum to zero."""
        asked = parsed(EntryParameters, request.query_params.dict())
        page = self.paginate_queryset(querysets.entries(**asked)) or ()
        return self.get_paginated_response([entry_json(cast("Any", row)) for row in page])

    @documented(
        "Show the trial balance",
        response=TrialBalanceOutput,
        example=examples.TRIAL_BALANCE,
        operation_id="ledger_accounts",
        description="What stands in each account; in each currency it sums to zero.",
        tags=TAGS,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def accounts(self, request: Request) -> Response:
        return Response(trial_balance_json(list(querysets.accounts())))


class AdjustmentViewSet(OncePerKey, GenericViewSet[Adjustment]):
    """Corrections by hand: one of the staff proposes, another approves."""

    queryset = Adjustment.objects.none()
    serializer_class = AdjustmentOutput
    permission_classes = [StaffMay]
    lookup_url_kwarg = "id"
    lookup_value_regex = "[0-9]+"
    permissions = {
        "list": "ledger.view_adjustment",
        "retrieve": "ledger.view_adjustment",
        "create": "ledger.add_adjustment",
        "approve": "ledger.change_adjustment",
        "reject": "ledger.change_adjustment",
    }

    @documented(
        "List adjustments",
        response=AdjustmentOutput(many=True),
        example=examples.PROPOSED,
        parameters=[AdjustmentParameters],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """Newest first."""
        asked = parsed(AdjustmentParameters, request.query_params.dict())
        page = self.paginate_queryset(querysets.adjustments(**asked)) or ()
        return self.get_paginated_response([adjustment_json(row) for row in page])

    @documented(
        "Show an adjustment",
        response=AdjustmentOutput,
        example=examples.PROPOSED,
        refuses=[NotFound],
        parameters=[ID],
        tags=TAGS,
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 (the path's name)
        return Response(adjustment_json(self._named(id)))

    @documented(
        "Propose an adjustment",
        request=ProposeInput,
        response=AdjustmentOutput,
        status=201,
        body={
            "vendor": "veras-vases",
            "amount": "-12.50",
            "reason": examples.PROPOSED["reason"],
        },
        example=examples.PROPOSED,
        refuses=[
            NotFound,
            errors.NoBooks,
            errors.AmountNotValid,
            errors.WrongCurrency,
            errors.ReasonNeeded,
        ],
        description="Credits the vendor, or debits it. Booked when another of the staff approves.",
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        asked = parsed(ProposeInput, request.data)
        asked["vendor"] = references.get(Vendor.objects.all(), asked["vendor"])
        adjustment = services.propose_adjustment(actor=cast("Any", request.user), **asked)
        return Response(adjustment_json(adjustment), status=201)

    @documented(
        "Approve an adjustment",
        response=AdjustmentOutput,
        example=examples.APPROVED,
        refuses=[NotFound, errors.NeedsAnother, errors.AlreadyDecided],
        parameters=[ID],
        description="By somebody else than who proposed it. It is booked at once.",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:  # noqa: A002
        adjustment = services.approve_adjustment(
            adjustment=self._named(id), actor=cast("Any", request.user)
        )
        return Response(adjustment_json(adjustment))

    @documented(
        "Reject an adjustment",
        response=AdjustmentOutput,
        example=examples.REJECTED,
        refuses=[NotFound, errors.AlreadyDecided],
        parameters=[ID],
        description="Also by who proposed it. Nothing is booked.",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, id: str) -> Response:  # noqa: A002
        adjustment = services.reject_adjustment(
            adjustment=self._named(id), actor=cast("Any", request.user)
        )
        return Response(adjustment_json(adjustment))

    def _named(self, id: str) -> Adjustment:  # noqa: A002
        return references.get(querysets.adjustments(), id)

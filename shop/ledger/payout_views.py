"""Payouts over REST: the vendor's own to read, and the staff's to run and follow."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.core.files import CSV, PDF, AnyAccept, file_answer
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import FileAnswer, documented
from shop.inventory.permissions import StaffMay
from shop.ledger import errors, payout_querysets, services, statements
from shop.ledger import payout_examples as examples
from shop.ledger.bank_file import bank_file
from shop.ledger.models import Payout
from shop.ledger.payout_serializers import (
    DueOutput,
    FailInput,
    PayoutOutput,
    PayoutParameters,
    PreviewParameters,
    RunInput,
    RunOutput,
    SettleInput,
    StaffPayoutOutput,
    StaffPayoutParameters,
    due_json,
    payout_json,
    run_json,
    staff_json,
)
from shop.ledger.statements import Line
from shop.payments.errors import NotEnoughMoney, ProviderAway, ProviderRefused
from shop.vendors.acting import VendorView
from shop.vendors.errors import RoleTooLow
from shop.vendors.models import Vendor

VENDOR_TAGS, TAGS = ["Vendor back office"], ["Payouts"]
NUMBER = OpenApiParameter(
    "number", OpenApiTypes.STR, OpenApiParameter.PATH, description="The payout's number or id."
)
Statement = tuple[Payout, list[Line]]
REFERENCES = "[-a-zA-Z0-9_]+"


class VendorPayoutViewSet(VendorView, GenericViewSet[Payout]):
    """A vendor's own payouts, for its managers and owners."""

    queryset = Payout.objects.none()
    serializer_class = PayoutOutput
    lookup_field = "number"
    lookup_value_regex = REFERENCES

    @documented(
        "List your vendor's payouts, newest first",
        response=PayoutOutput(many=True),
        example=examples.PAYOUT,
        refuses=[RoleTooLow],
        parameters=[PayoutParameters],
        operation_id="vendor_payouts_list",
        tags=VENDOR_TAGS,
    )
    def list(self, request: Request) -> Response:
        asked = parsed(PayoutParameters, request.query_params.dict())
        return self.page_of(payout_querysets.payouts_of(self.vendor, **asked), payout_json)

    @documented(
        "Show a payout of your vendor",
        response=PayoutOutput,
        example=examples.PAYOUT,
        refuses=[NotFound, RoleTooLow],
        parameters=[NUMBER],
        operation_id="vendor_payouts_retrieve",
        tags=VENDOR_TAGS,
    )
    def retrieve(self, request: Request, number: str) -> Response:
        with self.behind_wall():
            payout = payout_querysets.find(payout_querysets.payouts_of(self.vendor), number)
        return Response(payout_json(payout))

    @documented(
        "Get the statement of a payout as CSV",
        response=FileAnswer(CSV),
        example=examples.STATEMENT,
        refuses=[NotFound, RoleTooLow],
        parameters=[NUMBER],
        operation_id="vendor_payouts_statement_csv",
        tags=VENDOR_TAGS,
    )
    def statement_csv(self, request: Request, number: str) -> HttpResponse:
        return _csv(*self._statement(number))

    @documented(
        "Get the statement of a payout as PDF",
        response=FileAnswer(PDF),
        example=examples.PDF,
        refuses=[NotFound, RoleTooLow],
        parameters=[NUMBER],
        operation_id="vendor_payouts_statement_pdf",
        tags=VENDOR_TAGS,
    )
    def statement_pdf(self, request: Request, number: str) -> HttpResponse:
        return _pdf(*self._statement(number), vendor=self.vendor)

    def _statement(self, number: str) -> Statement:
        with self.behind_wall():
            payout = payout_querysets.find(payout_querysets.payouts_of(self.vendor), number)
            return payout, payout_querysets.lines_of(payout)


class PayoutViewSet(OncePerKey, GenericViewSet[Payout]):
    """All vendors' payouts; staff only."""

    queryset = Payout.objects.none()
    serializer_class = StaffPayoutOutput
    lookup_field = "number"
    lookup_value_regex = REFERENCES
    permission_classes = [StaffMay]
    permissions = {
        "list": "ledger.view_payout",
        "retrieve": "ledger.view_payout",
        "statement_csv": "ledger.view_payout",
        "statement_pdf": "ledger.view_payout",
        "preview": "ledger.view_payout",
        "run": "ledger.add_payout",
        "bank_file": "ledger.change_payout",
        "send": "ledger.change_payout",
        "settle": "ledger.change_payout",
        "fail": "ledger.change_payout",
    }
    idempotent_in_steps = ("send", "fail")

    @documented(
        "List payouts, newest first",
        response=StaffPayoutOutput(many=True),
        example=examples.STAFF_PAYOUT,
        parameters=[StaffPayoutParameters],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        asked = parsed(StaffPayoutParameters, request.query_params.dict())
        page = self.paginate_queryset(payout_querysets.payouts(**asked)) or ()
        return self.get_paginated_response([staff_json(payout) for payout in page])

    @documented(
        "Show a payout",
        response=StaffPayoutOutput,
        example=examples.STAFF_PAYOUT,
        refuses=[NotFound],
        parameters=[NUMBER],
        tags=TAGS,
    )
    def retrieve(self, request: Request, number: str) -> Response:
        return Response(staff_json(self._payout(number)))

    @documented(
        "Get the statement of any payout as CSV",
        response=FileAnswer(CSV),
        example=examples.STATEMENT,
        refuses=[NotFound],
        parameters=[NUMBER],
        operation_id="payouts_statement_csv",
        tags=TAGS,
    )
    def statement_csv(self, request: Request, number: str) -> HttpResponse:
        payout = self._payout(number)
        return _csv(payout, payout_querysets.lines_of(payout))

    @documented(
        "Get the statement of any payout as PDF",
        response=FileAnswer(PDF),
        example=examples.PDF,
        refuses=[NotFound],
        parameters=[NUMBER],
        operation_id="payouts_statement_pdf",
        tags=TAGS,
    )
    def statement_pdf(self, request: Request, number: str) -> HttpResponse:
        payout = self._payout(number)
        return _pdf(payout, payout_querysets.lines_of(payout), vendor=payout.vendor)

    @documented(
        "Show what a run would pay",
        response=DueOutput(many=True),
        example=examples.DUE,
        refuses=[errors.DayToCome],
        parameters=[PreviewParameters],
        operation_id="payouts_preview",
        description=(
            "What each vendor has, what of it is due, and why it would not be paid by a run of "
            "all vendors on that day. Vendors with nothing are left out."
        ),
        tags=TAGS,
    )
    @action(detail=False, methods=["get"])
    def preview(self, request: Request) -> Response:
        asked = parsed(PreviewParameters, request.query_params.dict())
        page = self.paginate_queryset(cast("Any", services.preview_payouts(**asked))) or ()
        return self.get_paginated_response([due_json(cast("Any", judged)) for judged in page])

    @documented(
        "Pay out what is due",
        request=RunInput,
        response=RunOutput,
        body={"vendors": ["veras-vases"]},
        example=examples.RUN,
        refuses=[errors.DayToCome, errors.AlreadyPaidOut, errors.NothingToPayOut],
        description=(
            "Without `vendors`, to all whose schedule has that day; with them, to these. Each "
            "is paid all that is due, if it reaches the minimum; no amount can be asked for. "
            "A day is paid once for each vendor and currency. The payouts are scheduled: "
            "Stripe's are sent by the shop, the others by people."
        ),
        tags=TAGS,
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def run(self, request: Request) -> Response:
        asked = parsed(RunInput, request.data)
        done = services.schedule_payouts(actor=_user(request), **{"on": services.today()} | asked)
        return Response(run_json(done.payouts, done.held_back))

    @documented(
        "Get the file for the bank",
        response=FileAnswer(CSV),
        example=examples.BANK_FILE,
        operation_id="payouts_bank_file",
        description=(
            "What is scheduled and paid by hand, as CSV. Reading it marks nothing: when the bank "
            "has it, send each payout."
        ),
        tags=TAGS,
    )
    @action(
        detail=False,
        methods=["get"],
        url_path="bank-file",
        pagination_class=None,
        content_negotiation_class=AnyAccept,
    )
    def bank_file(self, request: Request) -> HttpResponse:
        return file_answer(bank_file_now(), name="payouts.csv", media_type=CSV)

    @documented(
        "Send a payout",
        response=StaffPayoutOutput,
        example=examples.SENT,
        refuses=[
            NotFound,
            errors.IllegalPayoutMove,
            errors.VendorHeldBack,
            NotEnoughMoney,
            ProviderRefused,
            ProviderAway,
        ],
        parameters=[NUMBER],
        description=(
            "By hand: the bank was told to pay it. Stripe: transfer it now, and not only when "
            "the shop comes to it; one that Stripe refuses for good has failed."
        ),
        tags=TAGS,
        request=None,
    )
    @action(detail=True, methods=["post"])
    def send(self, request: Request, number: str) -> Response:
        services.send_payout(payout=self._payout(number), actor=_user(request))
        return Response(staff_json(self._payout(number)))

    @documented(
        "Say that a payout has arrived",
        request=SettleInput,
        response=StaffPayoutOutput,
        body={"reference": "2026112300042"},
        example=examples.SETTLED,
        refuses=[NotFound, errors.IllegalPayoutMove],
        parameters=[NUMBER],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, number: str) -> Response:
        said, payout = parsed(SettleInput, request.data), self._payout(number)
        services.settle_payout(payout=payout, actor=_user(request), **said)
        return Response(staff_json(self._payout(number)))

    @documented(
        "Say that a payout came back, or give it up",
        request=FailInput,
        response=StaffPayoutOutput,
        body={"reason": "The account is closed."},
        example=examples.FAILED,
        refuses=[NotFound, errors.IllegalPayoutMove, ProviderRefused, ProviderAway],
        parameters=[NUMBER],
        description="The amount is payable again, with the next payout of the vendor.",
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def fail(self, request: Request, number: str) -> Response:
        said, payout = parsed(FailInput, request.data), self._payout(number)
        services.fail_payout(payout=payout, actor=_user(request), **said)
        return Response(staff_json(self._payout(number)))

    def _payout(self, number: str) -> Payout:
        return payout_querysets.find(payout_querysets.payouts(), number)


def bank_file_now() -> str:
    """The file of all that waits for people at this moment."""
    return bank_file(payout_querysets.for_the_bank())


def _csv(payout: Payout, lines: list[Line]) -> HttpResponse:
    text = statements.as_csv(payout, lines)
    return file_answer(text, name=f"{payout.number}.csv", media_type=CSV)


def _pdf(payout: Payout, lines: list[Line], *, vendor: Vendor) -> HttpResponse:
    from shop.ledger import statement_pages  # noqa: PLC0415  # late, for what it says there

    paper = statement_pages.as_pdf(payout, lines, shop=settings.SHOP_NAME, vendor=vendor.name)
    return file_answer(paper, name=f"{payout.number}.pdf", media_type=PDF)


def _user(request: Request) -> User:
    return cast("User", request.user)

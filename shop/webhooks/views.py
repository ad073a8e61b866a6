from typing import Any, cast

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.shaping import ShapedReads
from shop.webhooks import querysets, services
from shop.webhooks.catalogue import names_heard
from shop.webhooks.errors import (
    AddressNotAllowed,
    EndpointIsSilent,
    NoSuchEvent,
    TooManyEndpoints,
)
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.permissions import (
    VIEW,
    ManagesWebhooks,
    endpoint_of,
    permission_for,
    vendor_meant,
)
from shop.webhooks.serializers import (
    DeliveryOutput,
    DeliveryParameters,
    EndpointChanges,
    EndpointInput,
    EndpointOutput,
    EndpointWithSecretOutput,
    EventParameters,
    FeedOutput,
    delivery_answer,
)

TAGS = ["Webhooks"]
ENDPOINT = {
    "id": 3,
    "vendor": {"id": 2, "name": "Vera's Vases", "slug": "veras-vases"},
    "url": "https://hooks.example.com/nexus",
    "events": ["order.paid", "stock.low"],
    "is_active": True,
    "paused_at": None,
    "pause_reason": "",
    "consecutive_failures": 0,
    "created_at": "2026-11-20T12:00:00Z",
    "updated_at": "2026-11-20T12:00:00Z",
}
WITH_SECRET = ENDPOINT | {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazMXwJ5lkBo="}
DELIVERY = {
    "id": 812,
    "event": {"id": "evt_4711", "type": "order.paid", "position": 4690},
    "state": "delivered",
    "attempts": 1,
    "created_at": "2026-11-20T12:00:00Z",
    "next_attempt_at": None,
    "delivered_at": "2026-11-20T12:00:01Z",
    "last_status": 204,
    "last_error": "",
    "log": [
        {
            "created_at": "2026-11-20T12:00:01Z",
            "status_code": 204,
            "error": "",
            "duration_ms": 85,
            "answer": "",
        }
    ],
}
EVENT = {
    "id": "evt_4711",
    "position": 4690,
    "type": "order.paid",
    "created_at": "2026-11-20T12:00:00Z",
    "data": {"order_id": 31, "order_number": "NX-2026-000031"},
}
FEED = {"results": [EVENT], "next": 4690, "has_more": False}


class EndpointViewSet(OncePerKey, GenericViewSet[Endpoint]):
    """Addresses that are told of events: staff the shop's, sellers those of their vendor."""

    queryset = Endpoint.objects.all()
    serializer_class = EndpointOutput
    permission_classes = [ManagesWebhooks]
    lookup_value_regex = "[0-9]{1,18}"

    def hold(self, request: Request, **named: Any) -> None:
        services.hold_endpoint(endpoint_id=_endpoint(request, self, named["pk"]).pk)

    @documented("List webhooks", response=EndpointOutput(many=True), example=ENDPOINT, tags=TAGS)
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(
            querysets.endpoints_of(_user(request), permission=permission_for(self))
        )
        return self.get_paginated_response(EndpointOutput(page, many=True).data)

    @documented(
        "Show a webhook",
        response=EndpointOutput,
        example=ENDPOINT,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(EndpointOutput(_endpoint(request, self, pk)).data)

    @documented(
        "Subscribe",
        request=EndpointInput,
        body={"url": ENDPOINT["url"], "events": ENDPOINT["events"]},
        response=EndpointWithSecretOutput,
        example=WITH_SECRET,
        status=201,
        refuses=[AddressNotAllowed, NoSuchEvent, TooManyEndpoints],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """The answer holds the secret that signs; it is never shown again."""
        asked = parsed(EndpointInput, request.data)
        vendor = vendor_meant(_user(request), permission_for(self), asked.pop("vendor", None))
        endpoint = services.create_endpoint(**asked, vendor=vendor, actor=_user(request))
        return Response(EndpointWithSecretOutput(endpoint).data, status=201)

    @documented(
        "Change a webhook",
        request=EndpointChanges(partial=True),
        body={"events": ["order.paid"], "is_active": True},
        response=EndpointOutput,
        example=ENDPOINT | {"events": ["order.paid"]},
        refuses=[NotFound, AddressNotAllowed, NoSuchEvent],
        tags=TAGS,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        endpoint = _endpoint(request, self, pk)
        asked = EndpointChanges(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        changed = services.change_endpoint(endpoint_id=endpoint.pk, **asked.validated_data)
        return Response(EndpointOutput(changed).data)

    @documented("Unsubscribe", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, pk: str) -> Response:
        """Its log is gone too; what it was not told of yet it can read as events."""
        services.delete_endpoint(endpoint_id=_endpoint(request, self, pk).pk)
        return Response(status=204)

    @documented(
        "Replace the secret",
        response=EndpointWithSecretOutput,
        example=WITH_SECRET,
        refuses=[NotFound],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: str) -> Response:
        """For 24 hours the old secret signs as well: two signatures, one of which fits."""
        endpoint = services.rotate_secret(endpoint_id=_endpoint(request, self, pk).pk)
        return Response(EndpointWithSecretOutput(endpoint).data)

    @documented(
        "Resume a paused webhook",
        response=EndpointOutput,
        example=ENDPOINT,
        refuses=[NotFound],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """What waited is sent at once, the oldest first."""
        endpoint = services.resume_endpoint(endpoint_id=_endpoint(request, self, pk).pk)
        return Response(EndpointOutput(endpoint).data)

    @documented(
        "Send a test event",
        status=202,
        refuses=[NotFound, EndpointIsSilent],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """`webhook.test` goes the way of every event; the deliveries say how it went."""
        services.send_test(endpoint_id=_endpoint(request, self, pk).pk)
        return Response(status=202)

    @documented(
        "Send a delivery again",
        response=DeliveryOutput,
        example=DELIVERY | {"state": "waiting", "delivered_at": None},
        refuses=[NotFound],
        tags=TAGS,
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="deliveries/(?P<delivery_id>[0-9]{1,18})/redeliver",
    )
    def redeliver(self, request: Request, pk: str, delivery_id: str) -> Response:
        """Also when it had arrived. It keeps its `webhook-id`."""
        endpoint = _endpoint(request, self, pk)
        again = services.redeliver(endpoint_id=endpoint.pk, delivery_id=int(delivery_id))
        return Response(delivery_answer(again))


class DeliveryViewSet(OncePerKey, GenericViewSet[Delivery]):
    """The log of one endpoint."""

    queryset = Delivery.objects.all()
    serializer_class = DeliveryOutput
    permission_classes = [ManagesWebhooks]

    @documented(
        "List deliveries",
        response=DeliveryOutput(many=True),
        example=DELIVERY,
        parameters=[DeliveryParameters],
        refuses=[NotFound],
        tags=TAGS,
    )
    def list(self, request: Request, pk: str) -> Response:
        """The newest first, each with every attempt. Kept for 30 days."""
        asked = DeliveryParameters(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = querysets.deliveries_of(_endpoint(request, self, pk), **asked.validated_data)
        page = cast("list[Any]", self.paginate_queryset(found))
        return self.get_paginated_response([delivery_answer(row) for row in page])


class EventsView(ShapedReads):
    """The public events in their order."""

    permission_classes = [ManagesWebhooks]

    @documented(
        "Catch up with events",
        response=FeedOutput,
        example=FEED,
        parameters=[EventParameters],
        tags=["Events"],
    )
    def get(self, request: Request) -> Response:
        """From the oldest on. Staff read all, sellers what concerns their vendor's goods."""
        asked = EventParameters(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        vendor = vendor_meant(_user(request), VIEW, given.get("vendor"))
        feed = querysets.feed(
            after=given["after"],
            names=names_heard(for_vendor=vendor is not None, only=given.get("type")),
            vendor_id=None if vendor is None else vendor.pk,
            limit=given["limit"],
        )
        return Response({"results": feed.results, "next": feed.next, "has_more": feed.has_more})


def _user(request: Request) -> User:
    return cast("User", request.user)


def _endpoint(request: Request, view: Any, pk: str) -> Endpoint:
    return endpoint_of(_user(request), permission_for(view), int(pk))

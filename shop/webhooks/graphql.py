"""Webhooks and the feed of events: of the shop for staff, of their vendor for sellers."""

from typing import Any, cast

import strawberry
from strawberry import relay

from shop.accounts.graphql import caller
from shop.accounts.graphql_parts import DonePayload
from shop.accounts.models import User
from shop.core.errors import NotAllowed
from shop.core.graphql.connections import (
    DEFAULT_PAGE,
    Connection,
    Page,
    PageSizeNotValid,
    connection,
)
from shop.core.graphql.inputs import checked, given, known_key, named
from shop.core.inputs import parsed
from shop.webhooks import models, querysets, services
from shop.webhooks.catalogue import heard, names_heard
from shop.webhooks.graphql_parts import (
    CreateWebhookInput,
    EventConnection,
    EventType,
    Webhook,
    WebhookChanges,
    WebhookDelivery,
    WebhookDeliveryPayload,
    WebhookPayload,
    WebhookSecretPayload,
)
from shop.webhooks.permissions import (
    ADD,
    CHANGE,
    DELETE,
    VIEW,
    endpoint_of,
    manages_webhooks,
    sees_all,
    vendor_meant,
)
from shop.webhooks.serializers import (
    MAX_LIMIT,
    DeliveryParameters,
    EndpointChanges,
    EndpointInput,
    EndpointOutput,
    EventParameters,
    delivery_answer,
)


def _manager(info: strawberry.Info, permission: str) -> User:
    """The caller, whom `ManagesWebhooks` lets in; raises `NotAuthenticated`, `NotAllowed`."""
    user = caller(info)
    if not manages_webhooks(user, permission):
        raise NotAllowed
    return user


def _endpoint(info: strawberry.Info, permission: str, asked: str) -> models.Endpoint:
    user = _manager(info, permission)
    return endpoint_of(user, permission, known_key("Webhook", asked))


def _shown(endpoint: models.Endpoint) -> Webhook:
    return cast("Webhook", EndpointOutput(endpoint).data)


def _page_of(feed: querysets.Feed, after: int) -> EventConnection:
    edges: list[Any] = [
        relay.Edge(node=cast("Any", row), cursor=str(row["position"])) for row in feed.results
    ]
    info = relay.PageInfo(
        has_next_page=feed.has_more,
        has_previous_page=after > 0,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=str(feed.next),
    )
    return EventConnection(edges=edges, page_info=info)


@strawberry.type
class WebhookQuery:
    @strawberry.field(description="Newest first. Staff see all, sellers those of their vendors.")
    def webhooks(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Webhook] | None:
        rows = querysets.endpoints_of(_manager(info, VIEW), permission=VIEW)
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[Webhook], rows, page, as_nodes=lambda rows: [_shown(row) for row in rows]
        )
        return cast("Connection[Webhook]", found)

    @strawberry.field(description="One of them, by its `pk`.")
    def webhook(self, info: strawberry.Info, id: strawberry.ID) -> Webhook | None:  # noqa: A002
        return _shown(_endpoint(info, VIEW, id))

    @strawberry.field(
        description="The log of a webhook, newest first, with every attempt. Kept for 30 days."
    )
    def webhook_deliveries(
        self,
        info: strawberry.Info,
        webhook: strawberry.ID,
        state: models.Delivery.State | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[WebhookDelivery] | None:
        asked = parsed(DeliveryParameters, {} if state is None else {"state": state.value})
        rows = querysets.deliveries_of(_endpoint(info, VIEW, webhook), **asked)
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[WebhookDelivery],
            rows,
            page,
            as_nodes=lambda rows: [delivery_answer(row) for row in rows],
        )
        return cast("Connection[WebhookDelivery]", found)

    @strawberry.field(
        description="From the oldest on. Staff read all, sellers what concerns their goods."
    )
    def events(
        self,
        info: strawberry.Info,
        type: str | None = None,  # noqa: A002 (the argument's name)
        vendor: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> EventConnection | None:
        user = _manager(info, VIEW)
        limit = DEFAULT_PAGE if first is None else first
        if not 1 <= limit <= MAX_LIMIT:
            raise PageSizeNotValid(attr="first", least=1, most=MAX_LIMIT)
        asked = {"after": after, "type": type, "limit": limit, "vendor": vendor}
        asked = {name: value for name, value in asked.items() if value is not None}
        wanted = parsed(EventParameters, named(asked, vendor="Vendor"))
        whose = vendor_meant(user, VIEW, wanted.get("vendor"))
        feed = querysets.feed(
            after=wanted["after"],
            names=names_heard(for_vendor=whose is not None, only=wanted.get("type")),
            vendor_id=None if whose is None else whose.pk,
            limit=wanted["limit"],
        )
        return _page_of(feed, wanted["after"])

    @strawberry.field(description="What the caller may subscribe to.")
    def event_types(self, info: strawberry.Info) -> list[EventType] | None:
        is_seller = not sees_all(_manager(info, VIEW), VIEW)
        return cast("list[EventType]", heard(for_vendor=is_seller))


@strawberry.type
class WebhookMutation:
    @strawberry.mutation(description="Subscribes. The answer holds the secret that signs.")
    def create_webhook(
        self,
        info: strawberry.Info,
        input: CreateWebhookInput,  # noqa: A002
    ) -> WebhookSecretPayload | None:
        user = _manager(info, ADD)
        asked = parsed(EndpointInput, named(given(input), vendor="Vendor"))
        vendor = vendor_meant(user, ADD, asked.pop("vendor", None))
        endpoint = services.create_endpoint(**asked, vendor=vendor, actor=user)
        return WebhookSecretPayload(webhook=_shown(endpoint), secret=endpoint.secret)

    @strawberry.mutation(description="What is left out stays.")
    def change_webhook(
        self,
        info: strawberry.Info,
        webhook: strawberry.ID,
        input: WebhookChanges,  # noqa: A002
    ) -> WebhookPayload | None:
        endpoint = _endpoint(info, CHANGE, webhook)
        changes: dict[str, Any] = checked(EndpointChanges, input, partial=True)
        changed = services.change_endpoint(endpoint_id=endpoint.pk, **changes)
        return WebhookPayload(webhook=_shown(changed))

    @strawberry.mutation(description="Unsubscribes. Its log is gone too.")
    def delete_webhook(self, info: strawberry.Info, webhook: strawberry.ID) -> DonePayload | None:
        services.delete_endpoint(endpoint_id=_endpoint(info, DELETE, webhook).pk)
        return DonePayload()

    @strawberry.mutation(
        description="For 24 hours the old secret signs as well: two signatures, one of which fits."
    )
    def rotate_webhook_secret(
        self, info: strawberry.Info, webhook: strawberry.ID
    ) -> WebhookSecretPayload | None:
        endpoint = services.rotate_secret(endpoint_id=_endpoint(info, CHANGE, webhook).pk)
        return WebhookSecretPayload(webhook=_shown(endpoint), secret=endpoint.secret)

    @strawberry.mutation(description="After a pause. What waited is sent at once, oldest first.")
    def resume_webhook(
        self, info: strawberry.Info, webhook: strawberry.ID
    ) -> WebhookPayload | None:
        endpoint = services.resume_endpoint(endpoint_id=_endpoint(info, CHANGE, webhook).pk)
        return WebhookPayload(webhook=_shown(endpoint))

    @strawberry.mutation(
        description="`webhook.test` goes the way of every event; the deliveries say how it went."
    )
    def test_webhook(self, info: strawberry.Info, webhook: strawberry.ID) -> DonePayload | None:
        services.send_test(endpoint_id=_endpoint(info, CHANGE, webhook).pk)
        return DonePayload()

    @strawberry.mutation(description="Also when it had arrived. It keeps its `messageId`.")
    def redeliver(
        self, info: strawberry.Info, webhook: strawberry.ID, delivery: strawberry.ID
    ) -> WebhookDeliveryPayload | None:
        endpoint, pk = _endpoint(info, CHANGE, webhook), known_key("WebhookDelivery", delivery)
        again: Any = delivery_answer(services.redeliver(endpoint_id=endpoint.pk, delivery_id=pk))
        return WebhookDeliveryPayload(delivery=again)

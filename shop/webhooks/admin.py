"""Webhooks: who is told of events, and how each telling went."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from shop.core.admin import (
    DaysFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ShopAdmin,
    changed_fields,
    staff,
)
from shop.webhooks import services as webhooks
from shop.webhooks.catalogue import PUBLIC
from shop.webhooks.models import ALL_EVENTS, Delivery, DeliveryAttempt, Endpoint

COLORS = {
    "sending": "success",
    "paused": "warning",
    "off": "info",
    "waiting": "info",
    "delivered": "success",
    "failed": "danger",
}
_EVENTS = [(ALL_EVENTS, "All"), *[(event.name, event.name) for event in PUBLIC.values()]]


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    events = forms.MultipleChoiceField(
        choices=_EVENTS,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Of what it is told.",
    )

    class Meta:
        model = Endpoint
        fields = ["vendor", "url", "events", "is_active"]


@admin.register(Endpoint)
class EndpointAdmin(ShopAdmin):
    """The secret is shown once, in the message after it was made."""

    form = EndpointForm
    list_display = ["url", "vendor", "state", "heard", "consecutive_failures", "created_at"]
    list_filter = ["is_active", ("paused_at", admin.EmptyFieldListFilter)]
    list_select_related = ["vendor"]
    search_fields = ["url", "vendor__name"]
    autocomplete_fields = ["vendor"]
    ordering = ["-id"]
    actions_detail = ["resume", "test", "rotate"]
    readonly_fields = [
        *("paused_at", "pause_reason", "consecutive_failures", "failing_since"),
        *("created_by", "created_at", "updated_at"),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whose it is stays."""
        return [*self.readonly_fields, "vendor"] if obj else self.readonly_fields

    @display(label=COLORS)
    def state(self, endpoint: Endpoint) -> str:
        if not endpoint.is_active:
            return "off"
        return "paused" if endpoint.paused_at else "sending"

    @display(description="events")
    def heard(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.events)

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        fields = changed_fields(form)
        if change:
            webhooks.change_endpoint(endpoint_id=obj.pk, **fields)
            return
        made = webhooks.create_endpoint(
            url=fields["url"],
            events=fields["events"],
            vendor=fields.get("vendor"),
            actor=staff(request),
        )
        obj.pk = made.pk
        self._show(request, made)

    def delete_model(self, request: HttpRequest, obj: Endpoint) -> None:
        webhooks.delete_endpoint(endpoint_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, rows: QuerySet[Endpoint]) -> None:
        for endpoint in rows:
            webhooks.delete_endpoint(endpoint_id=endpoint.pk)

    def _show(self, request: HttpRequest, endpoint: Endpoint) -> None:
        text = f"Keep this secret, it is not shown again: {endpoint.secret}"
        self.message_user(request, text, messages.WARNING)

    @action(
        description="Resume",
        icon="play_arrow",
        variant=ActionVariant.PRIMARY,
        permissions=["change"],
        dialog={
            "title": "Send again?",
            "description": "What waited is sent at once.",
            "form_class": None,
            "form_submit_text": "Resume",
        },
    )
    def resume(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.perform(
            request,
            lambda: webhooks.resume_endpoint(endpoint_id=int(object_id)),
            done="It is sent to again.",
            page=self.page_of(object_id),
        )

    @action(
        description="Send a test",
        icon="send",
        permissions=["change"],
        dialog={
            "title": "Send a test event?",
            "description": "The deliveries say how it went.",
            "form_class": None,
            "form_submit_text": "Send",
        },
    )
    def test(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.perform(
            request,
            lambda: webhooks.send_test(endpoint_id=int(object_id)),
            done="A test is on its way.",
            page=self.page_of(object_id),
        )

    @action(
        description="Replace the secret",
        icon="key",
        variant=ActionVariant.WARNING,
        permissions=["change"],
        dialog={
            "title": "Replace the secret?",
            "description": "The old one signs as well for 24 hours.",
            "form_class": None,
            "form_submit_text": "Replace",
        },
    )
    def rotate(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self.perform(
            request,
            lambda: self._show(request, webhooks.rotate_secret(endpoint_id=int(object_id))),
            done="The secret is replaced.",
            page=self.page_of(object_id),
        )


class AttemptInline(ReadOnlyInline):
    model = DeliveryAttempt
    fields = ["created_at", "status_code", "error", "duration_ms", "answer"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["id", "event", "endpoint", "outcome", "attempts", "last_error", "created_at"]
    list_filter = ["state", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["event", "endpoint"]
    search_fields = ["endpoint__url", "event__name", "=event__id"]
    ordering = ["-id"]
    inlines = [AttemptInline]
    actions = ["deliver_again"]
    actions_detail = ["deliver"]

    @display(description="state", ordering="state", label=COLORS)
    def outcome(self, delivery: Delivery) -> str:
        return delivery.state

    def has_deliver_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("webhooks.change_endpoint")

    @action(description="Deliver again", permissions=["deliver"])
    def deliver_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        self.perform_each(
            request,
            rows,
            lambda row: webhooks.redeliver(endpoint_id=row.endpoint_id, delivery_id=row.pk),
            done="{} will be sent again.",
        )

    @action(
        description="Deliver again",
        icon="send",
        permissions=["deliver"],
        dialog={
            "title": "Deliver it again?",
            "description": "Receivers know it by its id, and may pass over it.",
            "form_class": None,
            "form_submit_text": "Deliver",
        },
    )
    def deliver(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        delivery = Delivery.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: webhooks.redeliver(endpoint_id=delivery.endpoint_id, delivery_id=delivery.pk),
            done="It will be sent again.",
            page=self.page_of(object_id),
        )


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(ReadOnlyAdmin):
    list_display = ["id", "delivery", "status_code", "error", "duration_ms", "created_at"]
    list_select_related = ["delivery"]
    search_fields = ["delivery__endpoint__url", "error"]
    ordering = ["-id"]

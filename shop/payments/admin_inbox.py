"""What providers told us: the inbox, what it turned away, disputes, customers."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from shop.core.admin import DaysFilter, ReadOnlyAdmin, ReadOnlyInline, money
from shop.payments import services as payments
from shop.payments.models import Dispute, InboxEvent, ProviderCustomer, WebhookRefusal


class ProcessedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("processed", "Processed")]

    def queryset(self, request: HttpRequest, rows: QuerySet[InboxEvent]) -> QuerySet[InboxEvent]:
        if self.value() is None:
            return rows
        return rows.filter(processed_at__isnull=self.value() == "waiting")


@admin.register(InboxEvent)
class InboxEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "type", "state", "outcome", "payment", "received_at"]
    list_filter = [ProcessedFilter, "type", ("received_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["payment"]
    search_fields = ["event_id", "type", "payment__order__number", "payment__provider_reference"]
    ordering = ["-id"]
    actions = ["process_again"]

    @display(label={"processed": "success", "waiting": "warning"})
    def state(self, event: InboxEvent) -> str:
        return "processed" if event.processed_at else "waiting"

    def has_process_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_inboxevent")

    @admin.action(description="Process again", permissions=["process"])
    def process_again(self, request: HttpRequest, selected: QuerySet[InboxEvent]) -> None:
        self.perform_each(
            request,
            selected,
            lambda event: payments.reopen_event(event=event),
            done="{} events will be processed again.",
        )


@admin.register(WebhookRefusal)
class WebhookRefusalAdmin(ReadOnlyAdmin):
    list_display = ["provider", "reason", "count", "last_at"]
    ordering = ["-last_at"]


class Disputed:
    """How a dispute stands, for its list and for the page of a payment."""

    disputed = money("amount")

    @display(ordering="status", label={"open": "danger", "lost": "danger", "won": "success"})
    def state(self, dispute: Dispute) -> str:
        return dispute.status


class DisputeInline(Disputed, ReadOnlyInline):
    model = Dispute
    fields = ["disputed", "state", "reason", "opened_at", "closed_at"]


@admin.register(Dispute)
class DisputeAdmin(Disputed, ReadOnlyAdmin):
    list_display = ["reference", "order", "disputed", "state", "reason", "opened_at", "closed_at"]
    list_filter = ["status", ("opened_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["payment__order"]
    search_fields = ["reference", "payment__order__number"]
    exclude = ["amount"]
    readonly_fields = ["disputed"]
    ordering = ["-id"]

    @display(description="order", ordering="payment__order__number")
    def order(self, dispute: Dispute) -> str:
        return dispute.payment.order.number


@admin.register(ProviderCustomer)
class ProviderCustomerAdmin(ReadOnlyAdmin):
    list_display = ["user", "provider", "reference", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "reference"]
    ordering = ["-id"]

"""Mails: to be read, and to be sent again when they were given up."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import action, display

from shop.core.admin import DaysFilter, ReadOnlyAdmin
from shop.notifications import querysets, services
from shop.notifications.models import Mail

COLORS = {"sent": "success", "failed": "danger", "waiting": "info", "nobody": "warning"}


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Mail.State.choices]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        if state not in Mail.State.values:
            return rows
        return rows.filter(pk__in=querysets.in_state(Mail.State(state)).order_by())


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ["id", "subject", "recipient", "status", "attempts", "created_at", "sent_at"]
    list_filter = [StateFilter, "kind", ("created_at", DaysFilter)]
    list_filter_submit = True
    search_fields = ["recipient", "subject", "message_id", "last_error"]
    ordering = ["-id"]
    actions = ["send_again"]
    fieldsets = [
        (None, {"fields": [("status", "kind"), ("recipient", "user"), "subject", "body"]}),
        (
            "Sending",
            {
                "fields": [
                    ("created_at", "sent_at", "failed_at"),
                    ("attempts", "available_at"),
                    *("last_error", "message_id", "event"),
                ],
            },
        ),
    ]

    @display(description="state", label=COLORS)
    def status(self, mail: Mail) -> str:
        return mail.state

    @display(description="text")
    def body(self, mail: Mail) -> str:
        """Whoever reads a token can be who it is for."""
        return "(It carries a token.)" if mail.has_secret else mail.text

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_mail")

    @action(description="Send the selected mails again", permissions=["send"])
    def send_again(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        count = services.send_again(mails=mails.order_by())
        self.message_user(request, f"{count} mails wait to be sent again.", messages.SUCCESS)

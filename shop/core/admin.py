"""What the admin's pages have in common, and the pages of core's own tables.

`ShopAdmin` turns a service's refusal into a message beside the form that caused it.
`ReadOnlyAdmin` is for books: rows to be found and read, never edited or deleted.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten, flatten_fieldsets, quote
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.dataclasses import SearchResult
from unfold.decorators import action, display
from unfold.utils import parse_date_str
from unfold.views import ChangeList

from shop.core import relay
from shop.core.errors import DomainError
from shop.core.models import (
    DeadLetter,
    HandledEvent,
    IdempotencyKey,
    OutboxEvent,
    RateLimitCounter,
)
from shop.core.money import quantize

# Where the search box at the top looks; each with the icon that its results get.
SEARCHED = {
    "orders.order": "receipt_long",
    "products.product": "sell",
    "products.variant": "qr_code_2",
    "accounts.user": "person",
    "payments.payment": "payments",
    "vendors.vendor": "storefront",
}
RESULTS_PER_MODEL = 6


class PageChangeList(ChangeList):
    """Gives the admin class the rows of one page, so that it reads what they need at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.model_admin.complete_rows(list(self.result_list))


class ShopAdmin(ModelAdmin):
    """The base of every page of the admin."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_sheet = False

    def complete_rows(self, rows: Sequence[Any]) -> None:
        """Override to set attributes on the rows of a list, in as few queries for all of them."""

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return PageChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except DomainError as refusal:
            self.message_user(request, said(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            # Once more, with the refusal as an error of the form: nothing typed is lost.
            request.refusal = refusal  # type: ignore[attr-defined]
            for file in cast("Iterable[Any]", request.FILES.values()):
                file.seek(0)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[Any]]":
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return form if refusal is None else _refused(form, refusal)

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            self.message_user(request, said(refusal), messages.ERROR)
            return HttpResponseRedirect(self.page_of(object_id))

    def page_of(self, object_id: object) -> str:
        """The address of a row's own page."""
        return address_of(self.model, object_id)

    def perform(
        self, request: HttpRequest, call: Callable[[], object], *, done: str, page: str = ""
    ) -> HttpResponse:
        """The end of a dialog: `call` a service, say how it went, show `page` (or the list)."""
        try:
            call()
        except DomainError as refusal:
            self.message_user(request, said(refusal), messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponse(headers={"HX-Redirect": page or address_of(self.model)})

    def perform_each(
        self,
        request: HttpRequest,
        rows: Iterable[Any],
        call: Callable[[Any], object],
        *,
        done: str,
    ) -> None:
        """The end of a bulk action: each row by itself; `done` is such as "{} shipped."."""
        worked = 0
        for row in rows:
            try:
                call(row)
            except DomainError as refusal:
                self.message_user(request, f"{row}: {said(refusal)}", messages.ERROR)
            else:
                worked += 1
        if worked:
            self.message_user(request, done.format(worked), messages.SUCCESS)


class ReadOnly:
    """For admin classes and inlines: look, but do not touch."""

    can_delete = False
    extra = 0
    fields: Any = None
    fieldsets: Any = None
    readonly_fields: Any = ()

    def get_readonly_fields(self, *_: object) -> Sequence[Any]:
        if self.fieldsets:
            return flatten_fieldsets(self.fieldsets)
        return flatten(self.fields) if self.fields else self.readonly_fields

    def has_add_permission(self, *_: object) -> bool:
        return False

    def has_change_permission(self, *_: object) -> bool:
        return False

    def has_delete_permission(self, *_: object) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ShopAdmin):
    """Append-only tables and snapshots."""


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows that belong to the page's object, to be read only."""

    hide_title = True


def said(refusal: DomainError) -> str:
    return " ".join(problem.detail for problem in refusal.problems)


def changed_fields(form: Any) -> dict[str, Any]:
    """What somebody changed in a valid form, for the services that take changes."""
    return {name: form.cleaned_data[name] for name in form.changed_data if name in form.fields}


def staff(request: HttpRequest) -> Any:
    """Who acts: the admin lets in nobody but staff, who are all of the accounts' `User`."""
    return request.user


def dialog_fields(form: Any) -> dict[str, Any]:
    """What was filled in in a dialog, without unfold's own hidden field."""
    return {name: value for name, value in form.cleaned_data.items() if name[0] != "_"}


def address_of(model: type[Model], object_id: Any = None) -> str:
    """The address of a model's list, or of one row's page."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    if object_id is None:
        return reverse(f"{name}_changelist")
    return reverse(f"{name}_change", args=[quote(object_id)])


def link_to(model: type[Model], object_id: object, text: object) -> str:
    """A link to a row's page, for columns and read-only fields."""
    page = address_of(model, object_id)
    return format_html('<a href="{}" class="text-primary-600">{}</a>', page, text)


def picture(url: str, *, size: int = 40) -> str:
    """A small square preview; nothing when there is no picture."""
    if not url:
        return ""
    return format_html(
        '<img src="{}" alt="" loading="lazy" width="{}" height="{}" '
        'style="width:{}px;height:{}px;max-width:none;object-fit:cover;border-radius:4px">',
        *(url, size, size, size, size),
    )


def money(field: str, label: str | None = None) -> Callable[[Any, Any], str]:
    """A column that shows an amount as 1,299.00 USD."""

    @display(description=label or field.replace("_", " "), ordering=field)
    def show(self: object, row: Any) -> str:
        amount = getattr(row, field)
        if amount is None:
            return "-"
        currency = getattr(row, "currency", settings.SHOP_CURRENCY)
        return f"{quantize(amount, currency):,} {currency}"

    shown: Callable[[Any, Any], str] = show
    return shown


def _refused(form: "type[ModelForm[Any]]", refusal: DomainError) -> "type[ModelForm[Any]]":
    class Refused(form):  # type: ignore[valid-type,misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            for problem in refusal.problems:
                field = problem.attr if problem.attr in self.fields else None
                self.add_error(field, problem.detail)
            return cleaned

    return Refused


def search_everything(request: HttpRequest, words: str) -> list[SearchResult]:
    """What the search box at the top finds among `SEARCHED`, as far as the user may see it."""
    found = []
    for model, page in admin.site._registry.items():
        icon = SEARCHED.get(model._meta.label_lower)
        if icon is None or not page.has_view_permission(request):
            continue
        all_rows = page.get_queryset(request)
        matching, _ = page.get_search_results(request, all_rows, words)
        # Joins of the search repeat rows.
        rows = all_rows.filter(pk__in=matching.order_by().values("pk"))
        found += [
            SearchResult(
                title=str(row),
                description=str(model._meta.verbose_name).capitalize(),
                link=address_of(model, row.pk),
                icon=icon,
            )
            for row in rows[:RESULTS_PER_MODEL]
        ]
    return found


class DaysFilter(RangeDateFilter):
    """From one day to another, both included."""

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        for end, lookup in (("from", "gte"), ("to", "lte")):
            day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
            if day:
                rows = rows.filter(**{f"{self.parameter_name}__date__{lookup}": day})
        return rows


class DeliveryFilter(admin.SimpleListFilter):
    title = "delivery"
    parameter_name = "delivery"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("failed", "Failed"), ("delivered", "Delivered")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        conditions: dict[str, dict[str, Any]] = {
            "waiting": {"delivered_at": None, "failed_at": None},
            "failed": {"failed_at__isnull": False},
            "delivered": {"delivered_at__isnull": False},
        }
        return rows.filter(**conditions.get(self.value() or "", {}))


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "name", "state", "attempts", "created_at", "delivered_at"]
    list_filter = [DeliveryFilter, "name"]
    search_fields = ["name", "payload", "last_error"]
    ordering = ["-id"]
    actions = ["retry"]

    @display(label={"delivered": "success", "failed": "danger", "waiting": "info"})
    def state(self, row: OutboxEvent) -> str:
        if row.delivered_at:
            return "delivered"
        return "failed" if row.failed_at else "waiting"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_outboxevent")

    @action(description="Retry the selected events", permissions=["retry"])
    def retry(self, request: HttpRequest, events: QuerySet[OutboxEvent]) -> None:
        _revive(self, request, list(events.values_list("pk", flat=True)))


@admin.register(HandledEvent)
class HandledEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "handler", "event", "created_at"]
    list_filter = ["handler"]
    list_select_related = ["event"]
    search_fields = ["handler", "event__name"]
    ordering = ["-id"]


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    """What a handler failed to take again and again."""

    list_display = ["id", "handler", "event", "error", "created_at", "retried_at"]
    list_filter = ["handler", ("retried_at", admin.EmptyFieldListFilter)]
    list_select_related = ["event"]
    search_fields = ["handler", "error", "event__name"]
    ordering = ["-id"]
    actions = ["retry"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_outboxevent")

    @action(description="Retry the selected letters", permissions=["retry"])
    def retry(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        _revive(self, request, list(letters.order_by().values_list("event", flat=True).distinct()))


def _revive(page: ShopAdmin, request: HttpRequest, events: Sequence[int]) -> None:
    count = relay.revive(events=events)
    page.message_user(request, f"{count} events will be handed over again.", messages.SUCCESS)


@admin.register(RateLimitCounter)
class RateLimitCounterAdmin(ReadOnlyAdmin):
    list_display = ["key", "window_start", "count"]
    search_fields = ["key"]
    ordering = ["-window_start", "-id"]
    date_hierarchy = "window_start"


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    fields = ["user", "route", "key", "status", "steps", "created_at"]
    list_display = ["created_at", "route", "user", "key", "status"]
    list_select_related = ["user"]
    search_fields = ["key", "route", "user__email"]
    ordering = ["-created_at", "-id"]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Who did what in this admin."""

    list_display = ["action_time", "user", "content_type", "object_repr", "message"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__email"]

    @display(description="change")
    def message(self, row: LogEntry) -> str:
        return str(row.get_change_message())

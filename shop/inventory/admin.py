"""Stock: received and adjusted with a reason, by the services. Numbers are never typed over."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from shop.core.admin import DaysFilter, ReadOnlyAdmin, ReadOnlyInline, ShopAdmin, link_to, staff
from shop.core.errors import NotFound
from shop.inventory import querysets
from shop.inventory import services as inventory
from shop.inventory.models import Reservation, StockLevel, StockMovement, Warehouse

MOST = inventory.MAX_QUANTITY


class ReceiveForm(BaseDialogForm):
    quantity = forms.IntegerField(
        min_value=1, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget(attrs={"autofocus": True})
    )
    reason = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "such as the delivery note"}),
    )


class AdjustForm(BaseDialogForm):
    change = forms.IntegerField(
        min_value=-MOST,
        max_value=MOST,
        help_text="What is to be added; with a minus, what is missing.",
        widget=UnfoldAdminIntegerFieldWidget(attrs={"autofocus": True}),
    )
    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "such as counted, broken, found"}),
    )


class ReceiveAnywhereForm(ReceiveForm):
    sku = forms.CharField(
        max_length=100, label="SKU", widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True})
    )
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.all(), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    field_order = ["sku", "warehouse", "quantity", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["quantity"].widget.attrs["autofocus"]
        self.initial["warehouse"] = Warehouse.objects.filter(is_default=True).first()

    def clean_sku(self) -> str:
        sku: str = self.cleaned_data["sku"]
        try:
            self.variant_id = querysets.variant_id_of(sku)
        except NotFound as error:
            raise ValidationError(str(error)) from None
        return sku


class StockFilter(admin.SimpleListFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("none", "Out of stock"), ("low", "Low"), ("plenty", "Enough")]

    def queryset(self, request: HttpRequest, levels: QuerySet[Any]) -> QuerySet[Any]:
        levels = levels.annotate(free=querysets.AVAILABLE, low=querysets.low_threshold())
        conditions: dict[str | None, dict[str, Any]] = {
            "none": {"free": 0},
            "low": {"free__lte": F("low")},
            "plenty": {"free__gt": F("low")},
        }
        return levels.filter(**conditions.get(self.value(), {}))


class MovementInline(ReadOnlyInline):
    model = StockMovement
    fields = ["created_at", "kind", "quantity", "reason", "reference", "actor"]
    verbose_name_plural = "movements"
    tab = True
    per_page = 25

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockMovement]:
        return super().get_queryset(request).select_related("actor").order_by("-id")


@admin.register(StockLevel)
class StockLevelAdmin(ReadOnlyAdmin):
    list_display = ["sku", "product", "warehouse", "on_hand", "reserved", "left", "updated_at"]
    list_filter = [StockFilter, "warehouse"]
    search_fields = ["variant__sku", "variant__barcode", "variant__product__name"]
    fields = ["variant", "product", "warehouse", "on_hand", "reserved", "available", "updated_at"]
    inlines = [MovementInline]
    actions_list = ["receive_anywhere"]
    actions_row = ["receive", "adjust"]
    actions_detail = ["receive", "adjust"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockLevel]:
        levels: QuerySet[StockLevel] = super().get_queryset(request)
        return levels.select_related("variant__product", "warehouse")

    @display(description="SKU", ordering="variant__sku")
    def sku(self, level: Any) -> str:
        return str(level.variant)

    @display(ordering="variant__product__name")
    def product(self, level: Any) -> str:
        product = level.variant.product
        return link_to(type(product), product.pk, product)

    @display(
        description="available",
        ordering=querysets.AVAILABLE,
        label={"none": "danger", "low": "warning", "enough": "success"},
    )
    def left(self, level: Any) -> tuple[str, str]:
        own = level.variant.low_stock_threshold
        low = settings.LOW_STOCK_THRESHOLD if own is None else own
        kind = "none" if level.available <= 0 else "low" if level.available <= low else "enough"
        return kind, str(level.available)

    def has_move_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm("inventory.change_stocklevel")

    @action(
        description="Receive stock",
        icon="add_box",
        variant=ActionVariant.PRIMARY,
        permissions=["move"],
        dialog={
            "title": "Receive stock",
            "description": "Goods that arrived; a variant that was never here gets its place now.",
            "form_class": ReceiveAnywhereForm,
            "form_submit_text": "Receive",
        },
    )
    def receive_anywhere(self, request: HttpRequest, form: ReceiveAnywhereForm) -> HttpResponse:
        given = form.cleaned_data
        return self.perform(
            request,
            lambda: inventory.receive_stock(
                variant_id=form.variant_id,
                quantity=given["quantity"],
                warehouse=given["warehouse"],
                reason=given["reason"],
                actor=staff(request),
            ),
            done=f"{given['quantity']} of {given['sku']} received.",
        )

    @action(
        description="Receive",
        icon="add_box",
        permissions=["move"],
        dialog={
            "title": "Receive stock",
            "description": "Goods that arrived in this warehouse.",
            "form_class": ReceiveForm,
            "form_submit_text": "Receive",
        },
    )
    def receive(self, request: HttpRequest, form: ReceiveForm, object_id: str) -> HttpResponse:
        level = StockLevel.objects.select_related("variant", "warehouse").get(pk=object_id)
        given = form.cleaned_data
        return self.perform(
            request,
            lambda: inventory.receive_stock(
                variant_id=level.variant_id,
                quantity=given["quantity"],
                warehouse=level.warehouse,
                reason=given["reason"],
                actor=staff(request),
            ),
            done=f"{given['quantity']} of {level.variant} received.",
            page=self.page_of(object_id),
        )

    @action(
        description="Adjust",
        icon="edit",
        permissions=["move"],
        dialog={
            "title": "Adjust stock",
            "description": "When the shelf and the book disagree.",
            "form_class": AdjustForm,
            "form_submit_text": "Adjust",
        },
    )
    def adjust(self, request: HttpRequest, form: AdjustForm, object_id: str) -> HttpResponse:
        level = StockLevel.objects.select_related("variant", "warehouse").get(pk=object_id)
        given = form.cleaned_data
        return self.perform(
            request,
            lambda: inventory.adjust_stock(
                variant_id=level.variant_id,
                change=given["change"],
                warehouse=level.warehouse,
                reason=given["reason"],
                actor=staff(request),
            ),
            done=f"{level.variant} adjusted by {given['change']:+d}.",
            page=self.page_of(object_id),
        )


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    list_display = [
        "created_at",
        "kind",
        "quantity",
        "sku",
        "place",
        "reason",
        "reference",
        "actor",
    ]
    list_filter = ["kind", "level__warehouse", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["level__variant", "level__warehouse", "actor"]
    search_fields = ["level__variant__sku", "reference", "reason"]

    @display(description="SKU", ordering="level__variant__sku")
    def sku(self, movement: Any) -> str:
        return str(movement.level.variant)

    @display(description="warehouse")
    def place(self, movement: StockMovement) -> str:
        return str(movement.level.warehouse)


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ["reference", "sku", "quantity", "state", "created_at", "closed_at"]
    list_filter = ["status"]
    list_select_related = ["level__variant"]
    search_fields = ["reference", "level__variant__sku"]
    ordering = ["-id"]

    @display(description="SKU", ordering="level__variant__sku")
    def sku(self, reservation: Any) -> str:
        return str(reservation.level.variant)

    @display(
        ordering="status", label={"held": "info", "consumed": "success", "released": "warning"}
    )
    def state(self, reservation: Reservation) -> str:
        return reservation.status


@admin.register(Warehouse)
class WarehouseAdmin(ShopAdmin):
    list_display = ["name", "code", "vendor", "is_default"]
    list_select_related = ["vendor"]
    search_fields = ["name", "code", "vendor__name"]
    prepopulated_fields = {"code": ["name"]}
    autocomplete_fields = ["vendor"]

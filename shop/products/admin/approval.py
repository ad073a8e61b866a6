"""The queue of goods that wait until staff have looked at them, and the two ways out of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from shop.core.admin import ShopAdmin, dialog_fields, staff
from shop.products import services as products
from shop.products.models import Product
from shop.products.services.approval import PERMISSION


class DeclineForm(BaseDialogForm):
    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextareaWidget)


class WaitingFilter(admin.SimpleListFilter):
    title = "approval"
    parameter_name = "waiting"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("yes", "Waits for approval")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if self.value() is None else rows.filter(submitted_at__isnull=False)


class ApprovalAdmin(ShopAdmin):
    """Approve and decline, offered on the page of a product that waits."""

    actions_detail: list[Any] = ["approve", "decline"]

    def has_approve_permission(self, request: HttpRequest, _: object = None) -> bool:
        return request.user.has_perm(PERMISSION)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        allowed: list[Any] = super().get_actions_detail(request, object_id)
        waiting = Product.objects.filter(pk=object_id, submitted_at__isnull=False)
        return allowed if waiting.exists() else []

    @action(
        description="Approve",
        icon="check_circle",
        variant=ActionVariant.SUCCESS,
        permissions=["approve"],
        dialog={
            "title": "Approve this product?",
            "description": "The public sees it from now on.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Approve",
        },
    )
    def approve(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        product = Product.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: products.approve_product(product=product, actor=staff(request)),
            done=f"{product} is approved.",
            page=self.page_of(object_id),
        )

    @action(
        description="Decline",
        icon="block",
        variant=ActionVariant.DANGER,
        permissions=["approve"],
        dialog={
            "title": "Decline this product?",
            "description": "It stays a draft; its vendor reads why.",
            "form_class": DeclineForm,
            "form_submit_text": "Decline",
        },
    )
    def decline(self, request: HttpRequest, form: DeclineForm, object_id: str) -> HttpResponse:
        product = Product.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: products.decline_product(
                product=product, actor=staff(request), **dialog_fields(form)
            ),
            done=f"{product} is declined.",
            page=self.page_of(object_id),
        )

    @admin.action(description="Approve the selected products", permissions=["approve"])
    def approve_selected(self, request: HttpRequest, selected: QuerySet[Product]) -> None:
        self.perform_each(
            request,
            selected,
            lambda product: products.approve_product(product=product, actor=staff(request)),
            done="{} products are approved.",
        )

"""Sellers and the people who act for them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from shop.core.admin import ShopAdmin
from shop.vendors.models import Vendor, VendorMember

STATES = {"approved": "success", "pending": "info", "rejected": "danger", "suspended": "warning"}


class MemberInline(TabularInline):
    model = VendorMember
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Vendor)
class VendorAdmin(ShopAdmin):
    list_display = ["name", "state", "is_house", "member_count", "product_count", "created_at"]
    list_filter = ["status", "is_house"]
    search_fields = ["name", "slug", "members__user__email"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["is_house", "created_at", "updated_at"]
    inlines = [MemberInline]

    def complete_rows(self, rows: Any) -> None:
        counts = Vendor.objects.filter(pk__in=[row.pk for row in rows]).order_by()
        members = dict(counts.values_list("pk").annotate(Count("members")))
        products = dict(counts.values_list("pk").annotate(Count("products")))
        for row in rows:
            row.member_count = members.get(row.pk, 0)
            row.product_count = products.get(row.pk, 0)

    @display(ordering="status", label=STATES)
    def state(self, vendor: Vendor) -> str:
        return vendor.status

    @display(description="members")
    def member_count(self, vendor: Any) -> int:
        return int(vendor.member_count)

    @display(description="products")
    def product_count(self, vendor: Any) -> int:
        return int(vendor.product_count)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The house vendor owns the shop's goods and never goes."""
        may_delete: bool = super().has_delete_permission(request, obj)
        return may_delete and not (isinstance(obj, Vendor) and obj.is_house)


@admin.register(VendorMember)
class VendorMemberAdmin(ShopAdmin):
    list_display = ["user", "vendor", "role", "created_at"]
    list_filter = ["role"]
    list_select_related = ["user", "vendor"]
    search_fields = ["user__email", "vendor__name"]
    autocomplete_fields = ["user", "vendor"]
    ordering = ["-id"]

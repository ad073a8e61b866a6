"""Carts: to be looked at when a shopper asks for help, never changed from here."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from unfold.decorators import display

from shop.cart.models import Cart, CartItem
from shop.core.admin import ReadOnlyAdmin, ReadOnlyInline, link_to


class CartItemInline(ReadOnlyInline):
    model = CartItem
    fields = ["item", "quantity", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartItem]:
        items: QuerySet[CartItem] = super().get_queryset(request)
        return items.select_related("variant__product")

    @display(description="goods")
    def item(self, item: CartItem) -> str:
        product = item.variant.product
        return link_to(type(product), product.pk, f"{product} · {item.variant}")


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    list_display = ["id", "user", "state", "lines", "pieces", "updated_at"]
    list_filter = ["status"]
    list_select_related = ["user"]
    search_fields = ["user__email", "items__variant__sku", "=id"]
    ordering = ["-id"]
    inlines = [CartItemInline]

    def complete_rows(self, rows: Any) -> None:
        items = CartItem.objects.filter(cart__in=[row.pk for row in rows]).order_by()
        found = items.values_list("cart").annotate(Count("id"), Sum("quantity"))
        counts = {cart: (lines, pieces) for cart, lines, pieces in found}
        for row in rows:
            row.lines, row.pieces = counts.get(row.pk, (0, 0))

    @display(ordering="status", label={"open": "info", "ordered": "success"})
    def state(self, cart: Cart) -> str:
        return cart.status

    @display(description="lines")
    def lines(self, cart: Any) -> int:
        return int(cart.lines)

    @display(description="pieces")
    def pieces(self, cart: Any) -> int:
        return int(cart.pieces)


@admin.register(CartItem)
class CartItemAdmin(ReadOnlyAdmin):
    list_display = ["id", "cart", "variant", "quantity", "updated_at"]
    list_select_related = ["cart", "variant"]
    search_fields = ["cart__user__email", "variant__sku", "variant__product__name"]
    ordering = ["-id"]

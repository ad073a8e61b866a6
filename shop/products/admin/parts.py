"""Variants, images and old addresses, each with a list of their own."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.decorators import display

from shop.core.admin import ReadOnlyAdmin, ShopAdmin, changed_fields, link_to, picture, staff
from shop.core.money import quantize
from shop.inventory import querysets as inventory
from shop.inventory.models import StockLevel
from shop.products import services as products
from shop.products.admin.forms import ImageForm, VariantForm, in_services_words
from shop.products.models import ProductImage, SlugRedirect, Variant
from shop.products.options import Options


@admin.register(Variant)
class VariantAdmin(ShopAdmin):
    form = VariantForm
    list_display = ["sku", "product", "chosen", "price", "stock", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["product"]
    search_fields = ["sku", "barcode", "product__name"]
    ordering = ["-id"]
    fields = [
        "product",
        ("sku", "barcode"),
        "options",
        ("own_price", "compare_at_price"),
        ("weight_grams", "low_stock_threshold"),
        "is_active",
        "stock_of",
    ]
    readonly_fields = ["product", "stock_of"]

    def complete_rows(self, rows: Any) -> None:
        stock = inventory.available_by_variant([row.pk for row in rows])
        for row in rows:
            row.stock = stock[row.pk]

    @display(description="options")
    def chosen(self, variant: Variant) -> str:
        return str(Options(variant.options)) or "-"

    @display(description="price")
    def price(self, variant: Variant) -> str:
        own = variant.own_price
        amount = variant.product.base_price if own is None else own
        return f"{quantize(amount, variant.product.currency):,} {variant.product.currency}"

    @display(description="stock")
    def stock(self, variant: Any) -> int:
        return int(variant.stock)

    @display(description="stock")
    def stock_of(self, variant: Variant) -> str:
        levels = StockLevel.objects.filter(variant=variant).select_related("warehouse")
        links = [
            (link_to(StockLevel, level.pk, f"{level.available} in {level.warehouse}"),)
            for level in levels
        ]
        return format_html_join(", ", "{}", links) or "none yet"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Variants are added on their product's page."""
        return False

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:
        changes = in_services_words(changed_fields(form))
        products.update_variant(variant=obj, changes=changes, actor=staff(request))

    def get_deleted_objects(self, rows: Any, request: HttpRequest) -> Any:
        texts = [f"{variant} (switched off instead if it was ever ordered)" for variant in rows]
        may_delete = self.has_delete_permission(request)
        return texts, {"variants": len(texts)}, set() if may_delete else {"variant"}, []

    def delete_model(self, request: HttpRequest, obj: Variant) -> None:
        self.delete_queryset(request, Variant.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Variant]) -> None:
        for variant in queryset:
            if not products.delete_variant(variant=variant, actor=staff(request)):
                text = f"{variant} was ordered before: it is switched off, not deleted."
                self.message_user(request, text, messages.WARNING)


@admin.register(ProductImage)
class ProductImageAdmin(ShopAdmin):
    form = ImageForm
    list_display = ["preview", "product", "alt_text", "position", "is_main", "created_at"]
    list_display_links = ["preview", "alt_text"]
    list_filter = ["is_main"]
    list_select_related = ["product"]
    search_fields = ["product__name", "alt_text", "remote_url"]
    ordering = ["-id"]
    fields = ["large", "product", "alt_text", "position", "is_main", "remote_url"]
    readonly_fields = ["large", "product", "remote_url"]

    @display(description="preview")
    def preview(self, image: ProductImage) -> str:
        return picture(image.thumbnails["small"])

    @display(description="picture")
    def large(self, image: ProductImage) -> str:
        return picture(image.thumbnails["medium"], size=320)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Images are added on their product's page."""
        return False

    def save_model(self, request: HttpRequest, obj: ProductImage, form: Any, change: bool) -> None:
        products.update_image(image=obj, changes=changed_fields(form))

    def delete_model(self, request: HttpRequest, obj: ProductImage) -> None:
        products.delete_image(image=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ProductImage]) -> None:
        for image in queryset:
            products.delete_image(image=image)


@admin.register(SlugRedirect)
class SlugRedirectAdmin(ReadOnlyAdmin):
    list_display = ["slug", "product", "category", "created_at"]
    list_select_related = ["product", "category"]
    search_fields = ["slug", "product__name", "category__name"]
    ordering = ["-id"]

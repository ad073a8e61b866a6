"""Products, with their variants and images on one page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from shop.core.admin import DaysFilter, changed_fields, money, staff
from shop.inventory import querysets as inventory
from shop.products import services as products
from shop.products.admin.approval import ApprovalAdmin, WaitingFilter
from shop.products.admin.forms import NewProductForm, ProductForm, in_services_words
from shop.products.admin.inlines import ImageInline, VariantInline, save_rows
from shop.products.models import Product, ProductImage
from shop.vendors.models import Vendor

STATES = {"active": "success", "draft": "info", "inactive": "warning", "discontinued": "danger"}


class InStockFilter(admin.SimpleListFilter):
    title = "stock"
    parameter_name = "stock"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("in", "In stock"), ("out", "Out of stock")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return rows
        stocked = inventory.product_in_stock()
        return rows.filter(stocked if self.value() == "in" else ~stocked)


@admin.register(Product)
class ProductAdmin(ApprovalAdmin):
    form = ProductForm
    list_display = ["goods", "category", "vendor", "state", "lowest", "stock", "rating", "updated"]
    list_filter = [
        "status",
        WaitingFilter,
        InStockFilter,
        ("category", AutocompleteSelectFilter),
        ("vendor", AutocompleteSelectFilter),
        ("created_at", DaysFilter),
    ]
    list_filter_submit = True
    list_select_related = ["category", "vendor"]
    search_fields = ["name", "slug", "variants__sku", "variants__barcode"]
    ordering = ["-created_at", "-id"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["category", "vendor"]
    readonly_fields = [
        *("lowest", "rating", "created_at", "updated_at"),
        *("submitted_at", "decline_reason"),
    ]
    inlines = [VariantInline, ImageInline]
    actions = ["activate", "deactivate", "approve_selected"]
    _what = ("name", ("slug", "status"), ("category", "vendor"), ("base_price", "compare_at_price"))
    _words = ("Words", {"fields": ["description", "tags"]})
    _seo = (
        "Search engines",
        {"fields": ["meta_title", "meta_description"], "classes": ["collapse"]},
    )
    fieldsets = [
        (None, {"fields": list(_what)}),
        _words,
        _seo,
        (
            "Kept by the shop",
            {
                "fields": [
                    ("lowest", "rating"),
                    ("created_at", "updated_at"),
                    ("submitted_at", "decline_reason"),
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    add_fieldsets = [(None, {"fields": [*_what, ("sku", "stock")]}), _words, _seo]

    lowest = money("price", "lowest price")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        rows: QuerySet[Product] = super().get_queryset(request)
        return rows.defer("search", "description") if _is_list(request) else rows.defer("search")

    def complete_rows(self, rows: Any) -> None:
        ids = [row.pk for row in rows]
        stock = inventory.available_by_product(ids)
        main = ProductImage.objects.filter(product__in=ids, is_main=True)
        images = {image.product_id: image for image in main}
        for row in rows:
            row.stock, row.main_image = stock[row.pk], images.get(row.pk)

    @display(description="product", header=True, ordering="name")
    def goods(self, product: Any) -> list[Any]:
        image = product.main_image
        if image is None:
            return [product.name, None, product.name[:2]]
        shown = {"path": image.thumbnails["small"], "squared": True, "width": 40, "height": 40}
        return [product.name, None, None, shown]

    @display(ordering="status", label=STATES)
    def state(self, product: Product) -> str:
        return product.status

    @display(description="stock")
    def stock(self, product: Any) -> int:
        return int(product.stock)

    @display(description="rating", ordering="average_rating")
    def rating(self, product: Product) -> str:
        if not product.review_count:
            return "-"
        return f"{product.average_rating:.1f} ★ ({product.review_count})"

    @display(description="updated", ordering="updated_at")
    def updated(self, product: Product) -> str:
        return f"{product.updated_at:%Y-%m-%d %H:%M}"

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        if obj is None:
            kw["form"] = NewProductForm
        return super().get_form(request, obj, change, **kw)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"vendor": _house_vendor_id()} | initial

    def get_inlines(self, request: HttpRequest, obj: Product | None) -> list[Any]:
        """A new product gets one variant; more of them, and pictures, are added afterwards."""
        return list(self.inlines) if obj else []

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        fields = in_services_words(changed_fields(form))
        if change:
            products.update_product(product=obj, changes=fields, actor=staff(request))
        else:
            needed = ("name", "category", "vendor", "status", "tags")
            fields |= {name: form.cleaned_data[name] for name in needed}
            fields |= {"price": form.cleaned_data["base_price"], "slug": fields.get("slug") or None}
            obj.pk = products.create_product(**fields, actor=staff(request)).pk
        obj.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Product, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_popup" in request.POST or "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        text = f"“{obj}” is made. Add its variants and pictures below."
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.page_of(obj.pk))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        save_rows(request, form.instance, formset)

    def get_deleted_objects(self, rows: Any, request: HttpRequest) -> Any:
        texts = [f"{product} (archived instead if it was ever ordered)" for product in rows]
        may_delete = self.has_delete_permission(request)
        return texts, {"products": len(texts)}, set() if may_delete else {"product"}, []

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        self.delete_queryset(request, Product.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        for product in queryset:
            if not products.delete_product(product=product, actor=staff(request)):
                text = f"“{product}” was ordered before: it is archived, not deleted."
                self.message_user(request, text, messages.WARNING)

    @admin.action(description="Put the selected products on sale", permissions=["change"])
    def activate(self, request: HttpRequest, selected: QuerySet[Product]) -> None:
        self._set_status(request, selected, Product.Status.ACTIVE)

    @admin.action(description="Take the selected products off sale", permissions=["change"])
    def deactivate(self, request: HttpRequest, selected: QuerySet[Product]) -> None:
        self._set_status(request, selected, Product.Status.INACTIVE)

    def _set_status(
        self, request: HttpRequest, selected: QuerySet[Product], status: Product.Status
    ) -> None:
        self.perform_each(
            request,
            selected,
            lambda product: products.update_product(
                product=product, changes={"status": status}, actor=staff(request)
            ),
            done=f"{{}} products are {status.value} now.",
        )


def _is_list(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")


def _house_vendor_id() -> int | None:
    return Vendor.objects.filter(is_house=True).values_list("pk", flat=True).first()

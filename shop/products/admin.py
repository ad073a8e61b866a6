"""The catalog's back office. Whatever is saved here goes through the services."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, QuerySet, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from shop.core.admin import (
    DaysFilter,
    ReadOnlyAdmin,
    ShopAdmin,
    changed_fields,
    link_to,
    money,
    picture,
)
from shop.core.money import quantize
from shop.inventory import querysets as inventory
from shop.inventory.models import StockLevel
from shop.products import services as products
from shop.products.admin_forms import (
    CategoryForm,
    ImageForm,
    NewProductForm,
    ProductForm,
    VariantForm,
)
from shop.products.models import Category, Product, ProductImage, SlugRedirect, Variant
from shop.products.options import Options
from shop.vendors.models import Vendor

STATES = {"active": "success", "draft": "info", "inactive": "warning", "discontinued": "danger"}
# What the forms call a column, in the words of the services.
OF_SERVICES = {"base_price": "price", "own_price": "price"}


def in_services_words(fields: dict[str, Any]) -> dict[str, Any]:
    return {OF_SERVICES.get(name, name): value for name, value in fields.items()}


# --- Categories -------------------------------------------------------------------------


@admin.register(Category)
class CategoryAdmin(ShopAdmin):
    """The tree, top down; deleting and moving are refused by the services where they must be."""

    form = CategoryForm
    list_display = ["path", "preview", "product_count", "slug", "position"]
    list_per_page = 200
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["parent"]
    readonly_fields = ["preview"]
    fields = ["name", "slug", "parent", "position", "description", ("image", "preview")]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        ids = Value(list(_paths()), output_field=ArrayField(BigIntegerField()))
        place = Func(ids, F("id"), function="array_position", output_field=BigIntegerField())
        return [place.asc()]

    def complete_rows(self, rows: Any) -> None:
        paths = _paths()
        found = Category.objects.filter(pk__in=[row.pk for row in rows]).order_by()
        counts = dict(found.values_list("pk").annotate(Count("products")))
        for row in rows:
            row.path, row.product_count = paths[row.pk], counts.get(row.pk, 0)

    @display(description="category")
    def path(self, category: Any) -> str:
        return str(category.path)

    @display(description="products")
    def product_count(self, category: Any) -> int:
        return int(category.product_count)

    @display(description="picture")
    def preview(self, category: Category) -> str:
        return picture(category.image.url if category.image else "")

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        fields = changed_fields(form)
        if "image" in fields:
            fields["image"] = fields["image"] or None
        if change:
            products.update_category(category=obj, changes=fields)
        else:
            fields["slug"] = fields.get("slug") or None
            obj.pk = products.create_category(**fields).pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        products.delete_category(category=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        for category in queryset:
            products.delete_category(category=category)


def _tree() -> dict[int | None, list[tuple[int, str]]]:
    """Children by parent, in their order."""
    children: dict[int | None, list[tuple[int, str]]] = {}
    rows = Category.objects.order_by("position", "name", "id")
    for pk, parent, name in rows.values_list("id", "parent_id", "name"):
        children.setdefault(parent, []).append((pk, name))
    return children


def _paths() -> dict[int, str]:
    """ "Clothing › Men › Shirts" by id, in the order of the tree."""
    tree = _tree()
    paths: dict[int, str] = {}
    waiting = [(pk, name) for pk, name in reversed(tree.get(None, []))]
    while waiting:
        pk, path = waiting.pop()
        paths[pk] = path
        waiting += [(child, f"{path} › {name}") for child, name in reversed(tree.get(pk, []))]
    return paths


# --- Products ---------------------------------------------------------------------------


class VariantInline(TabularInline):
    model = Variant
    form = VariantForm
    extra = 0
    fields = ["sku", "options", "own_price", "compare_at_price", "stock", "is_active"]
    show_change_link = True
    verbose_name_plural = "variants"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        variants: QuerySet[Variant] = super().get_queryset(request)
        return variants.annotate(available=inventory.available_of_variant())


class ImageInline(TabularInline):
    model = ProductImage
    form = ImageForm
    extra = 0
    fields = ["preview", "file", "address", "alt_text", "position", "is_main"]
    readonly_fields = ["preview"]
    verbose_name_plural = "images"

    @display(description="preview")
    def preview(self, image: ProductImage) -> str:
        return picture(image.thumbnails["small"] if image.pk else "", size=64)


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
class ProductAdmin(ShopAdmin):
    form = ProductForm
    list_display = ["goods", "category", "vendor", "state", "lowest", "stock", "rating", "updated"]
    list_filter = [
        "status",
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
    readonly_fields = ["lowest", "rating", "created_at", "updated_at"]
    inlines = [VariantInline, ImageInline]
    actions = ["activate", "deactivate"]
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
                "fields": [("lowest", "rating"), ("created_at", "updated_at")],
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
            products.update_product(product=obj, changes=fields, actor=request.user)
        else:
            needed = ("name", "category", "vendor", "status", "tags")
            fields |= {name: form.cleaned_data[name] for name in needed}
            fields |= {"price": form.cleaned_data["base_price"], "slug": fields.get("slug") or None}
            obj.pk = products.create_product(**fields, actor=request.user).pk
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
        """The services write each row. Without commit, saving only sorts the rows."""
        formset.save(commit=False)
        is_image = formset.model is ProductImage
        new = [row for row in formset.forms if row.instance in formset.new_objects]
        changed = [instance for instance, _ in formset.changed_objects]
        old = [row for row in formset.forms if row.instance in changed]
        # New rows first: the last variant can be replaced, which may not be deleted.
        for row in new:
            (_add_image if is_image else _add_variant)(request, form.instance, row)
        for row in old:
            (_change_image if is_image else _change_variant)(request, row)
        for gone in formset.deleted_objects:
            if is_image:
                products.delete_image(image=gone)
            elif not products.delete_variant(variant=gone, actor=request.user):
                text = f"{gone} was ordered before: it is switched off instead of deleted."
                self.message_user(request, text, messages.WARNING)

    def get_deleted_objects(self, rows: Any, request: HttpRequest) -> Any:
        texts = [f"{product} (archived instead if it was ever ordered)" for product in rows]
        may_delete = self.has_delete_permission(request)
        return texts, {"products": len(texts)}, set() if may_delete else {"product"}, []

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        self.delete_queryset(request, Product.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        for product in queryset:
            if not products.delete_product(product=product, actor=request.user):
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
                product=product, changes={"status": status}, actor=request.user
            ),
            done=f"{{}} products are {status.value} now.",
        )


def _is_list(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")


def _house_vendor_id() -> int | None:
    return Vendor.objects.filter(is_house=True).values_list("pk", flat=True).first()


def _add_variant(request: HttpRequest, product: Product, row: Any) -> None:
    given = in_services_words(changed_fields(row))
    given |= {"options": row.cleaned_data["options"], "stock": row.cleaned_data["stock"] or 0}
    is_active = given.pop("is_active", True)
    given["sku"] = given.get("sku") or None
    variant = products.create_variant(product=product, **given, actor=request.user)
    if not is_active:
        products.update_variant(variant=variant, changes={"is_active": False}, actor=request.user)


def _change_variant(request: HttpRequest, row: Any) -> None:
    changes = in_services_words(changed_fields(row))
    products.update_variant(variant=row.instance, changes=changes, actor=request.user)


def _add_image(request: HttpRequest, product: Product, row: Any) -> None:
    given = changed_fields(row)
    products.add_image(product=product, remote_url=given.pop("address", ""), **given)


def _change_image(request: HttpRequest, row: Any) -> None:
    products.update_image(image=row.instance, changes=changed_fields(row))


# --- Variants, images, old addresses ----------------------------------------------------


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
        products.update_variant(variant=obj, changes=changes, actor=request.user)

    def get_deleted_objects(self, rows: Any, request: HttpRequest) -> Any:
        texts = [f"{variant} (switched off instead if it was ever ordered)" for variant in rows]
        may_delete = self.has_delete_permission(request)
        return texts, {"variants": len(texts)}, set() if may_delete else {"variant"}, []

    def delete_model(self, request: HttpRequest, obj: Variant) -> None:
        self.delete_queryset(request, Variant.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Variant]) -> None:
        for variant in queryset:
            if not products.delete_variant(variant=variant, actor=request.user):
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

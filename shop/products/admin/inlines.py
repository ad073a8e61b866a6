"""The variants and images on a product's page, each row written by the services."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from shop.core.admin import changed_fields, link_to, picture, staff
from shop.inventory import querysets as inventory
from shop.products import services as products
from shop.products.admin.forms import ImageForm, VariantForm, in_services_words
from shop.products.models import Product, ProductImage, Variant


class VariantInline(TabularInline):
    model = Variant
    form = VariantForm
    extra = 0
    fields = ["sku", "options", "own_price", "compare_at_price", "stock", "is_active", "more"]
    readonly_fields = ["more"]
    hide_title = True
    verbose_name_plural = "variants"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        variants: QuerySet[Variant] = super().get_queryset(request)
        return variants.annotate(available=inventory.available_of_variant())

    @display(description="more")
    def more(self, variant: Variant) -> str:
        """To the page with its barcode, weight and stock."""
        return link_to(Variant, variant.pk, "Details") if variant.pk else ""


class ImageInline(TabularInline):
    model = ProductImage
    form = ImageForm
    extra = 0
    fields = ["preview", "file", "address", "alt_text", "position", "is_main"]
    readonly_fields = ["preview"]
    hide_title = True
    verbose_name_plural = "images"

    @display(description="preview")
    def preview(self, image: ProductImage) -> str:
        return picture(image.thumbnails["small"] if image.pk else "", size=64)


def save_rows(request: HttpRequest, product: Product, formset: Any) -> None:
    """Add, change and delete what the formset of one of the inlines says."""
    # Without commit, saving only sorts the rows.
    formset.save(commit=False)
    is_image = formset.model is ProductImage
    new = [row for row in formset.forms if row.instance in formset.new_objects]
    changed = [instance for instance, _ in formset.changed_objects]
    old = [row for row in formset.forms if row.instance in changed]
    # New rows first: the last variant can be replaced, which may not be deleted.
    for row in new:
        (_add_image if is_image else _add_variant)(request, product, row)
    for row in old:
        (_change_image if is_image else _change_variant)(request, row)
    for gone in formset.deleted_objects:
        if is_image:
            products.delete_image(image=gone)
        elif not products.delete_variant(variant=gone, actor=staff(request)):
            text = f"{gone} was ordered before: it is switched off instead of deleted."
            messages.warning(request, text)


def _add_variant(request: HttpRequest, product: Product, row: Any) -> None:
    given = in_services_words(changed_fields(row))
    given |= {"options": row.cleaned_data["options"], "stock": row.cleaned_data["stock"] or 0}
    is_active = given.pop("is_active", True)
    given["sku"] = given.get("sku") or None
    variant = products.create_variant(product=product, **given, actor=staff(request))
    if not is_active:
        products.update_variant(variant=variant, changes={"is_active": False}, actor=staff(request))


def _change_variant(request: HttpRequest, row: Any) -> None:
    changes = in_services_words(changed_fields(row))
    products.update_variant(variant=row.instance, changes=changes, actor=staff(request))


def _add_image(request: HttpRequest, product: Product, row: Any) -> None:
    given = changed_fields(row)
    products.add_image(product=product, remote_url=given.pop("address", ""), **given)


def _change_image(request: HttpRequest, row: Any) -> None:
    products.update_image(image=row.instance, changes=changed_fields(row))

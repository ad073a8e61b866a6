"""The forms behind the catalog's admin pages. They check shapes; the services write."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from shop.inventory.services import MAX_QUANTITY
from shop.products.errors import OptionsNotAcceptable
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.options import normalize

# What the forms call a column, in the words of the services.
OF_SERVICES = {"base_price": "price", "own_price": "price"}


def in_services_words(fields: dict[str, Any]) -> dict[str, Any]:
    return {OF_SERVICES.get(name, name): value for name, value in fields.items()}


class TagsField(forms.CharField):
    """Tags between commas."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [word.strip() for word in str(value or "").split(",")]
        tags = list(dict.fromkeys(word for word in words if word))
        if any(len(tag) > 50 for tag in tags):
            raise ValidationError("A tag has at most 50 characters.")
        return tags

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)


class OptionsField(forms.CharField):
    """One option per line, "size: M"."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{name}: {choice}" for name, choice in value.items())
        return value

    def to_python(self, value: Any) -> Any:
        lines = [line for line in str(value or "").splitlines() if line.strip()]
        if any(":" not in line for line in lines):
            raise ValidationError('Write one option per line, such as "size: M".')
        pairs = [line.split(":", 1) for line in lines]
        try:
            options = normalize(dict(pairs))
        except OptionsNotAcceptable as refusal:
            raise ValidationError(str(refusal)) from None
        if len(options) < len(pairs):
            raise ValidationError("An option stands twice.")
        return options

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return dict(initial or {}) != self.to_python(data)
        except ValidationError:
            return True


class LeftToServices(forms.ModelForm):  # type: ignore[type-arg]
    """Constraints are the database's affair: the services say in words what it refuses."""

    def validate_constraints(self) -> None: ...


class CategoryForm(LeftToServices):
    slug = forms.SlugField(
        max_length=150,
        required=False,
        help_text="Empty: made from the name. A changed one leaves a redirect.",
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Category
        fields = ["name", "slug", "parent", "position", "description", "image"]

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or self.instance.slug


class ProductForm(LeftToServices):
    tags = TagsField(required=False, help_text="Between commas.")
    slug = forms.SlugField(
        max_length=220,
        required=False,
        help_text="Empty: made from the name. A changed one leaves a redirect.",
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Product
        fields = [
            *("name", "slug", "category", "vendor", "status", "base_price", "compare_at_price"),
            *("description", "tags", "meta_title", "meta_description"),
        ]
        labels = {"base_price": "Price"}

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or self.instance.slug


class NewProductForm(ProductForm):
    sku = forms.CharField(
        max_length=100,
        required=False,
        label="SKU",
        help_text="Empty: one is made up.",
        widget=UnfoldAdminTextInputWidget,
    )
    stock = forms.IntegerField(
        min_value=0,
        max_value=MAX_QUANTITY,
        required=False,
        help_text="How many there are now.",
        widget=UnfoldAdminIntegerFieldWidget,
    )


class VariantForm(LeftToServices):
    options = OptionsField(required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))
    sku = forms.CharField(
        max_length=100, required=False, label="SKU", widget=UnfoldAdminTextInputWidget
    )
    stock = forms.IntegerField(
        min_value=0,
        max_value=MAX_QUANTITY,
        required=False,
        label="In stock",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Variant
        fields = [
            *("sku", "options", "own_price", "compare_at_price", "barcode", "weight_grams"),
            *("low_stock_threshold", "is_active"),
        ]
        labels = {"own_price": "Own price", "is_active": "Active"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "stock" in self.fields:
            # Stock that is there is received and adjusted with a reason, on its own pages.
            self.fields["stock"].disabled = True
            self.initial["stock"] = getattr(self.instance, "available", None)

    def clean_sku(self) -> str:
        return self.cleaned_data["sku"] or self.instance.sku


class Nothing(forms.Widget):
    """For fields that a row no longer offers."""

    def render(self, *_: Any, **__: Any) -> SafeString:
        return SafeString("")


class ImageForm(LeftToServices):
    address = forms.URLField(
        max_length=500,
        required=False,
        assume_scheme="https",
        label="Or address",
        widget=UnfoldAdminURLInputWidget,
    )

    class Meta:
        model = ProductImage
        fields = ["file", "alt_text", "position", "is_main"]
        labels = {"file": "Upload", "is_main": "Main"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["address"] = self.instance.remote_url
        if self.instance.pk:
            # Another picture is another row: addresses of pictures never change.
            for name in {"file", "address"} & self.fields.keys():
                self.fields[name].disabled = True
                self.fields[name].widget = Nothing()

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if given is None or self.instance.pk or self.errors:
            return given
        if bool(given.get("file")) == bool(given.get("address")):
            raise ValidationError("Give either a file or an address.")
        return given

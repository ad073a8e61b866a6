"""The shapes of requests and answers about rates of commission."""

import re
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shop.commissions.models import CommissionRule
from shop.core.money import ZERO, quantize
from shop.products.fields import CategoryReferenceField, PriceField, ReferenceField
from shop.products.models import Category, Product
from shop.vendors.models import Vendor

_PERCENT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


class AnyVendorField(ReferenceField):
    """Also one that may not sell yet, or not at the moment: terms are agreed on before."""

    default_error_messages = {"does_not_exist": "There is no such vendor."}

    def among(self) -> QuerySet[Vendor]:
        return Vendor.objects.all()


class CategoryField(CategoryReferenceField):
    def among(self) -> QuerySet[Category]:
        return Category.objects.all()


class ProductField(ReferenceField):
    default_error_messages = {"does_not_exist": "There is no such product."}

    def among(self) -> QuerySet[Product]:
        return Product.objects.defer("search")


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,2})?$"},
            {"type": "number", "minimum": 0, "maximum": 100},
        ]
    }
)
class PercentField(serializers.DecimalField):
    """0 to 100, as a string or a number, with at most two digits after the point."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"max_digits": 5, "decimal_places": 2}
        super().__init__(**kwargs, min_value=Decimal(0), max_value=Decimal(100))

    def to_internal_value(self, data: Any) -> Decimal:
        is_number = isinstance(data, int | Decimal) and not isinstance(data, bool)
        if not is_number and not (isinstance(data, str) and _PERCENT.fullmatch(data)):
            self.fail("invalid")
        percent: Decimal = super().to_internal_value(data)
        return percent


class RateInput(serializers.Serializer[Any]):
    vendor = AnyVendorField(help_text="Slug or id.")
    percent = PercentField(help_text="Of each line.")
    fee = PriceField(default=ZERO, help_text="For each piece, in the shop's currency.")
    category = CategoryField(
        required=False, allow_null=True, help_text="Slug or id: for it and what is below it."
    )
    product = ProductField(required=False, allow_null=True, help_text="Slug or id: for it alone.")
    valid_from = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not in the past. Without it: now."
    )
    valid_to = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Without it: until another takes its place."
    )


class EndInput(serializers.Serializer[Any]):
    valid_to = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not in the past. Without it: now."
    )


class RateParameters(serializers.Serializer[Any]):
    vendor = AnyVendorField(required=False, help_text="Slug or id: only its rates.")


class RatedOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class RateActorOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.CharField()


class VendorRateOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    category = RatedOutput(allow_null=True)
    product = RatedOutput(allow_null=True, help_text="Both null: for all that the vendor sells.")
    percent = serializers.CharField(help_text="Of each line.")
    fee = serializers.CharField(help_text="For each piece.")
    currency = serializers.CharField()
    valid_from = serializers.DateTimeField()
    valid_to = serializers.DateTimeField(allow_null=True)


class RateOutput(VendorRateOutput):
    vendor = RatedOutput()
    actor = RateActorOutput()
    created_at = serializers.DateTimeField()


def vendor_rate_answer(rule: CommissionRule) -> dict[str, Any]:
    """A rate as `VendorRateOutput` describes it."""
    return {
        "id": rule.pk,
        "category": rule.category and _named(rule.category),
        "product": rule.product and _named(rule.product),
        "percent": str(rule.percent.quantize(Decimal("0.01"))),
        "fee": str(quantize(rule.fee, settings.SHOP_CURRENCY)),
        "currency": settings.SHOP_CURRENCY,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
    }


def rate_answer(rule: CommissionRule) -> dict[str, Any]:
    """A rate as `RateOutput` describes it."""
    return {
        **vendor_rate_answer(rule),
        "vendor": _named(rule.vendor),
        "actor": {"id": rule.actor_id, "email": rule.actor.email},
        "created_at": rule.created_at,
    }


def _named(row: Category | Product | Vendor) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "slug": row.slug}

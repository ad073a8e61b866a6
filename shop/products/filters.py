"""The query string of the product list, checked and turned into a queryset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from shop.core.exports import ExportParameters
from shop.core.inputs import fields_of
from shop.products import querysets
from shop.products.models import Product
from shop.vendors.models import Vendor

OPTION = "option."


@extend_schema_field(
    {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,3})?$"}
)
class _Amount(serializers.DecimalField):
    """Of money, in a query."""


@extend_schema_field(
    {"type": "string", "format": "decimal", "pattern": r"^([0-4](\.[0-9]{1,2})?|5(\.0{1,2})?)$"}
)
class _Stars(serializers.DecimalField):
    """0 to 5, in a query."""


class _Filters(serializers.Serializer[Any]):
    """What every list of products can be asked for. Empty values count as not given."""

    empty_is_absent = True

    category = serializers.CharField(
        required=False,
        max_length=150,
        help_text="Slug or id; goods of its descendants included. Unknown: 400 `does_not_exist`.",
    )
    min_price = _Amount(required=False, max_digits=12, decimal_places=3, min_value=0)
    max_price = _Amount(required=False, max_digits=12, decimal_places=3, min_value=0)
    size = serializers.CharField(
        required=False, max_length=100, help_text="The same as `option.size`."
    )
    rating = _Stars(
        required=False,
        max_digits=3,
        decimal_places=2,
        min_value=0,
        max_value=5,
        help_text="The average rating is at least this.",
    )
    in_stock = serializers.BooleanField(
        required=False, help_text="With options: whether a variant with these options is."
    )
    tag = serializers.CharField(required=False, max_length=50)
    search = serializers.CharField(
        required=False,
        max_length=200,
        help_text='Words in name and description: `oak table`, `"oak table"`, `table -oak`.',
    )
    ordering = serializers.ChoiceField(
        [*querysets.ORDERINGS, "relevance"],
        required=False,
        help_text="`relevance` (needs `search`, and is its default) or, else, newest first.",
    )


class ProductFilters(_Filters):
    vendor = serializers.CharField(
        required=False, max_length=100, help_text="Slug or id. Unknown: 400 `does_not_exist`."
    )
    status = serializers.ChoiceField(
        Product.Status.choices, required=False, help_text="For staff; others see what is active."
    )
    submitted = serializers.BooleanField(
        required=False,
        help_text="For staff: whether it waits for approval; who has waited longest comes first.",
    )
    facets = serializers.BooleanField(
        required=False,
        help_text="Adds how many products each value of a filter would leave, of those that "
        "fulfil all other filters.",
    )


class OwnProductFilters(_Filters):
    status = serializers.ChoiceField(Product.Status.choices, required=False)
    needs_approval = serializers.BooleanField(
        required=False, help_text="Whether it waits until staff have looked at it."
    )


class ProductExportFilters(ExportParameters, ProductFilters):
    ordering = None  # type: ignore[assignment]  # takes the field out
    facets = None  # type: ignore[assignment]


class OwnProductExportFilters(ExportParameters, OwnProductFilters):
    ordering = None  # type: ignore[assignment]


class _OptionValue(serializers.Serializer[Any]):
    value = serializers.CharField(max_length=100)


OPTION_PARAMETER = OpenApiParameter(
    "option.color",
    str,
    description="`option.<name>` for any option: goods with such a variant. "
    "Several options ask for one variant that has them all.",
)

FOR_STAFF = ("status", "submitted")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Those of the products `among` that are `wanted`, in which order, and whether with facets."""

    among: QuerySet[Product]
    wanted: querysets.Wanted
    order: querysets.Order
    with_facets: bool = False

    @property
    def products(self) -> QuerySet[Product]:
        return querysets.matching(self.among, self.wanted)


def products_for(user: querysets.Somebody, query: Mapping[str, str]) -> Asked:
    """As `products_asked_for`, with what `user` may ask for."""
    # The right is asked of the database, so only where it matters.
    is_staff_only = any(name in query for name in FOR_STAFF)
    any_status = is_staff_only and user.has_perm("products.view_product")
    return products_asked_for(query, any_status=any_status)


def products_asked_for(query: Mapping[str, str], *, any_status: bool) -> Asked:
    """The products that the query string asks for, and in which order.

    Raises `ValidationError` naming every bad parameter; unknown ones are ignored, and so
    are those `FOR_STAFF` unless `any_status`.
    """
    asked = _checked(query, ProductFilters, ignore=() if any_status else FOR_STAFF)
    status, submitted = asked.get("status"), asked.get("submitted")
    is_public = status is None and not submitted
    products = querysets.listed() if is_public else Product.objects.all()
    products = querysets.in_state(products, status=status, submitted=submitted)
    if submitted and not asked.keys() & {"ordering", "search"}:
        return _asked(products, asked, querysets.LONGEST_WAITING)
    return _asked(products, asked)


def own_products_asked_for(query: Mapping[str, str], vendor: Vendor) -> Asked:
    """As `products_asked_for`, of all the goods of `vendor`, whatever their status."""
    asked = _checked(query, OwnProductFilters)
    products = querysets.in_state(
        Product.objects.filter(vendor=vendor),
        status=asked.get("status"),
        submitted=asked.get("needs_approval"),
    )
    return _asked(products, asked)


def products_to_export(query: Mapping[str, str]) -> tuple[QuerySet[Product], str]:
    """The products that the query string asks for, whatever their status, and the file's format."""
    asked = _checked(query, ProductExportFilters)
    return _to_export(Product.objects.all(), asked, submitted=asked.get("submitted"))


def own_products_to_export(
    query: Mapping[str, str], vendor: Vendor
) -> tuple[QuerySet[Product], str]:
    """As `products_to_export`, of the goods of `vendor`."""
    asked = _checked(query, OwnProductExportFilters)
    own = Product.objects.filter(vendor=vendor)
    return _to_export(own, asked, submitted=asked.get("needs_approval"))


def _to_export(
    products: QuerySet[Product], asked: Mapping[str, Any], *, submitted: bool | None
) -> tuple[QuerySet[Product], str]:
    found = querysets.in_state(products, status=asked.get("status"), submitted=submitted)
    return querysets.matching(found, _wanted(asked)), asked.get("file_format", "csv")


def _asked(
    products: QuerySet[Product], asked: Mapping[str, Any], order: querysets.Order | None = None
) -> Asked:
    return Asked(
        among=products,
        wanted=_wanted(asked),
        order=order or querysets.order_of(asked.get("ordering"), search=asked.get("search")),
        with_facets=asked.get("facets", False),
    )


def _wanted(asked: Mapping[str, Any]) -> querysets.Wanted:
    return querysets.Wanted(
        category_ids=asked.get("category"),
        vendor_id=asked.get("vendor"),
        min_price=asked.get("min_price"),
        max_price=asked.get("max_price"),
        options=_options(asked),
        min_rating=asked.get("rating"),
        in_stock=asked.get("in_stock"),
        tag=asked.get("tag"),
        search=asked.get("search"),
    )


def _checked(
    query: Mapping[str, str],
    shape: type[serializers.Serializer[Any]],
    *,
    ignore: Sequence[str] = (),
) -> dict[str, Any]:
    """The value of each parameter that is given; `category` as ids, `vendor` as an id."""
    # Lists are hot: only what is given is looked at, by fields that are made once.
    fields = fields_of(shape)
    values: dict[str, Any] = {}
    problems: dict[str, list[ErrorDetail]] = {}
    for name, raw in query.items():
        is_option = name.startswith(OPTION)
        field = fields_of(_OptionValue)["value"] if is_option else fields.get(name)
        if field is None or name in ignore or not raw.strip():
            continue
        try:
            values[name] = _LOOK_UPS.get(name, _as_it_is)(field.run_validation(raw))
        except ValidationError as error:
            problems[name] = _details(error)
    if values.get("ordering") == "relevance" and "search" not in values:
        problems.setdefault("ordering", [ErrorDetail("Relevance needs a search.", "invalid")])
    if problems:
        raise ValidationError(problems)
    return values


def _options(values: Mapping[str, Any]) -> dict[str, str]:
    options = {
        name.removeprefix(OPTION).strip().lower(): value
        for name, value in values.items()
        if name.startswith(OPTION)
    }
    return options | ({"size": values["size"]} if "size" in values else {})


def _category_ids(category: str) -> list[int]:
    ids = querysets.subtree_ids(category)
    if not ids:
        raise ValidationError("There is no such category.", "does_not_exist")
    return ids


def _vendor_id(vendor: str) -> int:
    found = querysets.vendor_id_of(vendor)
    if found is None:
        raise ValidationError("There is no such vendor.", "does_not_exist")
    return found


def _as_it_is(value: Any) -> Any:
    return value


_LOOK_UPS: dict[str, Callable[[Any], Any]] = {"category": _category_ids, "vendor": _vendor_id}


def _details(error: ValidationError) -> list[ErrorDetail]:
    """One code for whatever is wrong with a value; the look-ups have codes of their own."""
    details = cast("list[ErrorDetail]", error.detail)
    return [
        detail if detail.code == "does_not_exist" else ErrorDetail(detail, "invalid")
        for detail in details
    ]

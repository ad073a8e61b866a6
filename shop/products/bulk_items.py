"""The items of a bulk request about products: those of single requests, with an `action`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from shop.core.bulk import Fates, without_repetitions
from shop.core.bulk_items import (
    BulkInput,
    BulkOutput,
    Items,
    ItemsField,
    Json,
    RawItem,
    ResultOutput,
    bulk_json,
    checked_items,
)
from shop.core.errors import NotFound
from shop.core.references import key_of
from shop.inventory.serializers import ReferenceField as RawReference
from shop.products.fields import ReferenceField
from shop.products.models import Product
from shop.products.serializers import (
    Input,
    OwnProductInput,
    ProductFields,
    ProductInput,
)
from shop.products.services import Archive, Change, Create, NewProduct, Update
from shop.vendors.models import Vendor


class ProductCreateItem(ProductInput):
    action = serializers.ChoiceField(["create"])


class ProductUpdateItem(ProductFields):
    """Changes of a product's own fields: what is not sent stays as it is."""

    action = serializers.ChoiceField(["update"])
    product = RawReference(max_length=220, help_text="Slug or id.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for name in fields.keys() - {"action", "product"}:
            fields[name].required = False
        return fields


class ProductArchiveItem(Input):
    action = serializers.ChoiceField(["archive"])
    product = RawReference(max_length=220, help_text="Slug or id.")


class OwnProductCreateItem(OwnProductInput):
    action = serializers.ChoiceField(["create"])


class OwnProductUpdateItem(ProductUpdateItem):
    vendor = None  # type: ignore[assignment]  # takes the field out


Shapes = Mapping[str, type[serializers.Serializer[Any]]]
SHAPES: Shapes = {
    "create": ProductCreateItem,
    "update": ProductUpdateItem,
    "archive": ProductArchiveItem,
}
OWN_SHAPES: Shapes = {
    "create": OwnProductCreateItem,
    "update": OwnProductUpdateItem,
    "archive": ProductArchiveItem,
}


def _one_of(name: str, shapes: Shapes) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name=name, serializers=dict(shapes), resource_type_field_name="action"
    )


@extend_schema_field(_one_of("ProductBulkItem", SHAPES))
class _Item(RawItem):
    pass


@extend_schema_field(_one_of("OwnProductBulkItem", OWN_SHAPES))
class _OwnItem(RawItem):
    pass


class ProductBulkInput(BulkInput):
    items = ItemsField(child=_Item())


class OwnProductBulkInput(BulkInput):
    items = ItemsField(child=_OwnItem())


class ProductBulkReference(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class ProductBulkResultOutput(ResultOutput):
    status = serializers.ChoiceField(["created", "updated", "archived", "failed"])
    product = ProductBulkReference(allow_null=True)


class ProductBulkOutput(BulkOutput):
    results = ProductBulkResultOutput(many=True)


def changes_asked_for(
    raw: Sequence[Any],
    shapes: Shapes,
    *,
    find: Callable[[Iterable[Any]], Mapping[int | str, Product]],
    vendor: Callable[[], Vendor],
) -> tuple[dict[int, Change], Items]:
    """What the items mean, and which of them were refused already.

    `find` is `found_among` of what the caller may change; `vendor` is whose a new product is that
    names nobody.
    """
    own = {action: shape() for action, shape in shapes.items()}
    for shape in own.values():
        for name, field in shape.fields.items():
            if isinstance(field, ReferenceField):
                field.look_up(one.get(name) for one in raw if isinstance(one, dict))
    items = checked_items(raw, lambda one: own.get(_text(one.get("action"))), chosen_by="action")
    products = find(one["product"] for one in items.values.values() if "product" in one)
    named = {
        index: products.get(key_of(one["product"]) or "")
        for index, one in items.values.items()
        if "product" in one
    }
    items.refuse({i: NotFound(attr="product") for i, found in named.items() if found is None})
    items.refuse(without_repetitions({i: found and found.pk for i, found in named.items()}))
    return {
        index: _change(one, named.get(index), vendor) for index, one in items.values.items()
    }, items


def found_among(products: QuerySet[Product], named: Iterable[Any]) -> Mapping[int | str, Product]:
    """Those of `products` that are named, by id and by slug."""
    keys = {key for value in named if (key := key_of(value)) is not None}
    slugs = [key for key in keys if isinstance(key, str)]
    ids = [key for key in keys if isinstance(key, int)]
    rows = products.only("pk", "name", "slug").filter(Q(slug__in=slugs) | Q(pk__in=ids))
    return {key: row for row in rows for key in (row.pk, row.slug)}


def _change(one: Json, product: Product | None, vendor: Callable[[], Vendor]) -> Change:
    given = dict(one)
    action = given.pop("action")
    given.pop("product", None)
    if product is None:
        given.setdefault("vendor", None)
        given["vendor"] = given["vendor"] or vendor()
        return Create(NewProduct(**given))
    return Archive(product) if action == "archive" else Update(product, given)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def fates_json(fates: Fates[Product], changes: Mapping[int, Change]) -> Json:
    """In the shape of `ProductBulkOutput`."""
    return bulk_json(
        fates,
        lambda index, product: {
            "status": changes[index].done,
            "product": {"id": product.pk, "name": product.name, "slug": product.slug},
        },
        {"product": None},
    )

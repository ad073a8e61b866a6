"""The category tree."""

from typing import Any

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, QuerySet, Value
from django.http import HttpRequest
from unfold.decorators import display

from shop.core.admin import ShopAdmin, changed_fields, picture
from shop.products import services as products
from shop.products.admin.forms import CategoryForm
from shop.products.models import Category


@admin.register(Category)
class CategoryAdmin(ShopAdmin):
    """The tree, top down; deleting and moving are refused by the services where they must be."""

    form = CategoryForm
    list_display = ["path", "preview", "product_count", "slug"]
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

"""The category tree, as staff change it."""

from typing import Any

import strawberry
from strawberry_django.optimizer import optimize

from shop.accounts.graphql_parts import DonePayload
from shop.core import references
from shop.core.graphql.inputs import checked, given, named, reference
from shop.products import models, services
from shop.products.graphql_inputs import CategoryChanges, CategoryInput
from shop.products.graphql_parts import Category
from shop.products.graphql_rights import writer
from shop.products.serializers import CategoryInput as CategoryShape
from shop.products.serializers import CategoryPatch


@strawberry.type
class CategoryPayload:
    category_id: strawberry.Private[int]

    @strawberry.field(description="As it is now.")
    def category(self, info: strawberry.Info) -> Category:
        found: Any = references.get(optimize(models.Category.objects.all(), info), self.category_id)
        return found  # type: ignore[no-any-return]


def _category(given_id: str) -> models.Category:
    return references.get(models.Category.objects.all(), reference("Category", given_id))


def _changes(wanted: CategoryChanges) -> dict[str, Any]:
    asked = named(given(wanted), parent="Category")
    removes_image = asked.pop("remove_image")
    return checked(CategoryPatch, asked | ({"image": None} if removes_image else {}))


@strawberry.type
class CategoryMutation:
    @strawberry.mutation(description="Below `parent`, or at the top without one. For staff.")
    def create_category(
        self,
        info: strawberry.Info,
        input: CategoryInput,  # noqa: A002
    ) -> CategoryPayload | None:
        writer(info, "products.add_category")
        fields = checked(CategoryShape, named(given(input), parent="Category"))
        return CategoryPayload(category_id=services.create_category(**fields).pk)

    @strawberry.mutation(description="What is left out stays. For staff.")
    def update_category(
        self,
        info: strawberry.Info,
        category: strawberry.ID,
        input: CategoryChanges,  # noqa: A002
    ) -> CategoryPayload | None:
        writer(info, "products.change_category")
        found = _category(category)
        services.update_category(category=found, changes=_changes(input))
        return CategoryPayload(category_id=found.pk)

    @strawberry.mutation(description="Only one without products and subcategories. For staff.")
    def delete_category(self, info: strawberry.Info, category: strawberry.ID) -> DonePayload | None:
        writer(info, "products.delete_category")
        services.delete_category(category=_category(category))
        return DonePayload()

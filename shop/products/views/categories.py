from typing import Any, cast

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shop.core import references
from shop.core.errors import NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.parsers import StrictJSONParser
from shop.products import category_answers, errors, examples, querysets, services
from shop.products.expansions import CATEGORY
from shop.products.models import Category
from shop.products.outputs import CategoryListItemOutput, CategoryListParameters, CategoryOutput
from shop.products.permissions import StaffWrite
from shop.products.serializers import CategoryInput, CategoryPatch
from shop.products.views.bodies import checked
from shop.products.views.old_slugs import FollowsOldSlugs

TAGS = ["Categories"]


class CategoryViewSet(OncePerKey, FollowsOldSlugs, GenericViewSet[Category]):
    """The category tree; everybody reads, staff write."""

    queryset = Category.objects.all()
    serializer_class = CategoryOutput
    permission_classes = [StaffWrite]
    parser_classes = [StrictJSONParser, MultiPartParser]
    lookup_field = "slug"

    def hold(self, request: Request, **named: Any) -> None:
        category = references.get(Category.objects.only("pk"), named["slug"])
        services.hold_category(category_id=category.pk)

    expansions = {"list": {"parent": CATEGORY}, "retrieve": {"parent": CATEGORY}}

    @documented(
        "List categories",
        response=CategoryListItemOutput(many=True),
        example=examples.CATEGORY,
        parameters=[CategoryListParameters],
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        """Flat and in pages; with `tree=true` nested and whole."""
        asked = CategoryListParameters(data=request.query_params)
        asked.is_valid(raise_exception=True)
        if asked.validated_data.get("tree"):
            tree = category_answers.tree()
            return Response({"count": len(tree), "next": None, "previous": None, "results": tree})
        page = self.paginate_queryset(cast("Any", category_answers.CategoryList()))
        return self.get_paginated_response(page)

    @documented(
        "Show a category",
        response=CategoryOutput,
        example=examples.CATEGORY,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """By slug or id. A slug of former times answers 301 with the present address."""
        return Response(category_answers.category(slug))

    @documented(
        "Create a category",
        request=CategoryInput,
        body=examples.CATEGORY_INPUT,
        response=CategoryOutput,
        example=examples.CATEGORY,
        status=201,
        refuses=[errors.SlugTaken],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """Below `parent`, or at the top without one. An image comes as `multipart/form-data`."""
        category = services.create_category(**checked(CategoryInput, request))
        return Response(category_answers.category(str(category.pk)), status=201)

    @documented(
        "Replace a category's fields",
        request=CategoryInput,
        body=examples.CATEGORY_INPUT,
        response=CategoryOutput,
        example=examples.CATEGORY,
        refuses=[NotFound, errors.CategoryCycle, errors.SlugTaken],
        tags=TAGS,
    )
    def update(self, request: Request, slug: str) -> Response:
        """Optional fields left out stay."""
        return self._change(request, slug, CategoryInput)

    @documented(
        "Change a category",
        request=CategoryPatch,
        body={"parent": None},
        response=CategoryOutput,
        example=examples.CATEGORY | {"parent": None},
        refuses=[NotFound, errors.CategoryCycle, errors.SlugTaken],
        tags=TAGS,
    )
    def partial_update(self, request: Request, slug: str) -> Response:
        """Another `parent` moves it with everything below it; null moves it to the top."""
        return self._change(request, slug, CategoryPatch)

    @documented(
        "Delete a category", status=204, refuses=[NotFound, errors.CategoryInUse], tags=TAGS
    )
    def destroy(self, request: Request, slug: str) -> Response:
        """Only one without products and subcategories."""
        services.delete_category(category=references.get(Category.objects.all(), slug))
        return Response(status=204)

    def slug_now(self, old_slug: str) -> str | None:
        return querysets.category_slug_now(old_slug)

    def _change(self, request: Request, slug: str, kind: type[Serializer[Any]]) -> Response:
        category = references.get(Category.objects.all(), slug)
        services.update_category(category=category, changes=checked(kind, request))
        return Response(category_answers.category(str(category.pk)))

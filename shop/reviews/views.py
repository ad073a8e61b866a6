from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.core import references
from shop.core.errors import NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.products.models import Product
from shop.reviews import querysets, services
from shop.reviews.errors import AlreadyReviewed
from shop.reviews.expansions import REVIEWED_PRODUCT
from shop.reviews.models import Review
from shop.reviews.serializers import ReviewInput, ReviewListParameters, ReviewOutput

TAGS = ["Reviews"]
BODY = {"rating": 5, "title": "Keeps me warm", "body": "Worn all winter, looks like new."}
EXAMPLE = {
    "id": 7,
    **BODY,
    "verified_purchase": True,
    "author": {"id": 3, "name": "Alice M."},
    "created_at": "2026-11-20T12:00:00Z",
    "updated_at": "2026-11-20T12:00:00Z",
}


@extend_schema(
    parameters=[
        OpenApiParameter(
            "product_pk",
            OpenApiTypes.STR,
            OpenApiParameter.PATH,
            description="The product's slug or id.",
        )
    ]
)
class ReviewViewSet(OncePerKey, GenericViewSet[Review]):
    """What shoppers say of one product; everybody reads, the signed-in write their own."""

    queryset = Review.objects.all()
    permission_classes = [IsAuthenticatedOrReadOnly]
    serializer_class = ReviewOutput
    expansions = {"list": {"product": REVIEWED_PRODUCT}}
    lookup_value_regex = "[0-9]+"

    @documented(
        "List a product's reviews",
        response=ReviewOutput(many=True),
        example=EXAMPLE,
        refuses=[NotFound],
        tags=TAGS,
        parameters=[ReviewListParameters],
    )
    def list(self, request: Request, product_pk: str) -> Response:
        asked = ReviewListParameters(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = querysets.rows_of_product(
            self._product(product_pk).pk,
            rating=asked.validated_data.get("rating"),
            ordering=asked.validated_data["ordering"],
        )
        page = cast("list[Any]", self.paginate_queryset(rows))
        return self.get_paginated_response([querysets.shown(row) for row in page])

    @documented(
        "Review a product",
        request=ReviewInput,
        body=BODY,
        response=ReviewOutput,
        example=EXAMPLE,
        status=201,
        refuses=[NotFound, AlreadyReviewed],
        tags=TAGS,
    )
    def create(self, request: Request, product_pk: str) -> Response:
        """One review per person and product; the product's average and count follow at once."""
        user = cast("User", request.user)
        given = ReviewInput(data=request.data)
        given.is_valid(raise_exception=True)
        review = services.review_product(
            user=user, product=self._product(product_pk), **given.validated_data
        )
        return Response(querysets.shown(querysets.row_of(review, author=user)), status=201)

    @documented(
        "Change your review",
        request=ReviewInput(partial=True),
        body={"rating": 4},
        response=ReviewOutput,
        example=EXAMPLE | {"rating": 4},
        refuses=[NotFound],
        tags=TAGS,
    )
    def partial_update(self, request: Request, product_pk: str, pk: str) -> Response:
        user = cast("User", request.user)
        own = Review.objects.filter(user_id=user.pk)
        review = references.get(own.filter(product=self._product(product_pk)), pk)
        given = ReviewInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        review = services.change_review(review=review, **given.validated_data)
        return Response(querysets.shown(querysets.row_of(review, author=user)))

    @documented("Delete your review", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, product_pk: str, pk: str) -> Response:
        """Staff who may delete reviews delete anybody's."""
        deletable = querysets.deletable_by(cast("User", request.user))
        review = references.get(deletable.filter(product=self._product(product_pk)), pk)
        services.delete_review(review=review)
        return Response(status=204)

    def _product(self, product_pk: str) -> Product:
        # Its id is all that reviews need of it.
        return references.get(querysets.reviewable_products().only("pk"), product_pk)

"""What shoppers say of goods."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.accounts.graphql import caller
from shop.core import references, sql
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import checked, known_key, reference
from shop.core.graphql.nodes import Node
from shop.core.inputs import parsed
from shop.products import models as products
from shop.reviews import querysets, services
from shop.reviews.models import Review as ReviewModel
from shop.reviews.serializers import ReviewInput as ReviewShape
from shop.reviews.serializers import ReviewListParameters

# A piece of the reviews of each of these products, in one statement.
_OF_PRODUCTS = f"""
    SELECT piece.*, author.first_name AS user__first_name,
           left(author.last_name, 1) AS last_initial
    FROM unnest(%s::bigint[]) AS product (id)
    CROSS JOIN LATERAL (
        SELECT id, product_id, rating, title, body, verified_purchase, created_at, updated_at,
               user_id
        FROM {ReviewModel._meta.db_table} WHERE product_id = product.id
        ORDER BY created_at DESC, id DESC LIMIT %s OFFSET %s
    ) AS piece
    JOIN accounts_user AS author ON author.id = piece.user_id
    ORDER BY piece.created_at DESC, piece.id DESC
"""  # noqa: S608 (the name comes from the model)

Row = dict[str, Any]


class ReviewOrder(Enum):
    NEWEST = "-created_at"
    OLDEST = "created_at"
    RATING_ASC = "rating"
    RATING_DESC = "-rating"


strawberry.enum(ReviewOrder)


@strawberry.type(description="Who wrote a review: the first name and an initial.")
class Author:
    pk: int
    name: str


@strawberry.type(description="What somebody says of a product; the texts are plain.")
class Review(Node):
    pk: int
    rating: int
    title: str
    body: str
    verified_purchase: bool
    author: Author
    created_at: datetime
    updated_at: datetime

    @classmethod
    def is_type_of(cls, obj: Any, info: Any) -> bool:
        return isinstance(obj, dict) and "verified_purchase" in obj


@strawberry.type(name="ReviewConnection")
class ReviewConnection(Connection[Review]):  # type: ignore[type-var]  # our own Node
    @classmethod
    def of_product(cls, info: strawberry.Info, product: Any, page: Page) -> "ReviewConnection":
        """The reviews of `product`; those of all products on its page are read at once."""
        rows = _Pieces(info, product, getattr(product, "peer_ids", [product.pk]))
        return cast("ReviewConnection", connection(cls, rows, page))


class _Pieces:
    """The reviews of one product of several that are shown together."""

    def __init__(self, info: strawberry.Info, product: Any, peer_ids: list[int]) -> None:
        self._remembered = info.context.remembered
        self._product, self._peers = product, peer_ids

    def count(self) -> int:
        return int(self._product.review_count)

    def __getitem__(self, page: slice) -> list[Row]:
        asked = ("reviews", id(self._peers), page.start, page.stop)
        if asked not in self._remembered:
            self._remembered[asked] = self._read(page)
        found: dict[int, list[Row]] = self._remembered[asked]
        return found.get(self._product.pk, [])

    def _read(self, page: slice) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        window = [page.stop - page.start, page.start]
        for row in sql.rows(_OF_PRODUCTS, [self._peers, *window]):
            found.setdefault(row.pop("product_id"), []).append(querysets.shown(row))
        return found


@strawberry.input
class ReviewInput:
    rating: int = strawberry.field(description="1 to 5.")
    title: str | None = UNSET
    body: str | None = UNSET


@strawberry.input
class ReviewChanges:
    rating: int | None = UNSET
    title: str | None = UNSET
    body: str | None = UNSET


@strawberry.type
class ReviewPayload:
    review: Review


@strawberry.type
class DeleteReviewPayload:
    done: bool = True


def _product(named: str) -> products.Product:
    public = querysets.reviewable_products().only("pk")
    return references.get(public, reference("Product", named))


def _shown(rows: Sequence[Row]) -> list[Row]:
    return [querysets.shown(row) for row in rows]


@strawberry.type
class ReviewQuery:
    @strawberry.field(description="The reviews of a product, which its id or slug names.")
    def reviews(
        self,
        product: strawberry.ID,
        rating: int | None = None,
        order_by: ReviewOrder = ReviewOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ReviewConnection | None:
        asked = {"rating": rating, "ordering": order_by.value}
        wanted = parsed(ReviewListParameters, {k: v for k, v in asked.items() if v is not None})
        rows = querysets.rows_of_product(_product(product).pk, **wanted)
        page = Page(first=first, after=after, last=last, before=before)
        return cast("ReviewConnection", connection(ReviewConnection, rows, page, as_nodes=_shown))


@strawberry.type
class ReviewMutation:
    @strawberry.mutation(description="One review per person and product.")
    def review_product(
        self,
        info: strawberry.Info,
        product: strawberry.ID,
        input: ReviewInput,  # noqa: A002
    ) -> ReviewPayload | None:
        user, words = caller(info), checked(ReviewShape, input)
        review = services.review_product(user=user, product=_product(product), **words)
        return _payload(review, user)

    @strawberry.mutation(description="Your own; what is left out stays.")
    def change_review(
        self,
        info: strawberry.Info,
        review: strawberry.ID,
        input: ReviewChanges,  # noqa: A002
    ) -> ReviewPayload | None:
        user = caller(info)
        own = ReviewModel.objects.filter(user=user, product__in=querysets.reviewable_products())
        found = references.get(own, known_key("Review", review))
        words = checked(ReviewShape, input, partial=True)
        return _payload(services.change_review(review=found, **words), user)

    @strawberry.mutation(description="Your own; staff who may delete reviews delete anybody's.")
    def delete_review(
        self, info: strawberry.Info, review: strawberry.ID
    ) -> DeleteReviewPayload | None:
        deletable = querysets.deletable_by(caller(info))
        of_public = deletable.filter(product__in=querysets.reviewable_products())
        services.delete_review(review=references.get(of_public, known_key("Review", review)))
        return DeleteReviewPayload()


def _payload(review: ReviewModel, author: Any) -> ReviewPayload:
    shown = querysets.shown(querysets.row_of(review, author=author))
    return ReviewPayload(review=cast("Review", shown))

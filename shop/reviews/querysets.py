"""What is said of products, as the API shows it."""

from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, QuerySet
from django.db.models.functions import Left

from shop.accounts.models import User
from shop.orders.models import Order, OrderItem
from shop.products.models import PUBLIC_STATUSES, Product
from shop.reviews.models import Review
from shop.vendors.models import Vendor

# An order in one of these states was honored: its goods count as bought.
BOUGHT = (
    Order.Status.PAID,
    Order.Status.PROCESSING,
    Order.Status.SHIPPED,
    Order.Status.DELIVERED,
)

Row = dict[str, Any]

_COLUMNS = (
    *("id", "rating", "title", "body", "verified_purchase", "created_at", "updated_at"),
    *("user_id", "user__first_name"),
)


def reviewable_products() -> QuerySet[Product]:
    """The products with a public page."""
    return Product.objects.filter(status__in=PUBLIC_STATUSES, vendor__status=Vendor.Status.APPROVED)


def deletable_by(user: User) -> QuerySet[Review]:
    """Own reviews; staff with the right to delete reviews may take down any."""
    if user.is_staff and user.has_perm("reviews.delete_review"):
        return Review.objects.all()
    return Review.objects.filter(user=user)


def rows_of_product(
    product_id: int, *, rating: int | None = None, ordering: str = "-created_at"
) -> "QuerySet[Review, Row]":
    """The reviews of a product as plain rows; `shown` makes answers of them."""
    reviews = Review.objects.filter(product_id=product_id)
    if rating is not None:
        reviews = reviews.filter(rating=rating)
    return _rows(reviews).order_by(ordering, "-id")


def row_of(review: Review) -> Row:
    return _rows(Review.objects.filter(pk=review.pk)).get()


def _rows(reviews: QuerySet[Review]) -> "QuerySet[Review, Row]":
    rows: QuerySet[Review, Row] = reviews.values(*_COLUMNS, last_initial=Left("user__last_name", 1))
    return rows


def shown(row: Row) -> Row:
    """The public answer: a display name instead of the person, and never the e-mail."""
    row = dict(row)
    first_name, initial = row.pop("user__first_name"), row.pop("last_initial")
    name = f"{first_name} {initial}." if first_name and initial else first_name or "A shopper"
    return row | {"author": {"id": row.pop("user_id"), "name": name}}


def has_bought(*, user: User, product_id: int) -> bool:
    """Whether a paid and not cancelled order of `user` holds the product."""
    return OrderItem.objects.filter(
        product_id=product_id, order__user=user, order__status__in=BOUGHT
    ).exists()


def rating_of_product(product_id: int) -> tuple[Decimal, int]:
    """The average (0 without reviews) and the number of the ratings, computed anew."""
    found = Review.objects.filter(product_id=product_id).aggregate(
        average=Avg("rating"), count=Count("id")
    )
    average = Decimal(str(found["average"] or 0)).quantize(Decimal("0.01"))
    return average, found["count"]

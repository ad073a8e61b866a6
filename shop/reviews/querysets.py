"""What is said of products, as the API shows it."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Left

from shop.accounts.models import User
from shop.orders.models import Order, OrderItem, VendorOrder
from shop.products.models import PUBLIC_STATUSES, Product
from shop.reviews.models import Review
from shop.vendors.models import Vendor

# A part of an order in one of these states was honored: its goods count as bought.
BOUGHT = (
    Order.Status.PAID,
    Order.Status.PROCESSING,
    Order.Status.SHIPPED,
    Order.Status.DELIVERED,
)

Row = dict[str, Any]

_OF_REVIEW = (
    *("id", "rating", "title", "body", "verified_purchase", "created_at", "updated_at"),
    "user_id",
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
    rows: QuerySet[Review, Row] = reviews.order_by(ordering, "-id").values(
        *_OF_REVIEW, "user__first_name", last_initial=Left("user__last_name", 1)
    )
    return rows


def row_of(review: Review, *, author: User) -> Row:
    """The row of a review that was just written by `author`."""
    row = {name: getattr(review, name) for name in _OF_REVIEW}
    return row | {"user__first_name": author.first_name, "last_initial": author.last_name[:1]}


def shown(row: Row) -> Row:
    """The public answer: a display name instead of the person, and never the e-mail."""
    row = dict(row)
    first_name, initial = row.pop("user__first_name"), row.pop("last_initial")
    name = f"{first_name} {initial}." if first_name and initial else first_name or "A shopper"
    return row | {"author": {"id": row.pop("user_id"), "name": name}}


# Both by hand: each review that is written asks them.
_HAS_BOUGHT = f"""
    SELECT 1 FROM {OrderItem._meta.db_table} AS item
    JOIN {Order._meta.db_table} AS bought ON bought.id = item.order_id
    JOIN {VendorOrder._meta.db_table} AS part ON part.id = item.vendor_order_id
    WHERE item.product_id = %s AND bought.user_id = %s AND part.status = ANY(%s)
    LIMIT 1
"""  # noqa: S608 (the names come from the models)
_RATING = f"""
    SELECT coalesce(avg(rating), 0), count(*) FROM {Review._meta.db_table} WHERE product_id = %s
"""  # noqa: S608 (the name comes from the model)


def has_bought(*, user: User, product_id: int) -> bool:
    """Whether a paid and not cancelled part of an order of `user` holds the product."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_BOUGHT, [product_id, user.pk, [status.value for status in BOUGHT]])
        return cursor.fetchone() is not None


def rating_of_product(product_id: int) -> tuple[Decimal, int]:
    """The average (0 without reviews) and the number of the ratings, computed anew."""
    with connection.cursor() as cursor:
        cursor.execute(_RATING, [product_id])
        average, count = cursor.fetchone()
    return average.quantize(Decimal("0.01")), count

"""Writing reviews. Each action keeps the product's stored average and count true.

It locks the product first: reviews of one product are written one after another, so that
none is left uncounted.
"""

from django.db import IntegrityError

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.core.events import publish
from shop.core.transactions import atomic
from shop.products import services as products
from shop.products.models import Product
from shop.products.services.locks import hold_product
from shop.reviews import querysets
from shop.reviews.errors import AlreadyReviewed
from shop.reviews.events import ReviewPosted
from shop.reviews.models import Review


@atomic
def review_product(
    *, user: User, product: Product, rating: int, title: str = "", body: str = ""
) -> Review:
    """The first review of `product` by `user`; `rating` is 1 to 5, the texts are plain.

    Whether it is a verified purchase is decided now and stays. Raises `AlreadyReviewed`.
    """
    hold_product(product.pk)
    try:
        review = Review.objects.create(
            product=product,
            user=user,
            rating=rating,
            title=title,
            body=body,
            verified_purchase=querysets.has_bought(user=user, product_id=product.pk),
        )
    except IntegrityError as error:
        if "review_once_per_user" in str(error):
            raise AlreadyReviewed from None
        raise
    _renew_rating(product.pk)
    publish(ReviewPosted(review_id=review.pk, product_id=product.pk))
    return review


@atomic
def change_review(
    *, review: Review, rating: int | None = None, title: str | None = None, body: str | None = None
) -> Review:
    """Change what is given; None leaves a field as it is. Raises `NotFound` if it is gone."""
    hold_product(review.product_id)
    given = {"rating": rating, "title": title, "body": body}
    changes = {name: value for name, value in given.items() if value is not None}
    current = Review.objects.filter(pk=review.pk).first()
    if current is None:
        raise NotFound
    for name, value in changes.items():
        setattr(current, name, value)
    current.save(update_fields=[*changes, "updated_at"])
    _renew_rating(current.product_id)
    return current


@atomic
def delete_review(*, review: Review) -> None:
    """Delete it for good; deleting it twice is no error."""
    hold_product(review.product_id)
    Review.objects.filter(pk=review.pk).delete()
    _renew_rating(review.product_id)


def _renew_rating(product_id: int) -> None:
    average, count = querysets.rating_of_product(product_id)
    products.set_rating(product_id=product_id, average=average, count=count)

"""Reviews for tests."""

from shop.accounts.models import User
from shop.accounts.tests.make import make_user
from shop.products.models import Product
from shop.reviews import services
from shop.reviews.models import Review


def make_review(
    product: Product, *, user: User | None = None, rating: int = 5, title: str = "", body: str = ""
) -> Review:
    """A review of `product` by `user`, else by a new person."""
    return services.review_product(
        user=user or make_user(), product=product, rating=rating, title=title, body=body
    )

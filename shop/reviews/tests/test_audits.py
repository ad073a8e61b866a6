import pytest

from shop.core.tests.plant import plant, told
from shop.products.tests.make import make_product
from shop.reviews import audits
from shop.reviews.tests.make import make_review

pytestmark = pytest.mark.django_db


def test_accepts_an_average_rounded_either_way() -> None:
    product = make_product("Coat")
    for rating in (4, 4, 4, 4, 4, 4, 4, 5):
        make_review(product, rating=rating)
    for rounded in ("4.12", "4.13"):
        plant(f"UPDATE products_product SET average_rating = {rounded}")
        assert told(audits.ratings) == []


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "UPDATE products_product SET average_rating = 4.99 WHERE review_count > 0",
            "it shows 4.99 of 2 reviews, there are 2 with 4.500",
        ),
        (
            "UPDATE products_product SET review_count = 3 WHERE review_count > 0",
            "it shows 4.50 of 3 reviews, there are 2 with 4.500",
        ),
        ("DELETE FROM reviews_review", "it shows 4.50 of 2 reviews, there are 0 with 0.000"),
    ],
)
def test_finds_a_rating_that_nobody_gave(fault: str, found: str) -> None:
    product = make_product("Coat")
    make_product("Cap")
    make_review(product, rating=4)
    make_review(product, rating=5)
    assert told(audits.ratings) == []
    plant(fault)
    assert told(audits.ratings) == [f"Product {product.pk} (coat): {found}"]

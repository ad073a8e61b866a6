from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.orders import services as orders
from shop.orders.models import Order, OrderItem, VendorOrder
from shop.orders.tests.make import as_payments, make_split_order
from shop.products.models import Product
from shop.products.tests.make import make_product
from shop.reviews import services
from shop.reviews.errors import AlreadyReviewed
from shop.reviews.models import Review
from shop.reviews.tests.make import make_review
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

BAD_RATINGS: list[Any] = [0, 6, -1, 2**63, "5", "1e3", True, 4.5, None, [], {}]
NO_TEXTS: list[Any] = [5, None, [], {}, True]


def address(product: Product, review: Review | None = None) -> str:
    return f"/api/store/products/{product.slug}/reviews/" + (f"{review.pk}/" if review else "")


def rating_of(product: Product) -> tuple[Decimal, int]:
    product.refresh_from_db()
    return product.average_rating, product.review_count


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test", first_name="Alice", last_name="Miller")


@pytest.fixture
def product() -> Product:
    return make_product()


def bought(user: User, product: Product, status: Order.Status) -> None:
    """An order of `user` in `status` that holds `product`."""
    variant = product.variants.get()
    order = Order.objects.create(
        number=f"NX-{user.pk}-{status}",
        user=user,
        email=user.email,
        status=status,
        currency="USD",
        subtotal=10,
        total_price=10,
    )
    part = VendorOrder.objects.create(
        order=order,
        vendor=product.vendor,
        number=f"{order.number}-1",
        status=status,
        currency="USD",
        subtotal=10,
        total_price=10,
    )
    OrderItem.objects.create(
        order=order,
        vendor_order=part,
        product=product,
        variant=variant,
        vendor=product.vendor,
        product_name=product.name,
        product_slug=product.slug,
        sku=variant.sku,
        quantity=1,
        price=10,
        line_total=10,
    )


class TestPosting:
    def test_answers_the_review_and_renews_the_rating(self, alice: User, product: Product) -> None:
        make_review(product, rating=4)
        sent = {"rating": 5, "title": "Warm", "body": "<b>All</b> winter."}
        response = client_of(alice).post(address(product), sent)
        assert response.status_code == 201
        answer = body(response)
        assert answer["author"] == {"id": alice.pk, "name": "Alice M."}
        assert {name: answer[name] for name in sent} == sent
        assert rating_of(product) == (Decimal("4.50"), 2)
        event = OutboxEvent.objects.get(name="review.posted", payload__review_id=answer["id"])
        assert event.payload["product_id"] == product.pk

    def test_needs_a_rating_only(self, alice: User, product: Product) -> None:
        response = client_of(alice).post(address(product), {"rating": 1})
        assert response.status_code == 201
        assert (body(response)["title"], body(response)["body"]) == ("", "")

    def test_happens_once_per_person_and_product(self, alice: User, product: Product) -> None:
        client = client_of(alice)
        assert client.post(address(product), {"rating": 5}).status_code == 201
        again = client.post(address(product), {"rating": 1})
        assert (again.status_code, codes(again)) == (409, ["already_reviewed"])
        assert rating_of(product) == (Decimal("5.00"), 1)
        assert client.post(address(make_product()), {"rating": 2}).status_code == 201

    def test_needs_a_token(self, product: Product) -> None:
        assert client_of().post(address(product), {"rating": 5}).status_code == 401
        assert not Review.objects.exists()

    @pytest.mark.parametrize("status", [Product.Status.DRAFT, Product.Status.INACTIVE])
    def test_knows_no_hidden_products(self, alice: User, status: Product.Status) -> None:
        hidden = make_product(status=status)
        assert client_of(alice).post(address(hidden), {"rating": 5}).status_code == 404
        assert not Review.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(("rating", bad) for bad in BAD_RATINGS),
            *(("title", bad) for bad in ("x" * 151, *NO_TEXTS)),
            *(("body", bad) for bad in ("x" * 5001, *NO_TEXTS)),
        ],
    )
    def test_refuses_bad_fields(
        self, alice: User, product: Product, field: str, value: Any
    ) -> None:
        response = client_of(alice).post(address(product), {"rating": 5} | {field: value})
        assert response.status_code == 400
        assert body(response)["errors"][0]["attr"] == field
        assert not Review.objects.exists()

    @pytest.mark.parametrize("escaped", ["\\u0000", "\\ud800"])
    def test_refuses_characters_that_no_text_has(
        self, alice: User, product: Product, escaped: str
    ) -> None:
        sent = '{"rating": 5, "body": "' + escaped + '"}'
        response = client_of(alice).post(
            address(product), sent.encode(), content_type="application/json"
        )
        assert response.status_code == 400
        assert not Review.objects.exists()

    def test_ignores_what_nobody_may_claim(self, alice: User, product: Product) -> None:
        bob = make_user()
        sent = {"rating": 5, "verified_purchase": True, "user": bob.pk, "product": 1}
        response = client_of(alice).post(address(product), sent)
        assert response.status_code == 201
        review = Review.objects.get()
        assert (review.user, review.verified_purchase) == (alice, False)


class TestVerifiedPurchase:
    @pytest.mark.parametrize(
        ("status", "verified"),
        [
            (Order.Status.PENDING, False),
            (Order.Status.PAID, True),
            (Order.Status.PROCESSING, True),
            (Order.Status.SHIPPED, True),
            (Order.Status.DELIVERED, True),
            (Order.Status.CANCELLED, False),
            (Order.Status.REFUNDED, False),
        ],
    )
    def test_follows_from_an_honored_order(
        self, alice: User, product: Product, status: Order.Status, verified: bool
    ) -> None:
        bought(alice, product, status)
        response = client_of(alice).post(address(product), {"rating": 5})
        assert body(response)["verified_purchase"] is verified

    def test_is_about_the_part_that_was_honored(self, alice: User) -> None:
        order, (sent, cancelled) = make_split_order(alice)
        as_payments(orders.mark_paid, order=order, actor=alice)
        orders.cancel_part(part=cancelled, actor=None)
        for part, verified in ((sent, True), (cancelled, False)):
            response = client_of(alice).post(address(part.items.get().product), {"rating": 5})
            assert body(response)["verified_purchase"] is verified

    def test_is_about_this_person_and_this_product(self, alice: User, product: Product) -> None:
        bought(make_user(), product, Order.Status.PAID)
        bought(alice, make_product(), Order.Status.PAID)
        response = client_of(alice).post(address(product), {"rating": 5})
        assert body(response)["verified_purchase"] is False


class TestChanging:
    def test_takes_single_fields_and_renews_the_rating(self, alice: User, product: Product) -> None:
        review = make_review(product, user=alice, rating=5, title="Warm", body="Yes.")
        response = client_of(alice).patch(address(product, review), {"rating": 2})
        assert response.status_code == 200
        assert (body(response)["rating"], body(response)["title"]) == (2, "Warm")
        assert rating_of(product) == (Decimal("2.00"), 1)
        cleared = client_of(alice).patch(address(product, review), {"title": ""})
        assert body(cleared)["title"] == ""

    def test_finds_own_reviews_only(self, alice: User, product: Product) -> None:
        review = make_review(product, user=alice)
        for other in (make_user(), make_staff("support")):
            response = client_of(other).patch(address(product, review), {"rating": 1})
            assert (response.status_code, codes(response)) == (404, ["not_found"])
        assert client_of().patch(address(product, review), {"rating": 1}).status_code == 401
        assert rating_of(product) == (Decimal("5.00"), 1)

    def test_finds_them_under_their_product_only(self, alice: User, product: Product) -> None:
        review = make_review(product, user=alice)
        response = client_of(alice).patch(address(make_product(), review), {"rating": 1})
        assert response.status_code == 404

    @pytest.mark.parametrize("value", [0, 6, "5", None])
    def test_refuses_bad_ratings(self, alice: User, product: Product, value: Any) -> None:
        review = make_review(product, user=alice)
        response = client_of(alice).patch(address(product, review), {"rating": value})
        assert response.status_code == 400
        assert rating_of(product) == (Decimal("5.00"), 1)

    @pytest.mark.parametrize("number", [2**63, "9" * 30, 0])
    def test_knows_no_unknown_numbers(self, alice: User, product: Product, number: Any) -> None:
        response = client_of(alice).patch(f"{address(product)}{number}/", {"rating": 1})
        assert response.status_code == 404

    def test_is_no_replacement(self, alice: User, product: Product) -> None:
        review = make_review(product, user=alice)
        assert client_of(alice).put(address(product, review), {"rating": 1}).status_code == 405


class TestDeleting:
    def test_takes_the_review_out_of_the_rating(self, alice: User, product: Product) -> None:
        review = make_review(product, user=alice, rating=1)
        make_review(product, rating=4)
        assert client_of(alice).delete(address(product, review)).status_code == 204
        assert rating_of(product) == (Decimal("4.00"), 1)
        assert client_of(alice).delete(address(product, review)).status_code == 404

    def test_leaves_a_product_without_reviews_unrated(self, alice: User, product: Product) -> None:
        review = make_review(product, user=alice)
        client_of(alice).delete(address(product, review))
        assert rating_of(product) == (Decimal("0.00"), 0)

    def test_of_others_is_for_staff_with_the_right(self, alice: User, product: Product) -> None:
        review = make_review(product, user=alice)
        for other in (make_user(), make_staff("order managers")):
            assert client_of(other).delete(address(product, review)).status_code == 404
        assert client_of(make_staff("support")).delete(address(product, review)).status_code == 204
        assert not Review.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_one_person_gets_one_review(self) -> None:
        product, alice = make_product(), make_user()
        answers: list[int] = []
        together([(client_of(alice), product, 5)] * 6, answers)
        assert sorted(answers) == [201, *[409] * 5]
        assert rating_of(product) == (Decimal("5.00"), 1)

    def test_everybody_counts(self) -> None:
        product = make_product()
        answers: list[int] = []
        people = [(client_of(make_user()), product, rating) for rating in (1, 2, 3, 4, 5, 5)]
        together(people, answers)
        assert answers == [201] * 6
        assert rating_of(product) == (Decimal("3.33"), 6)

    def test_the_constraint_alone_keeps_it_single(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Were the lock forgotten: still one review, and a clear answer."""
        monkeypatch.setattr(services, "hold_product", lambda _: None)
        product, alice = make_product(), make_user()
        make_review(product, user=alice)
        with pytest.raises(AlreadyReviewed):
            make_review(product, user=alice)


def together(calls: list[tuple[APIClient, Product, int]], answers: list[int]) -> None:
    start = Barrier(len(calls))

    def post(client: APIClient, product: Product, rating: int) -> None:
        start.wait()
        try:
            answers.append(client.post(address(product), {"rating": rating}).status_code)
        finally:
            connection.close()

    threads = [Thread(target=post, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

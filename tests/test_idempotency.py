"""What clients can rely on who send a POST again under its `Idempotency-Key`."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts import tokens
from shop.accounts.limits import SIGN_IN_OF_ACCOUNT
from shop.accounts.models import AuthSession, User
from shop.accounts.tests.make import ADDRESS, PASSWORD, make_session, make_staff, make_user
from shop.core.models import IdempotencyKey
from shop.orders.models import Order
from shop.orders.tests.make import fill_cart, make_order, make_variant
from shop.payments.models import Refund
from shop.payments.tests.make import pay
from shop.products.models import ProductImage
from shop.products.tests.make import make_product
from shop.products.tests.pictures import upload
from tests.api import client_of, codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


def post(client: APIClient, path: str, data: Any = None, *, key: str = "k-1", **more: Any) -> Any:
    return client.post(path, data, headers={"Idempotency-Key": key}, **more)


def test_one_order_is_placed_and_answered_to_the_byte(alice: User) -> None:
    fill_cart(alice)
    client = client_of(alice)
    first = post(client, "/api/store/orders/", {"note": "Please ring."})
    fill_cart(alice)  # without the key this would be another order
    again = post(client, "/api/v1/store/orders/", {"note": "Please ring."})
    assert (again.status_code, again.content) == (201, first.content)
    assert Order.objects.count() == 1


def test_one_address_is_added_whatever_the_order_of_its_fields(alice: User) -> None:
    client = client_of(alice)
    first = post(client, "/api/store/addresses/", ADDRESS)
    again = post(client, "/api/store/addresses/", dict(reversed(ADDRESS.items())))
    assert (first.status_code, again.content) == (201, first.content)
    assert alice.addresses.count() == 1


def test_another_body_or_query_needs_another_key(alice: User) -> None:
    client = client_of(alice)
    post(client, "/api/store/addresses/", ADDRESS)
    for path, body in (
        ("/api/store/addresses/", ADDRESS | {"line2": "Back door"}),
        ("/api/store/addresses/?x=1", ADDRESS),
    ):
        refused = post(client, path, body)
        assert (refused.status_code, codes(refused)) == (422, ["idempotency_key_reused"])
    assert post(client, path, body, key="k-2").status_code == 201


def test_numbers_are_told_from_texts(alice: User) -> None:
    client, variant = client_of(alice), make_variant()
    body = {"variant": variant.pk, "quantity": 1}
    assert post(client, "/api/store/carts/add_item/", body).status_code == 200
    refused = post(client, "/api/store/carts/add_item/", body | {"quantity": "1"})
    assert refused.status_code == 422


def test_the_same_key_of_another_person_or_route_is_another_one(alice: User) -> None:
    bob = make_user()
    for user in (alice, bob):
        client = client_of(user)
        assert post(client, "/api/store/addresses/", ADDRESS).status_code == 201
        assert post(client, "/api/store/carts/clear/").status_code == 200
        assert user.addresses.count() == 1


def test_a_refused_request_can_be_mended_under_its_key(alice: User) -> None:
    client = client_of(alice)
    refused = post(client, "/api/store/orders/", {})
    assert (refused.status_code, codes(refused)) == (409, ["cart_is_empty"])
    fill_cart(alice)
    assert post(client, "/api/store/orders/", {}).status_code == 201


def test_a_failure_leaves_nothing_and_the_key_free(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(alice)
    with monkeypatch.context() as broken:
        broken.setattr(
            "shop.accounts.views.addresses.AddressOutput.data", property(lambda _: 1 / 0)
        )
        assert post(client, "/api/store/addresses/", ADDRESS).status_code == 500
    assert not alice.addresses.exists()
    assert not IdempotencyKey.objects.exists()
    assert post(client, "/api/store/addresses/", ADDRESS).status_code == 201


def test_one_account_is_registered_and_its_tokens_are_nowhere_to_read() -> None:
    body = {"email": "carol@example.test", "password": PASSWORD}
    first = post(client_of(), "/api/auth/registration/", body)
    again = post(client_of(), "/api/auth/registration/", body)
    assert (again.status_code, again.content) == (201, first.content)
    assert AuthSession.objects.count() == 1
    kept = IdempotencyKey.objects.get()
    stored = bytes(kept.answer or b"") + repr(vars(kept)).encode()
    for secret in (PASSWORD, first.data["access"], first.data["refresh"], "carol"):
        assert secret.encode() not in stored


def test_a_refresh_that_was_lost_on_its_way_can_be_repeated(alice: User) -> None:
    body = {"refresh": tokens.pair_for(make_session(alice))["refresh"]}
    first = post(client_of(), "/api/auth/jwt/refresh/", body)
    again = post(client_of(), "/api/auth/jwt/refresh/", body)
    assert (first.status_code, again.content) == (200, first.content)
    assert AuthSession.objects.get().revoked_at is None
    # With another key it is what it always was: a spent token in two hands.
    assert post(client_of(), "/api/auth/jwt/refresh/", body, key="k-2").status_code == 401
    assert AuthSession.objects.get().revoked_at is not None


def test_wrong_passwords_count_with_a_key_too(alice: User) -> None:
    wrong = {"email": alice.email, "password": "wrong"}
    for n in range(SIGN_IN_OF_ACCOUNT.times):
        key = f"k-{n % 2}"
        assert post(client_of(), "/api/auth/jwt/create/", wrong, key=key).status_code == 401
    right = wrong | {"password": PASSWORD}
    refused = post(client_of(), "/api/auth/jwt/create/", right, key="k-new")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_money_is_given_back_once(alice: User) -> None:
    order = make_order(alice)
    pay(order)
    client = client_of(make_staff("order managers"))
    path, body = f"/api/store/orders/{order.number}/refund/", {"amount": "3.00"}
    first = post(client, path, body)
    again = post(client, path, body)
    assert (first.status_code, again.content) == (200, first.content)
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("3.00")]
    assert post(client, path, body, key="k-2").status_code == 200
    assert Refund.objects.count() == 2


def test_a_refused_refund_leaves_its_key_free(alice: User) -> None:
    order = make_order(alice)
    client = client_of(make_staff("order managers"))
    path = f"/api/store/orders/{order.number}/refund/"
    assert codes(post(client, path, {})) == ["nothing_to_refund"]
    pay(order)
    assert post(client, path, {"amount": "1.00"}).status_code == 200


def test_one_picture_is_uploaded(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    product, client = make_product(), client_of(make_staff("catalog managers"))
    path = f"/api/store/products/{product.slug}/images/"

    def send_picture(color: int, name: str) -> Any:
        file = upload(color=color, name=name)
        return post(client, path, {"image": file, "alt_text": "A"}, format="multipart")

    first, again = send_picture(0, "a.png"), send_picture(0, "b.png")
    assert (first.status_code, again.content) == (201, first.content)
    assert send_picture(99, "a.png").status_code == 422
    assert ProductImage.objects.count() == 1
    assert len(list(tmp_path.rglob("*.png"))) == 1


def test_requests_without_a_key_cost_what_they_did(alice: User) -> None:
    client = client_of(alice)
    with CaptureQueriesContext(connection) as plain:
        client.post("/api/store/addresses/", ADDRESS)
    with CaptureQueriesContext(connection) as keyed:
        post(client, "/api/store/addresses/", ADDRESS)
    assert not any("idempotency" in query["sql"] for query in plain)
    assert 0 < len(keyed) - len(plain) <= 6


def test_browsers_of_other_hosts_may_send_and_read_it(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://front.example"]
    asked = {"origin": "https://front.example", "access-control-request-method": "POST"}
    preflight = client_of().options("/api/store/orders/", headers=asked)
    assert "idempotency-key" in preflight["Access-Control-Allow-Headers"]
    answer = client_of().get("/api/store/vendors/", headers=asked)
    assert "Idempotent-Replayed" in answer["Access-Control-Expose-Headers"]

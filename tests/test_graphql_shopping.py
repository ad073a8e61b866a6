"""Shopping by GraphQL, from an empty cart to a paid order, and what it refuses."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from shop.accounts.models import AuthSession, User
from shop.accounts.tests.make import PASSWORD, make_staff, make_user
from shop.cart.models import CartItem
from shop.core.models import IdempotencyKey
from shop.orders.models import Order
from shop.orders.tests.make import make_order
from shop.payments.models import Payment
from shop.products.tests.make import make_product
from shop.reviews.models import Review
from shop.reviews.tests.make import make_review
from tests.api import body, client_of
from tests.graphql_door import ADDRESS, ask, data, problem

pytestmark = pytest.mark.django_db

ADD = "mutation($input: AddToCartInput!) { addToCart(input: $input) { cart { itemCount subtotal items { pk quantity } } } }"
PLACE = "mutation($input: PlaceOrderFields) { placeOrder(input: $input) { order { id pk number status totalPrice currency } } }"
OPEN = "mutation($input: OpenPaymentInput!) { openPayment(input: $input) { payment { id pk status amount } order { status } } }"
CONFIRM = "mutation($input: ConfirmPaymentInput!) { confirmPayment(input: $input) { payment { status } order { status paidAt } } }"
SIGN_IN = "mutation($input: Credentials!) { signIn(input: $input) { access refresh } }"
TO = {
    "fullName": "Alice Archer",
    "line1": "12 Orchard Lane",
    "city": "Springfield",
    "postalCode": "62701",
    "country": "US",
}


def with_token(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_a_stranger_becomes_a_customer_with_a_paid_order() -> None:
    product = make_product(sizes=["S", "M"], price="10.00", stock=5)
    register = "mutation($input: RegisterInput!) { register(input: $input) { access user { email roles } } }"
    new = {"email": "alice@example.test", "password": PASSWORD, "firstName": "Alice"}
    registered = data(client_of(), register, {"input": new})["register"]
    assert registered["user"] == {"email": "alice@example.test", "roles": ["customer"]}
    alice = with_token(registered["access"])
    choice = {"product": product.slug, "options": [{"name": "size", "value": "M"}], "quantity": 2}
    cart = data(alice, ADD, {"input": choice})["addToCart"]["cart"]
    assert (cart["itemCount"], cart["subtotal"]) == (2, "20.00")
    order = data(alice, PLACE, {"input": {"shippingAddress": TO, "note": "Ring twice."}})
    order = order["placeOrder"]["order"]
    assert (order["status"], order["totalPrice"], order["currency"]) == ("PENDING", "20.00", "USD")
    opened = data(alice, OPEN, {"input": {"order": order["number"], "method": "TEST"}})
    payment = opened["openPayment"]["payment"]
    assert payment["amount"] == "20.00"
    paid = data(alice, CONFIRM, {"input": {"payment": payment["id"], "outcome": "SUCCEED"}})
    assert paid["confirmPayment"]["payment"]["status"] == "SUCCEEDED"
    assert paid["confirmPayment"]["order"]["status"] == "PAID"
    assert paid["confirmPayment"]["order"]["paidAt"].endswith("Z")
    found = Order.objects.get(pk=order["pk"])
    assert (found.shipping_address or {})["city"] == "Springfield"


def test_an_order_reads_as_in_rest() -> None:
    alice = make_user()
    order = make_order(alice, variants=[make_product(sizes=["M"]).variants.get()])
    query = """query($id: ID!) { order(id: $id) {
        pk number status subtotal totalPrice currency placedAt expiresAt
        items { pk quantity price lineTotal product { pk name slug } options { name value } }
        parcels { number status items vendor { name } }
        payments { pk refunds { pk } }
    } }"""
    rest = body(client_of(alice).get(f"/api/store/orders/{order.pk}/"))
    for reference in (str(order.pk), order.number, order.number.lower()):
        read = data(client_of(alice), query, {"id": reference})["order"]
        assert (read["number"], read["totalPrice"]) == (rest["number"], rest["total_price"])
        assert read["placedAt"] == rest["placed_at"]
        assert read["items"][0]["lineTotal"] == rest["items"][0]["line_total"]
        assert read["items"][0]["options"] == [{"name": "size", "value": "M"}]
        assert read["parcels"][0]["items"] == rest["parcels"][0]["items"]


def test_lists_take_the_same_few_statements_however_long() -> None:
    alice = make_user()
    client = client_of(alice)
    product = make_product(stock=100)
    for _ in range(4):
        make_order(alice, variants=[product.variants.get()])
    query = "query($n: Int) { orders(first: $n) { totalCount edges { node { number items { sku } parcels { number } payments { pk } } } } payments(first: $n) { edges { node { pk } } } wishlist(first: $n) { edges { node { pk } } } addresses(first: $n) { edges { node { pk } } } }"
    counts = []
    for first in (1, 4):
        with CaptureQueriesContext(connection) as captured:
            assert len(data(client, query, {"n": first})["orders"]["edges"]) == first
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Refusals -------------------------------------------------------------------------------

PRIVATE = [
    "{ cart { pk } }",
    "{ orders { totalCount } }",
    "{ order(id: 1) { pk } }",
    "{ orderHistory(order: 1) { totalCount } }",
    "{ payments { totalCount } }",
    "{ payment(id: 1) { pk } }",
    "{ wishlist { totalCount } }",
    "{ addresses { totalCount } }",
    "mutation { clearCart { cart { pk } } }",
    "mutation { setQuantity(item: 1, quantity: 1) { cart { pk } } }",
    "mutation { removeItem(item: 1) { cart { pk } } }",
    "mutation { addToCart(input: {variant: 1}) { cart { pk } } }",
    "mutation { placeOrder { order { pk } } }",
    "mutation { cancelOrder(order: 1) { order { pk } } }",
    "mutation { openPayment(input: {order: 1, method: TEST}) { payment { pk } } }",
    "mutation { confirmPayment(input: {payment: 1}) { payment { pk } } }",
    "mutation { keepProduct(product: 1) { isNew } }",
    "mutation { forgetProduct(wish: 1) { done } }",
    "mutation { moveToCart(wish: 1) { cart { pk } } }",
    "mutation { reviewProduct(product: 1, input: {rating: 5}) { review { pk } } }",
    "mutation { changeReview(review: 1, input: {rating: 5}) { review { pk } } }",
    "mutation { deleteReview(review: 1) { done } }",
    "mutation { deleteAddress(address: 1) { done } }",
    "mutation { changeAddress(address: 1, input: {}) { address { pk } } }",
    "mutation { changeMe(input: {}) { user { pk } } }",
    "mutation { signOut(input: {all: true}) { done } }",
    'mutation { changePassword(input: {currentPassword: "a", newPassword: "b"}) { done } }',
    'mutation { addAddress(input: {fullName: "A", line1: "1", city: "B", country: "US"}) { address { pk } } }',
]


@pytest.mark.parametrize("query", PRIVATE)
def test_strangers_are_sent_to_sign_in(query: str) -> None:
    assert problem(ask(client_of(), query)) == ("not_authenticated", None, 401)


def test_what_is_anothers_is_not_there() -> None:
    alice, bob = make_user(), client_of(make_user())
    product = make_product()
    order = make_order(alice)
    payment = data(client_of(alice), OPEN, {"input": {"order": order.pk, "method": "TEST"}})
    payment_pk = payment["openPayment"]["payment"]["pk"]
    review = make_review(product, user=alice)
    item = CartItem.objects.create(cart=_cart_of(alice), variant=product.variants.get(), quantity=1)
    for query in (
        f"{{ order(id: {order.pk}) {{ pk }} }}",
        f'{{ node(id: "{_global("Order", order.pk)}") {{ id }} }}',
        f'{{ node(id: "{_global("Payment", payment_pk)}") {{ id }} }}',
        f"{{ orderHistory(order: {order.pk}) {{ totalCount }} }}",
        f"{{ payment(id: {payment_pk}) {{ pk }} }}",
        f"mutation {{ cancelOrder(order: {order.pk}) {{ order {{ pk }} }} }}",
        f"mutation {{ openPayment(input: {{order: {order.pk}, method: TEST}}) {{ payment {{ pk }} }} }}",
        f"mutation {{ confirmPayment(input: {{payment: {payment_pk}, outcome: SUCCEED}}) {{ payment {{ pk }} }} }}",
        f"mutation {{ changeReview(review: {review.pk}, input: {{rating: 1}}) {{ review {{ pk }} }} }}",
        f"mutation {{ deleteReview(review: {review.pk}) {{ done }} }}",
        f"mutation {{ removeItem(item: {item.pk}) {{ cart {{ pk }} }} }}",
        f"mutation {{ setQuantity(item: {item.pk}, quantity: 2) {{ cart {{ pk }} }} }}",
    ):
        assert problem(ask(bob, query)) == ("not_found", None, 404), query
    assert data(bob, "{ orders { totalCount } payments { totalCount } }") == {
        "orders": {"totalCount": 0},
        "payments": {"totalCount": 0},
    }
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert Review.objects.get().rating == 5


def _cart_of(user: User) -> Any:
    pk = data(client_of(user), "{ cart { pk } }")["cart"]["pk"]
    return user.carts.get(pk=pk)


def _global(kind: str, pk: int) -> str:
    import base64

    return base64.b64encode(f"{kind}:{pk}".encode()).decode()


def test_staff_cancel_anybodys_order_and_only_with_the_right() -> None:
    order = make_order(make_user())
    query = f"mutation {{ cancelOrder(order: {order.pk}) {{ order {{ status }} }} }}"
    refused = ask(client_of(make_staff("support")), query)
    assert problem(refused) == ("permission_denied", None, 403)
    done = data(client_of(make_staff("order managers")), query)
    assert done["cancelOrder"]["order"]["status"] == "CANCELLED"


def test_refusals_have_the_codes_and_fields_of_rest() -> None:
    client = client_of(make_user())
    variant = make_product(stock=1).variants.get()
    assert problem(ask(client, PLACE))[0] == "cart_is_empty"
    assert problem(ask(client, ADD, {"input": {"variant": variant.pk, "quantity": 2}})) == (
        "out_of_stock",
        "quantity",
        409,
    )
    assert problem(ask(client, ADD, {"input": {}})) == ("required", "variant", 400)
    nowhere = {"shippingAddress": TO | {"country": "Atlantis", "fullName": ""}}
    answer = ask(client, PLACE, {"input": nowhere})
    attrs = {error["extensions"]["attr"] for error in answer["errors"]}
    assert attrs == {"shippingAddress.country", "shippingAddress.fullName"}
    assert answer["data"] == {"placeOrder": None}
    both = {"shippingAddress": TO, "shippingAddressPk": 1}
    assert problem(ask(client, PLACE, {"input": both})) == ("invalid", "shippingAddress", 400)


def test_a_refused_mutation_leaves_the_others_alone() -> None:
    client = client_of(make_user())
    both = "mutation { a: clearCart { cart { pk } } b: placeOrder { order { pk } } c: clearCart { cart { itemCount } } }"
    answer = ask(client, both)
    assert (problem(answer)[0], answer["data"]["b"]) == ("cart_is_empty", None)
    assert answer["data"]["c"] == {"cart": {"itemCount": 0}}
    assert answer["errors"][0]["path"] == ["b"]


def test_a_failure_is_masked_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("shop.cart.services.open_cart", fail)
    client = client_of(make_user())
    answer = ask(client, "{ cart { pk } }")
    assert problem(answer)[2] == 500
    assert "secret" not in str(answer)
    assert "the secret of the house" in caplog.text


# --- Sign-in --------------------------------------------------------------------------------


def test_sign_in_refresh_and_sign_out() -> None:
    user = make_user()
    pair = data(client_of(), SIGN_IN, {"input": {"email": user.email, "password": PASSWORD}})[
        "signIn"
    ]
    assert data(with_token(pair["access"]), "{ me { email } }") == {"me": {"email": user.email}}
    renew = "mutation($token: String!) { refresh(refresh: $token) { access refresh } }"
    # An access token that is no longer valid does no harm here.
    renewed = data(with_token("expired"), renew, {"token": pair["refresh"]})["refresh"]
    leave = "mutation($input: SignOutInput!) { signOut(input: $input) { done } }"
    data(with_token(renewed["access"]), leave, {"input": {"refresh": renewed["refresh"]}})
    assert (
        with_token(renewed["access"])
        .post(ADDRESS, {"query": "{ me { pk } }"}, format="json")
        .status_code
        == 401
    )
    assert problem(ask(client_of(), renew, {"token": renewed["refresh"]}))[0] == "token_not_valid"


def test_failed_sign_ins_are_counted_with_aliases_and_keys_too() -> None:
    email = make_user().email
    guess = f'signIn(input: {{email: "{email}", password: "wrong"}}) {{ access }}'
    many = " ".join(f"g{n}: {guess}" for n in range(6))
    ask(client_of(), f"mutation {{ {many} }}")
    for number in range(4):
        answer = ask(client_of(), f"mutation {{ {guess} }}", idempotency_key=f"guess {number}")
        assert problem(answer) == ("invalid_credentials", None, 401)
    answer = ask(client_of(), f"mutation {{ {guess} }}")
    assert problem(answer) == ("throttled", None, 429)


# --- Idempotency-Key ------------------------------------------------------------------------


def keyed(client: APIClient, query: str, variables: Any, key: str = "once") -> Any:
    asked = {"query": query, "variables": variables}
    return client.post(ADDRESS, asked, format="json", headers={"idempotency-key": key})


def test_a_repeated_request_gets_the_first_answer_and_does_nothing() -> None:
    client = client_of(make_user())
    choice = {"input": {"variant": make_product().variants.get().pk}}
    first, second = keyed(client, ADD, choice), keyed(client, ADD, choice)
    assert body(first)["data"]["addToCart"]["cart"]["itemCount"] == 1
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"
    assert CartItem.objects.get().quantity == 1
    other = keyed(client, ADD, {"input": choice["input"] | {"quantity": 2}})
    assert other.status_code == 422
    assert body(other)["errors"][0]["extensions"]["code"] == "idempotency_key_reused"


def test_a_refusal_is_not_kept() -> None:
    client = client_of(make_user())
    assert "errors" in body(keyed(client, PLACE, {}))
    assert not IdempotencyKey.objects.exists()
    data(client, ADD, {"input": {"variant": make_product().variants.get().pk}})
    assert body(keyed(client, PLACE, {}))["data"]["placeOrder"]["order"]["status"] == "PENDING"


def test_an_answer_that_fails_undoes_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(make_user())
    choice = {"input": {"variant": make_product().variants.get().pk}}

    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("shop.cart.graphql.options_of", fail)
    query = ADD.replace("pk quantity", "variant { options { name } }")
    assert keyed(client, query, choice).status_code == 200
    assert not CartItem.objects.exists()
    assert not IdempotencyKey.objects.exists()
    ask(client, query, choice)
    assert CartItem.objects.exists(), "without a key what was done stays"


def test_one_key_is_for_one_mutation() -> None:
    client = client_of(make_user())
    twice = "mutation { a: clearCart { cart { pk } } b: clearCart { cart { pk } } }"
    response = keyed(client, twice, {})
    assert response.status_code == 400
    assert body(response)["errors"][0]["extensions"]["code"] == "one_mutation_per_key"
    assert "errors" not in ask(client, twice)


def test_a_payment_is_opened_once_and_in_steps() -> None:
    user = make_user()
    client, order = client_of(user), make_order(user)
    wish = {"input": {"order": order.number, "method": "TEST"}}
    first, second = keyed(client, OPEN, wish), keyed(client, OPEN, wish)
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"
    assert Payment.objects.count() == 1
    assert IdempotencyKey.objects.get().steps


# --- Reviews, wishes, addresses -------------------------------------------------------------


def test_a_shopper_reviews_keeps_and_moves_goods() -> None:
    client, product = client_of(make_user(first_name="Alice", last_name="Archer")), make_product()
    write = "mutation($p: ID!, $input: ReviewInput!) { reviewProduct(product: $p, input: $input) { review { id pk rating author { name } } } }"
    review = data(client, write, {"p": product.slug, "input": {"rating": 4}})["reviewProduct"][
        "review"
    ]
    assert (review["rating"], review["author"]["name"]) == (4, "Alice A.")
    again = ask(client, write, {"p": product.pk, "input": {"rating": 4}})
    assert problem(again)[2] == 409
    change = (
        "mutation($r: ID!) { changeReview(review: $r, input: {rating: 5}) { review { rating } } }"
    )
    data(client, change, {"r": review["id"]})
    read = data(
        client_of(),
        f'{{ reviews(product: "{product.slug}", rating: 5) {{ totalCount edges {{ node {{ rating }} }} }} }}',
    )
    assert read["reviews"] == {"totalCount": 1, "edges": [{"node": {"rating": 5}}]}
    data(client, f"mutation {{ deleteReview(review: {review['pk']}) {{ done }} }}")
    assert not Review.objects.exists()
    keep = "mutation($p: ID!) { keepProduct(product: $p) { isNew wish { pk product { id name price inStock } } } }"
    kept = data(client, keep, {"p": _global("Product", product.pk)})["keepProduct"]
    assert kept["isNew"]
    assert kept["wish"]["product"]["id"] == _global("Product", product.pk)
    assert (
        data(client, "{ wishlist { totalCount edges { node { pk } } } }")["wishlist"]["totalCount"]
        == 1
    )
    moved = data(
        client, f"mutation {{ moveToCart(wish: {kept['wish']['pk']}) {{ cart {{ itemCount }} }} }}"
    )
    assert moved == {"moveToCart": {"cart": {"itemCount": 1}}}


def test_an_address_book_is_kept() -> None:
    user = make_user()
    client = client_of(user)
    add = "mutation($input: AddressInput!) { addAddress(input: $input) { address { pk city line2 isDefaultShipping } } }"
    address = data(client, add, {"input": TO})["addAddress"]["address"]
    assert address["isDefaultShipping"]
    change = "mutation($a: Int!, $input: AddressChanges!) { changeAddress(address: $a, input: $input) { address { city line1 } } }"
    changed = data(client, change, {"a": address["pk"], "input": {"city": "Shelbyville"}})
    assert changed["changeAddress"]["address"] == {"city": "Shelbyville", "line1": TO["line1"]}
    assert problem(ask(client, change, {"a": address["pk"], "input": {"city": None}}))[1] == "city"
    placed = {"input": {"shippingAddressPk": address["pk"]}}
    data(client, ADD, {"input": {"variant": make_product().variants.get().pk}})
    assert data(client, PLACE, placed)["placeOrder"]["order"]["status"] == "PENDING"
    data(client, f"mutation {{ deleteAddress(address: {address['pk']}) {{ done }} }}")
    assert data(client, "{ addresses { totalCount } }") == {"addresses": {"totalCount": 0}}
    assert AuthSession.objects.filter(user=user).exists()

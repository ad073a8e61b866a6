"""What shoppers do, and what is refused to them."""

from typing import Any

from django.db.models import F

from shop.accounts.models import Address, User
from shop.accounts.tests.make import PASSWORD
from shop.cart.models import CartItem
from shop.inventory.models import StockLevel
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.reviews.models import Review
from shop.wishlist.models import WishlistItem
from tests.parity.cast import Stage
from tests.parity.doors import Door, mutation, query, rest

AT_HOME = {
    "full_name": "Bob Baker",
    "line1": "1 High Street",
    "city": "Bonn",
    "country": "DE",
}
IN_GRAPHQL = {"fullName": "Bob Baker", "line1": "1 High Street", "city": "Bonn", "country": "DE"}


def slugs_of_rest(answer: Any) -> list[Any]:
    return [answer["count"], *(row["slug"] for row in answer["results"])]


def slugs(answer: Any) -> list[Any]:
    return [answer["totalCount"], *(edge["node"]["slug"] for edge in answer["edges"])]


def _page(answer: Any) -> list[Any]:
    return [answer["name"], answer["price"], [variant["sku"] for variant in answer["variants"]]]


def _facets_of_rest(answer: Any) -> list[Any]:
    found = answer["facets"]
    return _facets(found | {"inStock": found["in_stock"]})


def _facets(found: Any) -> list[Any]:
    return [
        [(one["slug"], one["count"]) for one in found["categories"] + found["vendors"]],
        [(one["min"], one["max"], one["count"]) for one in found["prices"]],
        [(one["name"], one["values"]) for one in found["options"]],
        [(one["value"], one["count"]) for one in found["ratings"] + found["inStock"]],
    ]


def _suggested(found: Any) -> list[Any]:
    return [
        [(one["name"], one["price"], one["image"]) for one in found["products"]],
        [one["slug"] for one in found["categories"] + found["vendors"]],
    ]


SLUGS = "totalCount edges { node { slug } }"
FACETS = (
    "categories { slug count } vendors { slug count } prices { min max count } "
    "options { name values { value count } } ratings { value count } inStock { value count }"
)
SUGGESTED = "products { name price image } categories { slug } vendors { slug }"


def browses(door: Door, stage: Stage) -> None:
    looks: tuple[tuple[str, dict[str, Any]], ...] = (
        ("", {}),
        ("?search=coat&ordering=name", {"search": "coat", "orderBy": "NAME_ASC"}),
        ("?min_price=10&in_stock=true", {"filter": {"minPrice": "10", "inStock": True}}),
    )
    for address, arguments in looks:
        door.do(
            None,
            rest("GET", f"/api/store/products/{address}").tells(slugs_of_rest),
            query("products", SLUGS, **arguments).tells(slugs),
        )
    for path, arguments in (
        ("?facets=true", {}),
        (
            "?facets=true&search=coat&vendor=alder",
            {"search": "coat", "filter": {"vendor": "alder"}},
        ),
    ):
        door.do(
            None,
            rest("GET", f"/api/store/products/{path}").tells(_facets_of_rest),
            query("productFacets", FACETS, **arguments).tells(_facets),
        )
    for typed in ("", "co", "alder", "x" * 101):
        door.do(
            None,
            rest("GET", f"/api/store/search/suggest/?q={typed}").tells(_suggested),
            query("suggest", SUGGESTED, q=typed).tells(_suggested),
            refused="max_length" if len(typed) > 100 else "",
        )
    slug = stage.shop.product.slug
    door.do(
        None,
        rest("GET", f"/api/store/products/{slug}/").tells(_page),
        query("product", "name price variants { sku }", id=slug).tells(_page),
    )
    door.do(
        None,
        rest("GET", "/api/store/products/no-such-thing/"),
        query("product", id="no-such-thing"),
        refused="not_found",
    )


def opens_an_account_and_changes_it(door: Door, stage: Stage) -> None:
    new = {"email": "carol@example.test", "password": PASSWORD}
    door.do(
        None,
        rest("POST", "/api/auth/registration/", **new, first_name="Carol"),
        mutation("register", input=new | {"firstName": "Carol"}),
    )
    door.do(
        None,
        rest("POST", "/api/auth/registration/", **new),
        mutation("register", input=new),
        refused="email_taken",
    )
    door.do(
        None,
        rest("POST", "/api/auth/jwt/create/", **new),
        mutation("signIn", input=new),
    )
    wrong = new | {"password": "something else"}
    door.do(
        None,
        rest("POST", "/api/auth/jwt/create/", **wrong),
        mutation("signIn", input=wrong),
        refused="invalid_credentials",
    )
    carol = User.objects.get(email=new["email"])
    door.do(
        carol,
        rest("PATCH", "/api/store/users/me/", last_name="Cook", phone_number="+15550100"),
        mutation("changeMe", input={"lastName": "Cook", "phoneNumber": "+15550100"}),
    )
    door.do(
        carol,
        rest("POST", "/api/auth/password/change/", current_password="wrong", new_password="x" * 12),
        mutation("changePassword", input={"currentPassword": "wrong", "newPassword": "x" * 12}),
        refused="wrong_password",
    )
    changed = "another-horse-9"
    door.do(
        carol,
        rest("POST", "/api/auth/password/change/", current_password=PASSWORD, new_password=changed),
        mutation("changePassword", input={"currentPassword": PASSWORD, "newPassword": changed}),
    )
    door.do(
        carol,
        rest("POST", "/api/auth/logout/", all=True),
        mutation("signOut", input={"all": True}),
    )
    door.do(
        None,
        rest("GET", "/api/store/addresses/"),
        query("addresses"),
        refused="not_authenticated",
    )


def keeps_addresses(door: Door, stage: Stage) -> None:
    door.do(
        stage.bob,
        rest("POST", "/api/store/addresses/", **AT_HOME),
        mutation("addAddress", input=IN_GRAPHQL),
    )
    pk = Address.objects.get(user=stage.bob).pk
    door.do(
        stage.bob,
        rest("PATCH", f"/api/store/addresses/{pk}/", postal_code="53111"),
        mutation("changeAddress", address=pk, input={"postalCode": "53111"}),
    )
    door.do(
        stage.bob,
        rest("POST", "/api/store/addresses/", **AT_HOME | {"country": "XX"}),
        mutation("addAddress", input=IN_GRAPHQL | {"country": "XX"}),
        refused="invalid_country",
    )
    door.do(
        stage.vera,
        rest("DELETE", f"/api/store/addresses/{pk}/"),
        mutation("deleteAddress", address=pk),
        refused="not_found",
    )
    door.do(
        stage.bob,
        rest("DELETE", f"/api/store/addresses/{pk}/"),
        mutation("deleteAddress", address=pk),
    )


def puts_into_the_cart(door: Door, stage: Stage) -> None:
    variant, product = stage.shop.variant.pk, stage.shop.product.slug
    add = "/api/store/carts/add_item/"
    door.do(
        stage.bob,
        rest("POST", add, variant=variant, quantity=2),
        mutation("addToCart", input={"variant": variant, "quantity": 2}),
    )
    door.do(
        stage.bob,
        rest("POST", add, product=product, options={"size": "S"}),
        mutation(
            "addToCart", input={"product": product, "options": [{"name": "size", "value": "S"}]}
        ),
    )
    door.do(
        stage.bob,
        rest("POST", add, product=product),
        mutation("addToCart", input={"product": product}),
        refused="variant_required",
    )
    line = CartItem.objects.filter(cart__user=stage.bob).latest("pk").pk
    door.do(
        stage.bob,
        rest("PATCH", f"/api/store/cart-items/{line}/", quantity=5),
        mutation("setQuantity", item=line, quantity=5),
    )
    door.do(
        stage.alice,
        rest("PATCH", f"/api/store/cart-items/{line}/", quantity=5),
        mutation("setQuantity", item=line, quantity=5),
        refused="not_found",
    )
    door.do(
        stage.bob,
        rest("DELETE", f"/api/store/cart-items/{line}/"),
        mutation("removeItem", item=line),
    )
    door.do(stage.bob, rest("POST", "/api/store/carts/clear/"), mutation("clearCart"))


def places(door: Door, stage: Stage, *, quantity: int = 2) -> Order:
    """Bob's order of Alder's coat, which others go on from."""
    variant = stage.shop.variant.pk
    door.do(
        stage.bob,
        rest("POST", "/api/store/carts/add_item/", variant=variant, quantity=quantity),
        mutation("addToCart", input={"variant": variant, "quantity": quantity}),
    )
    door.do(
        stage.bob,
        rest("POST", "/api/store/orders/", shipping_address=AT_HOME, note="Ring twice."),
        mutation("placeOrder", input={"shippingAddress": IN_GRAPHQL, "note": "Ring twice."}),
    )
    return Order.objects.filter(user=stage.bob).latest("pk")


def pays(door: Door, stage: Stage, order: Order, outcome: str = "succeed") -> Payment:
    door.do(
        stage.bob,
        rest("POST", "/api/store/payments/", order=order.number, method="test"),
        mutation("openPayment", input={"order": order.number, "method": "TEST"}),
    )
    payment = Payment.objects.filter(order=order).latest("pk")
    door.do(
        stage.bob,
        rest("POST", f"/api/store/payments/{payment.pk}/confirm/", outcome=outcome),
        mutation("confirmPayment", input={"payment": payment.pk, "outcome": outcome.upper()}),
    )
    return payment


def buys(door: Door, stage: Stage) -> None:
    door.do(
        stage.bob,
        rest("POST", "/api/store/orders/"),
        mutation("placeOrder"),
        refused="cart_is_empty",
    )
    order = places(door, stage)
    pays(door, stage, order, "decline")
    pays(door, stage, order)
    door.do(
        stage.bob,
        rest("POST", "/api/store/payments/", order=order.number, method="test"),
        mutation("openPayment", input={"order": order.number, "method": "TEST"}),
        refused="already_paid",
    )
    door.do(
        stage.vera,
        rest("POST", "/api/store/payments/", order=order.number, method="test"),
        mutation("openPayment", input={"order": order.number, "method": "TEST"}),
        refused="not_found",
    )


def wants_more_than_there_is(door: Door, stage: Stage) -> None:
    variant = stage.shop.variant.pk
    door.do(
        stage.bob,
        rest("POST", "/api/store/carts/add_item/", variant=variant, quantity=900),
        mutation("addToCart", input={"variant": variant, "quantity": 900}),
        refused="out_of_stock",
    )
    door.do(
        stage.bob,
        rest("POST", "/api/store/carts/add_item/", variant=variant, quantity=50),
        mutation("addToCart", input={"variant": variant, "quantity": 50}),
    )
    # Somebody is quicker.
    StockLevel.objects.filter(variant=variant).update(on_hand=F("reserved"))
    door.do(
        stage.bob,
        rest("POST", "/api/store/orders/", shipping_address=AT_HOME),
        mutation("placeOrder", input={"shippingAddress": IN_GRAPHQL}),
        refused="out_of_stock",
    )


def cancels_before_paying(door: Door, stage: Stage) -> None:
    _cancels(door, stage, places(door, stage))


def cancels_after_paying(door: Door, stage: Stage) -> None:
    order = places(door, stage)
    pays(door, stage, order)
    _cancels(door, stage, order)


def _cancels(door: Door, stage: Stage, order: Order) -> None:
    path = f"/api/store/orders/{order.number}/cancel/"
    door.do(
        stage.vera,
        rest("POST", path),
        mutation("cancelOrder", order=order.number),
        refused="not_found",
    )
    door.do(
        stage.bob,
        rest("POST", path, note="Too late."),
        mutation("cancelOrder", order=order.number, note="Too late."),
    )
    door.do(
        stage.bob,
        rest("POST", path),
        mutation("cancelOrder", order=order.number),
        refused="illegal_move",
    )


def reviews(door: Door, stage: Stage) -> None:
    product = stage.shop.product.slug
    path = f"/api/store/products/{product}/reviews/"
    words = {"rating": 4, "title": "Warm", "body": "And dry."}
    door.do(
        stage.bob,
        rest("POST", path, **words),
        mutation("reviewProduct", product=product, input=words),
    )
    door.do(
        stage.bob,
        rest("POST", path, **words),
        mutation("reviewProduct", product=product, input=words),
        refused="already_reviewed",
    )
    door.do(
        stage.vera,
        rest("POST", path, rating=9),
        mutation("reviewProduct", product=product, input={"rating": 9}),
        refused="max_value",
    )
    pk = Review.objects.get(user=stage.bob).pk
    door.do(
        stage.bob,
        rest("PATCH", f"{path}{pk}/", rating=2),
        mutation("changeReview", review=pk, input={"rating": 2}),
    )
    door.do(
        stage.vera,
        rest("DELETE", f"{path}{pk}/"),
        mutation("deleteReview", review=pk),
        refused="not_found",
    )
    door.do(stage.bob, rest("DELETE", f"{path}{pk}/"), mutation("deleteReview", review=pk))


def wishes_and_buys(door: Door, stage: Stage) -> None:
    product, path = stage.shop.product.slug, "/api/store/wishlists/"
    for _ in range(2):
        door.do(
            stage.bob, rest("POST", path, product=product), mutation("keepProduct", product=product)
        )
    pk = WishlistItem.objects.get(user=stage.bob).pk
    door.do(
        stage.bob,
        rest("POST", f"{path}{pk}/move-to-cart/"),
        mutation("moveToCart", wish=pk),
        refused="variant_required",
    )
    door.do(
        stage.bob,
        rest("POST", f"{path}{pk}/move-to-cart/", size="M", quantity=2),
        mutation("moveToCart", wish=pk, input={"size": "M", "quantity": 2}),
    )
    door.do(
        stage.bob,
        rest("DELETE", f"{path}{pk}/"),
        mutation("forgetProduct", wish=pk),
        refused="not_found",
    )
    door.do(
        stage.bob,
        rest("POST", path, product="no-such-thing"),
        mutation("keepProduct", product="no-such-thing"),
        refused="not_found",
    )


SHOPPING = (
    browses,
    opens_an_account_and_changes_it,
    keeps_addresses,
    puts_into_the_cart,
    buys,
    wants_more_than_there_is,
    cancels_before_paying,
    cancels_after_paying,
    reviews,
    wishes_and_buys,
)

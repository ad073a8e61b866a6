"""The one cart that a shopper has open."""

from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.accounts.graphql import caller
from shop.cart import models, querysets, services
from shop.cart.serializers import AddItemInput, SetQuantityInput, cart_answer, chosen_item
from shop.core.graphql.inputs import OptionInput, given, global_id, reference
from shop.core.graphql.nodes import Option, options_of
from shop.core.inputs import parsed


@strawberry.type(description="A product by its name.")
class ProductReference:
    pk: int
    name: str
    slug: str

    @strawberry.field(description="Of the Product.")
    def id(self) -> strawberry.ID:
        return global_id("Product", cast("Any", self)["id"])


@strawberry.type
class CartVariant:
    pk: int
    sku: str
    size: str | None

    @strawberry.field
    def options(self) -> list[Option]:
        return options_of(cast("Any", self)["options"])


@strawberry.type(description="A line of the cart.")
class CartItem:
    pk: int
    product: ProductReference
    variant: CartVariant
    quantity: int
    unit_price: str = strawberry.field(description="The price of this moment.")
    line_total: str
    currency: str
    is_buyable: bool = strawberry.field(description="It is for sale at all.")
    in_stock: bool = strawberry.field(description="The whole quantity can be bought now.")
    available: int = strawberry.field(description="How many can be bought now.")
    image: str | None


@strawberry.type(description="What the caller is about to buy, at the prices of this moment.")
class Cart:
    pk: int
    items: list[CartItem]
    item_count: int = strawberry.field(description="Pieces, not lines.")
    subtotal: str
    currency: str


@strawberry.type
class CartPayload:
    cart: Cart


@strawberry.input(
    description="A variant; or a product and, if it has several variants, enough of its options."
)
class AddToCartInput:
    variant: int | None = strawberry.field(default=UNSET, description="Its `pk`.")
    product: strawberry.ID | None = strawberry.field(default=UNSET, description="Id or slug.")
    size: str | None = UNSET
    options: list[OptionInput] | None = UNSET
    quantity: int = 1


def payload(cart: models.Cart) -> CartPayload:
    return CartPayload(cart=cast("Cart", cart_answer(cart, querysets.lines_of(cart))))


@strawberry.type
class CartQuery:
    @strawberry.field(description="The caller's cart.")
    def cart(self, info: strawberry.Info) -> Cart | None:
        return payload(services.open_cart(user=caller(info))).cart


@strawberry.type
class CartMutation:
    @strawberry.mutation(description="The same variant adds up.")
    def add_to_cart(self, info: strawberry.Info, input: AddToCartInput) -> CartPayload | None:  # noqa: A002
        user, asked = caller(info), given(input)
        if asked.get("product"):
            asked["product"] = reference("Product", asked["product"])
        item = services.add_item(user=user, **chosen_item(parsed(AddItemInput, asked)))
        return payload(item.cart)

    @strawberry.mutation(description="0 removes the line.")
    def set_quantity(self, info: strawberry.Info, item: int, quantity: int) -> CartPayload | None:
        user = caller(info)
        wanted = parsed(SetQuantityInput, {"quantity": quantity})
        services.set_quantity(user=user, item_id=item, **wanted)
        return payload(services.open_cart(user=user))

    @strawberry.mutation
    def remove_item(self, info: strawberry.Info, item: int) -> CartPayload | None:
        services.remove_item(user=caller(info), item_id=item)
        return payload(services.open_cart(user=caller(info)))

    @strawberry.mutation
    def clear_cart(self, info: strawberry.Info) -> CartPayload | None:
        return payload(services.clear_cart(user=caller(info)))

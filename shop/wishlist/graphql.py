"""What a shopper keeps for later."""

from datetime import datetime
from typing import cast

import strawberry
from strawberry import UNSET

from shop.accounts.graphql import caller
from shop.accounts.graphql_parts import DonePayload
from shop.cart.graphql import CartPayload, ProductReference
from shop.cart.graphql import payload as cart_payload
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import OptionInput, given, reference
from shop.wishlist import querysets, services
from shop.wishlist.serializers import MoveToCartInput


@strawberry.type
class WishProduct(ProductReference):
    price: str
    currency: str
    in_stock: bool
    image: str | None


@strawberry.type(description="A product that the caller keeps.")
class Wish:
    pk: int
    product: WishProduct
    created_at: datetime


@strawberry.type
class KeepProductPayload:
    wish: Wish
    is_new: bool = strawberry.field(description="False: it was kept already.")


@strawberry.input(description="Needed as far as the product has several variants.")
class MoveToCartChoice:
    size: str | None = UNSET
    options: list[OptionInput] | None = UNSET
    quantity: int = 1


@strawberry.type
class WishlistQuery:
    @strawberry.field(description="Newest first. Goods that left the shop for now are not shown.")
    def wishlist(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Wish] | None:
        rows = querysets.rows_of(querysets.visible_to(caller(info)))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(Connection[Wish], rows, page, as_nodes=querysets.shown)
        return cast("Connection[Wish]", found)


@strawberry.type
class WishlistMutation:
    @strawberry.mutation(description="Twice is the same wish.")
    def keep_product(
        self, info: strawberry.Info, product: strawberry.ID
    ) -> KeepProductPayload | None:
        user, named = caller(info), reference("Product", product)
        item, is_new = services.keep_product(user=user, product=named)
        (wish,) = querysets.shown([querysets.row_of(item)])
        return KeepProductPayload(wish=cast("Wish", wish), is_new=is_new)

    @strawberry.mutation
    def forget_product(self, info: strawberry.Info, wish: int) -> DonePayload | None:
        services.forget_product(user=caller(info), item_id=wish)
        return DonePayload()

    @strawberry.mutation(description="When the cart refuses, the wish stays.")
    def move_to_cart(
        self,
        info: strawberry.Info,
        wish: int,
        input: MoveToCartChoice | None = None,  # noqa: A002
    ) -> CartPayload | None:
        user = caller(info)
        choice = MoveToCartInput(data=given(input) if input else {})
        choice.is_valid(raise_exception=True)
        cart = services.move_to_cart(user=user, item_id=wish, **choice.arguments())
        return cart_payload(cart)

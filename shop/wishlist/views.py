from typing import Any, cast

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts.models import User
from shop.cart import querysets as carts
from shop.cart.errors import NoSuchProduct, NoSuchVariant, NotBuyable, VariantRequired
from shop.cart.serializers import CartOutput, cart_answer
from shop.cart.views import CART
from shop.core.errors import NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.inventory.errors import OutOfStock
from shop.products.expansions import PRODUCT
from shop.wishlist import querysets, services
from shop.wishlist.models import WishlistItem
from shop.wishlist.serializers import MoveToCartInput, WishInput, WishOutput

TAGS = ["Wishlist"]
WISH = {
    "id": 5,
    "product": {
        "id": 12,
        "name": "Ocean Blue Shirt",
        "slug": "ocean-blue-shirt",
        "price": "50.00",
        "currency": "USD",
        "in_stock": True,
        "image": "https://shop.example/media/productimage/ab/abcdef.webp",
    },
    "created_at": "2026-11-20T12:00:00Z",
}


def user_of(request: Request) -> User:
    return cast("User", request.user)  # the default permission lets nobody else in


class WishlistViewSet(OncePerKey, GenericViewSet[WishlistItem]):
    """What a shopper keeps for later."""

    queryset = WishlistItem.objects.all()
    serializer_class = WishOutput
    lookup_value_regex = "[0-9]{1,18}"
    expansions = {"list": {"product": PRODUCT}}

    @documented("List what you keep", response=WishOutput(many=True), example=WISH, tags=TAGS)
    def list(self, request: Request) -> Response:
        """Newest first. Goods that left the shop for now are not listed and come back with it."""
        rows = querysets.rows_of(querysets.visible_to(user_of(request)))
        page = cast("list[Any]", self.paginate_queryset(rows))
        return self.get_paginated_response(querysets.shown(page))

    @documented(
        "Keep a product",
        request=WishInput,
        body={"product": "ocean-blue-shirt"},
        response=WishOutput,
        example=WISH,
        status=201,
        also={200: WishOutput},
        refuses=[NoSuchProduct],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """201 for a new wish; 200 with the same row when the product was kept already."""
        given = WishInput(data=request.data)
        given.is_valid(raise_exception=True)
        item, is_new = services.keep_product(user=user_of(request), **given.validated_data)
        (answer,) = querysets.shown([querysets.row_of(item)])
        return Response(answer, status=201 if is_new else 200)

    @documented("Keep it no longer", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, pk: str) -> Response:
        services.forget_product(user=user_of(request), item_id=int(pk))
        return Response(status=204)

    @documented(
        "Move it to the cart",
        request=MoveToCartInput,
        body={"size": "M", "quantity": 2},
        response=CartOutput,
        example=CART,
        refuses=[NotFound, VariantRequired, NoSuchVariant, NotBuyable, OutOfStock],
        tags=TAGS,
    )
    @action(detail=True, methods=["post"], url_path="move-to-cart")
    def move_to_cart(self, request: Request, pk: str) -> Response:
        """Answers with the cart. When the cart refuses, the wish stays."""
        given = MoveToCartInput(data=request.data)
        given.is_valid(raise_exception=True)
        cart = services.move_to_cart(user=user_of(request), item_id=int(pk), **given.arguments())
        return Response(cart_answer(cart, carts.lines_of(cart)))

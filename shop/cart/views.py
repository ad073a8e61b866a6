from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from shop.accounts.models import User
from shop.cart import querysets, services
from shop.cart.errors import NoSuchProduct, NoSuchVariant, NotBuyable, VariantRequired
from shop.cart.models import Cart, CartItem
from shop.cart.serializers import (
    AddItemInput,
    CartItemOutput,
    CartOutput,
    SetQuantityInput,
    cart_answer,
    chosen_item,
    line_answer,
)
from shop.core.errors import NotFound
from shop.core.inputs import parsed
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.inventory.errors import OutOfStock
from shop.products.expansions import PRODUCT

TAGS = ["Cart"]
LINE: dict[str, Any] = {
    "id": 7,
    "product": {"id": 12, "name": "Ocean Blue Shirt", "slug": "ocean-blue-shirt"},
    "variant": {"id": 31, "sku": "OBS-M", "size": "M", "options": {"size": "M"}},
    "quantity": 2,
    "unit_price": "50.00",
    "line_total": "100.00",
    "currency": "USD",
    "is_buyable": True,
    "in_stock": True,
    "available": 14,
    "image": "https://shop.example/media/productimage/ab/abcdef.webp",
}
CART = {"id": 3, "items": [LINE], "item_count": 2, "subtotal": "100.00", "currency": "USD"}
EMPTY = {"id": 3, "items": [], "item_count": 0, "subtotal": "0.00", "currency": "USD"}
ADD = {"product": "ocean-blue-shirt", "size": "M", "quantity": 2}
# In full, for PATCH too: a line without its quantity says nothing.
WHOLE_LINE = {"application/json": {"$ref": "#/components/schemas/SetQuantityInputRequest"}}
REFUSALS = [VariantRequired, NoSuchVariant, NoSuchProduct, NotBuyable, OutOfStock]


def user_of(request: Request) -> User:
    return cast("User", request.user)  # the default permission lets nobody else in


class CartViewSet(OncePerKey, ViewSet):
    """The one cart that a shopper has open."""

    expansions = {"retrieve": {"items.product": PRODUCT}}

    @documented("Show the cart", response=CartOutput, example=CART, tags=TAGS)
    def retrieve(self, request: Request) -> Response:
        """Prices and stock are those of this moment."""
        return self._answer(services.open_cart(user=user_of(request)))

    @documented(
        "Put something in the cart",
        request=AddItemInput,
        body=ADD,
        response=CartOutput,
        example=CART,
        refuses=REFUSALS,
        tags=TAGS,
    )
    def add_item(self, request: Request) -> Response:
        """Name a variant; or a product and, if it has several variants, enough of its options.

        The same variant adds up.
        """
        asked = chosen_item(parsed(AddItemInput, request.data))
        item = services.add_item(user=user_of(request), **asked)
        return self._answer(item.cart)

    @documented("Empty the cart", response=CartOutput, example=EMPTY, tags=TAGS)
    def clear(self, request: Request) -> Response:
        return self._answer(services.clear_cart(user=user_of(request)))

    @staticmethod
    def _answer(cart: Cart) -> Response:
        return Response(cart_answer(cart, querysets.lines_of(cart)))


class CartItemViewSet(OncePerKey, GenericViewSet[CartItem]):
    """The lines of the cart, one by one."""

    queryset = CartItem.objects.all()
    serializer_class = CartItemOutput
    lookup_value_regex = "[0-9]{1,19}"
    expansions = {"list": {"product": PRODUCT}, "retrieve": {"product": PRODUCT}}

    def hold(self, request: Request, **_: Any) -> None:
        services.lock_cart(user=user_of(request))

    @documented(
        "List the cart's lines", response=CartItemOutput(many=True), example=LINE, tags=TAGS
    )
    def list(self, request: Request) -> Response:
        lines: Any = querysets.open_lines_of(user_of(request))
        page = cast("list[Any]", self.paginate_queryset(lines))
        return self.get_paginated_response([line_answer(line) for line in page])

    @documented(
        "Add a line",
        request=AddItemInput,
        body=ADD,
        response=CartItemOutput,
        example=LINE,
        status=201,
        refuses=REFUSALS,
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """As `carts/add_item/`, answering with the line alone."""
        asked = chosen_item(parsed(AddItemInput, request.data))
        item = services.add_item(user=user_of(request), **asked)
        return Response(self._line(request, item.pk), status=201)

    @documented("Show a line", response=CartItemOutput, example=LINE, refuses=[NotFound], tags=TAGS)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self._line(request, int(pk)))

    @documented(
        "Replace a line",
        request=SetQuantityInput,
        body={"quantity": 2},
        response=CartItemOutput,
        example=LINE,
        also={204: None},
        refuses=[NotFound, NotBuyable, OutOfStock],
        tags=TAGS,
    )
    def update(self, request: Request, pk: str) -> Response:
        """As PATCH: the quantity is all that a line has. 0 removes it and answers 204."""
        return self._set_quantity(request, int(pk))

    @documented(
        "Change a line's quantity",
        request=WHOLE_LINE,
        body={"quantity": 2},
        response=CartItemOutput,
        example=LINE,
        also={204: None},
        refuses=[NotFound, NotBuyable, OutOfStock],
        tags=TAGS,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """0 removes the line and answers 204."""
        return self._set_quantity(request, int(pk))

    @documented("Remove a line", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, pk: str) -> Response:
        services.remove_item(user=user_of(request), item_id=int(pk))
        return Response(status=204)

    def _set_quantity(self, request: Request, item_id: int) -> Response:
        quantity = parsed(SetQuantityInput, request.data)["quantity"]
        services.set_quantity(user=user_of(request), item_id=item_id, quantity=quantity)
        return Response(self._line(request, item_id)) if quantity else Response(status=204)

    @staticmethod
    def _line(request: Request, item_id: int) -> dict[str, Any]:
        return line_answer(querysets.line_of(user=user_of(request), item_id=item_id))

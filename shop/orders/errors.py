"""Why an order is not placed or not moved."""

from shop.core.errors import Conflict, Invalid


class CartIsEmpty(Conflict):
    code = "cart_is_empty"
    detail = "Put something in the cart before placing the order."


class LinesNotBuyable(Conflict):
    """Some lines cannot be bought any more; one problem per line, `attr` is "items.N"."""

    code = "not_buyable"
    detail = "Something in the cart cannot be bought any more."


class OutOfStock(Conflict):
    """There is less than the cart asks for; one problem per line, `attr` is "items.N.quantity"."""

    code = "out_of_stock"
    detail = "There is not enough stock left."


class TotalTooLarge(Conflict):
    code = "total_too_large"
    detail = "The order's total is larger than the shop can take."


class AddressDoesNotExist(Invalid):
    code = "does_not_exist"
    detail = "There is no such address in your address book."


class IllegalMove(Conflict):
    code = "illegal_move"
    detail = "The order's state does not allow this."


class OrderNotPaid(Conflict):
    code = "order_not_paid"
    detail = "The order is not paid; only the whole of it can be cancelled, and nothing sent."


class NoSuchPart(Invalid):
    code = "does_not_exist"
    detail = "The order has no such part."

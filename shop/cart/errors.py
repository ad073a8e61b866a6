from shop.core.errors import Conflict, Invalid, NotFound


class NoSuchVariant(NotFound):
    code = "not_found"
    detail = "There is no such variant."


class NoSuchProduct(NotFound):
    code = "not_found"
    detail = "There is no such product."


class VariantRequired(Invalid):
    code = "variant_required"
    detail = "Several variants match. Choose one by its id or its options."


class NotBuyable(Conflict):
    code = "not_buyable"
    detail = "It is not for sale any more."


class QuantityOutOfRange(Invalid):
    code = "quantity_out_of_range"
    detail = "A cart holds 1 to 999 of a variant."

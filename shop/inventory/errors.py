from collections.abc import Mapping, Sequence

from shop.core.errors import Conflict, Invalid, Problem


class OutOfStock(Conflict):
    """`shortages` says what is left of each scarce variant: {variant_id: available}."""

    code = "out_of_stock"
    detail = "There is not enough in stock."

    def __init__(
        self,
        shortages: Mapping[int, int],
        detail: str | None = None,
        *,
        attr: str | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(detail, attr=attr, problems=problems)
        self.shortages = dict(shortages)


class QuantityOutOfRange(Invalid):
    code = "quantity_out_of_range"
    detail = "The quantity must be from 1 to 1000000."


class BelowReserved(Conflict):
    code = "below_reserved"
    detail = "So many are promised to orders already; fewer cannot be on hand."


class StockLimitReached(Conflict):
    code = "stock_limit_reached"
    detail = "A warehouse holds at most 2000000000 of a variant."


class AlreadyReserved(Conflict):
    code = "already_reserved"
    detail = "Stock is reserved or sold under this reference already."


class ReturnExceedsSale(Conflict):
    code = "return_exceeds_sale"
    detail = "More cannot be returned than was sold."


class DefaultWarehouseNeeded(Conflict):
    code = "default_warehouse_needed"
    detail = "One warehouse is the default; make another one the default instead."


class WarehouseCodeTaken(Conflict):
    code = "warehouse_code_taken"
    detail = "Another warehouse has this code."

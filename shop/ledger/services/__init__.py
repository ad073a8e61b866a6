"""Every action on the books."""

from shop.ledger.services.adjusting import (
    approve_adjustment,
    propose_adjustment,
    reject_adjustment,
)
from shop.ledger.services.booking import (
    book_payment,
    catch_up,
    catch_up_all,
    catch_up_refund,
)

__all__ = [
    "approve_adjustment",
    "book_payment",
    "catch_up",
    "catch_up_all",
    "catch_up_refund",
    "propose_adjustment",
    "reject_adjustment",
]

"""Why the books are not changed."""

from shop.core.errors import Conflict, Invalid


class NoBooks(Conflict):
    code = "house_vendor"
    detail = "The house has no balance with itself."


class WrongCurrency(Invalid):
    code = "wrong_currency"
    detail = "The vendor has no balance in this currency."


class AmountNotValid(Invalid):
    code = "invalid"
    detail = "Give an amount other than zero in the currency's smallest unit."


class ReasonNeeded(Invalid):
    code = "blank"
    detail = "Say why."


class NeedsAnother(Conflict):
    code = "needs_another"
    detail = "Another member of staff than who proposed it must approve it."


class AlreadyDecided(Conflict):
    code = "already_decided"
    detail = "This adjustment is decided already."

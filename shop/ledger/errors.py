"""Why the books are not changed, and a payout is not made or moved."""

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


class DayToCome(Invalid):
    """Nobody is paid before the holding period ends."""

    code = "day_to_come"
    detail = "Nobody is paid out for a day that has not come yet."


class AlreadyPaidOut(Conflict):
    """One payout for each vendor, currency and day; one that failed does not count."""

    code = "already_paid_out"
    detail = "This is paid out for that day already."


class NothingToPayOut(Conflict):
    """One problem for each vendor, which says why not."""

    code = "nothing_to_pay_out"
    detail = "Nothing is due."


class IllegalPayoutMove(Conflict):
    code = "illegal_move"
    detail = "The payout's status does not allow this."


class VendorHeldBack(Conflict):
    code = "vendor_held_back"
    detail = "This vendor is not approved at present: its payouts wait."

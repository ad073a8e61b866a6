"""Why a payout is not made, or not moved."""

from shop.core.errors import Conflict, Invalid


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

"""Why a payment or a refund is refused."""

from django.utils.translation import gettext as _

from shop.core.errors import Away, Conflict, Invalid


class MethodNotOffered(Invalid):
    code = "method_not_offered"
    detail = "The shop does not offer this method of payment."


class OrderIsCancelled(Conflict):
    code = "order_cancelled"
    detail = "The order is cancelled; nothing is to be paid."


class AlreadyPaid(Conflict):
    code = "already_paid"
    detail = "The order is paid already."


class PaymentClosed(Conflict):
    code = "payment_closed"
    detail = "This payment came to an end already; open another one."


class PaymentIsHeld(Conflict):
    """The order waits for staff to decide about money that came."""

    code = "payment_held"
    detail = "Another amount came than was asked for; the shop will decide what becomes of it."


class PaymentNotHeld(Conflict):
    code = "payment_not_held"
    detail = "There is nothing to decide about this payment."


class ProviderAway(Away):
    code = "provider_unavailable"
    detail = "The payment provider does not answer. Try again shortly."


class ProviderRefused(Conflict):
    code = "provider_refused"
    detail = "The payment provider does not do this."


class NotEnoughMoney(ProviderRefused):
    """The shop's own balance at the provider is too small; later it may be larger."""

    code = "not_enough_money"
    detail = "The shop's balance at the payment provider is too small at the moment."


class WebhookRefused(Invalid):
    """Not an event that we can trust; `reason` is what is counted."""

    code = "webhook_refused"
    detail = "This is not an event of the payment provider."

    def __init__(self, reason: str) -> None:
        super().__init__(f"{_(self.detail)} ({reason})")
        self.reason = reason


class OutcomeNotAllowed(Invalid):
    code = "invalid_choice"
    detail = "This method of payment knows no such outcome."


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    detail = "Nothing was paid for this order that could be given back."


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    detail = "More cannot be given back than was paid."


class RefundTooSmall(Invalid):
    code = "invalid"
    detail = "Give an amount above zero in the currency's smallest unit."


class AmountOrItems(Invalid):
    code = "amount_or_items"
    detail = "Say how much money, which items or which part is given back: one of them."


class WrongCurrency(Invalid):
    code = "wrong_currency"
    detail = "Money is given back in the currency in which it was paid."


class NoSuchItem(Invalid):
    code = "does_not_exist"
    detail = "The order has no such line."


class ItemTwice(Invalid):
    code = "duplicate_item"
    detail = "Name each line once, with all that is given back of it."


class QuantityTooSmall(Invalid):
    code = "min_value"
    detail = "Give back at least one."


class QuantityTooLarge(Conflict):
    """Of some lines fewer are left; one problem per line, `attr` is "items.N.quantity"."""

    code = "quantity_too_large"
    detail = "More cannot be given back of a line than is left of it."


class RestockNeedsFullRefund(Invalid):
    code = "restock_needs_full_refund"
    detail = "Say which items come back to the shelf, or give the whole price back."


class RefundFailed(Conflict):
    code = "refund_failed"
    detail = "The payment provider did not give the money back."

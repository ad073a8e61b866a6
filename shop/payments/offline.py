"""Money that people move: cash at the door, bank transfers. Staff say when it came or went."""

from django.conf import settings

from shop.payments.models import Payment, Refund
from shop.payments.provider import Opened, Refunded


class CashOnDelivery:
    name = "offline"
    is_manual = True

    def open(self, payment: Payment) -> Opened:
        return Opened(instructions=f"Have {payment.amount} {payment.currency} ready at the door.")

    def refund(self, refund: Refund) -> Refunded:
        return Refunded(status=Refund.Status.SUCCEEDED)


class BankTransfer:
    name = "offline"
    is_manual = True

    def open(self, payment: Payment) -> Opened:
        asked = f"Transfer {payment.amount} {payment.currency} for {payment.order.number} to: "
        return Opened(instructions=(asked + settings.BANK_TRANSFER_DETAILS)[:1000])

    def refund(self, refund: Refund) -> Refunded:
        return Refunded(status=Refund.Status.SUCCEEDED)

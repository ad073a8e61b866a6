"""The method "test": no money moves, and the payer says how it ends."""

from shop.payments.models import Payment, Refund
from shop.payments.provider import Opened, Refunded


class Sandbox:
    name = "sandbox"
    is_manual = False

    def open(self, payment: Payment) -> Opened:
        return Opened(
            reference=f"test_payment_{payment.pk}",
            instructions="Confirm with the outcome succeed, decline or fail. No money moves.",
        )

    def refund(self, refund: Refund) -> Refunded:
        return Refunded(status=Refund.Status.SUCCEEDED, reference=f"test_refund_{refund.pk}")

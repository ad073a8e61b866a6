"""What payments hear, and what they do again and again."""

from shop.core.handlers import handler
from shop.core.schedule import periodic
from shop.payments import services


@handler("payments.settle_cancelled_order")
def settle_cancelled_order(*, order_id: int) -> None:
    services.settle_cancelled_order(order_id=order_id)


@handler("payments.settle_cancelled_part")
def settle_cancelled_part(*, order_id: int, vendor_order_id: int) -> None:
    services.settle_cancelled_part(order_id=order_id, vendor_order_id=vendor_order_id)


@handler("payments.complete_refund", in_transaction=False)
def complete_refund(*, refund_id: int) -> None:
    services.complete_refund(refund_id=refund_id)


@handler("payments.cancel_at_provider", in_transaction=False)
def cancel_at_provider(*, payment_id: int) -> None:
    services.cancel_at_provider(payment_id=payment_id)


@handler("payments.process_inbox", in_transaction=False)
def process_inbox(*, inbox_id: int) -> None:
    services.process_event(inbox_id=inbox_id)


@periodic("payments.complete_refunds")
def complete_refunds() -> None:
    services.complete_refunds()


@periodic("payments.reconcile")
def reconcile() -> None:
    services.reconcile()


@periodic("payments.prune_inbox")
def prune_inbox() -> None:
    services.prune_inbox()

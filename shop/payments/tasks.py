from celery import shared_task

from shop.payments import services


@shared_task(name="payments.settle_cancelled_order")
def settle_cancelled_order(order_id: int) -> None:
    services.settle_cancelled_order(order_id=order_id)


@shared_task(name="payments.complete_refund")
def complete_refund(refund_id: int) -> None:
    services.complete_refund(refund_id=refund_id)


@shared_task(name="payments.complete_refunds")
def complete_refunds() -> None:
    services.complete_refunds()

from shop.core.handlers import handler
from shop.core.schedule import periodic
from shop.payments import services


@handler("payments.settle_cancelled_order")
def settle_cancelled_order(*, order_id: int) -> None:
    services.settle_cancelled_order(order_id=order_id)


@handler("payments.complete_refund", in_transaction=False)
def complete_refund(*, refund_id: int) -> None:
    services.complete_refund(refund_id=refund_id)


@periodic("payments.complete_refunds")
def complete_refunds() -> None:
    services.complete_refunds()

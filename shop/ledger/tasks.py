"""What the books hear of, and what they do again and again."""

from shop.core.handlers import handler
from shop.core.schedule import periodic
from shop.ledger import services


@handler("ledger.book_sale")
def book_sale(*, payment_id: int) -> None:
    services.book_payment(payment_id=payment_id)


@handler("ledger.book_refund")
def book_refund(*, refund_id: int, payment_id: int | None = None) -> None:
    """Opened, given back or failed; only one of these events names the payment too."""
    services.catch_up_refund(refund_id=refund_id)


@handler("ledger.book_dispute")
def book_dispute(*, payment_id: int, order_id: int, dispute_id: int) -> None:
    services.catch_up(payment_id=payment_id)


@periodic("ledger.catch_up")
def catch_up() -> None:
    services.catch_up_all()


@periodic("ledger.schedule_payouts")
def schedule_payouts() -> None:
    services.pay_due_days()


@periodic("ledger.send_payouts")
def send_payouts() -> None:
    services.send_waiting()
    services.follow_sent()
    services.follow_settled()

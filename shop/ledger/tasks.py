"""What the books do again and again."""

from shop.core.schedule import periodic
from shop.ledger import services


@periodic("ledger.schedule_payouts")
def schedule_payouts() -> None:
    services.pay_due_days()


@periodic("ledger.send_payouts")
def send_payouts() -> None:
    services.send_waiting()
    services.follow_sent()

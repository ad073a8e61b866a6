"""Payments for tests, opened and confirmed as people do it."""

from shop.accounts.models import User
from shop.core.relay import deliver_pending
from shop.orders.models import Order
from shop.payments import services
from shop.payments.models import Payment
from shop.payments.provider import Outcome


def make_payment(order: Order, *, method: str = Payment.Method.TEST) -> Payment:
    """An open payment of the whole price."""
    return services.open_payment(order=order, method=method, user=order.user).payment


def pay(order: Order, *, method: str = Payment.Method.TEST, actor: User | None = None) -> Payment:
    """The order is paid; `actor` (staff) says so for cash and transfers. Refreshes `order`."""
    payment = services.confirm_payment(
        payment=make_payment(order, method=method),
        actor=actor or order.user,
        outcome=Outcome.SUCCEED,
    )
    order.refresh_from_db()
    return payment


def deliver() -> None:
    """Everything that was published is heard."""
    while deliver_pending():
        pass

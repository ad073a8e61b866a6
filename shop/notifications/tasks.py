"""Handlers that write mails, each in its own transaction. `services.send_waiting` sends them."""

from shop.core.handlers import handler
from shop.core.schedule import periodic
from shop.notifications import services
from shop.notifications.letters import buyers, people, staff


@handler("notifications.write_welcome")
def write_welcome(*, user_id: int, event_id: int | None = None) -> None:
    services.write_mails(event_id=event_id, kind="welcome", letters=people.welcome(user_id))


@handler("notifications.write_verify_email")
def write_verify_email(*, user_id: int, event_id: int | None = None) -> None:
    letters = people.verify_email(user_id)
    services.write_mails(event_id=event_id, kind="verify_email", letters=letters)


@handler("notifications.write_reset_password")
def write_reset_password(*, user_id: int, event_id: int | None = None) -> None:
    letters = people.reset_password(user_id)
    services.write_mails(event_id=event_id, kind="reset_password", letters=letters)


@handler("notifications.write_password_changed")
def write_password_changed(*, user_id: int, event_id: int | None = None) -> None:
    letters = people.password_changed(user_id)
    services.write_mails(event_id=event_id, kind="password_changed", letters=letters)


@handler("notifications.forget_mails")
def forget_mails(*, user_id: int) -> None:
    services.forget_mails(user_id=user_id)


@handler("notifications.write_order_placed")
def write_order_placed(*, order_id: int, event_id: int | None = None) -> None:
    letters = buyers.order_placed(order_id)
    services.write_mails(event_id=event_id, kind="order_placed", letters=letters)


@handler("notifications.write_order_paid")
def write_order_paid(*, order_id: int, event_id: int | None = None) -> None:
    letters = buyers.order_paid(order_id)
    services.write_mails(event_id=event_id, kind="order_paid", letters=letters)


@handler("notifications.write_order_shipped")
def write_order_shipped(*, order_id: int, event_id: int | None = None) -> None:
    letters = buyers.order_shipped(order_id)
    services.write_mails(event_id=event_id, kind="order_shipped", letters=letters)


@handler("notifications.write_order_delivered")
def write_order_delivered(*, order_id: int, event_id: int | None = None) -> None:
    letters = buyers.order_delivered(order_id)
    services.write_mails(event_id=event_id, kind="order_delivered", letters=letters)


@handler("notifications.write_order_cancelled")
def write_order_cancelled(*, order_id: int, event_id: int | None = None) -> None:
    letters = buyers.order_cancelled(order_id)
    services.write_mails(event_id=event_id, kind="order_cancelled", letters=letters)


@handler("notifications.write_payment_refunded")
def write_payment_refunded(*, payment_id: int, refund_id: int, event_id: int | None = None) -> None:
    letters = buyers.payment_refunded(refund_id)
    services.write_mails(event_id=event_id, kind="payment_refunded", letters=letters)


@handler("notifications.write_payment_held")
def write_payment_held(*, payment_id: int, event_id: int | None = None) -> None:
    letters = staff.payment_held(payment_id)
    services.write_mails(event_id=event_id, kind="payment_held", letters=letters)


@handler("notifications.write_dispute_opened")
def write_dispute_opened(
    *, payment_id: int, order_id: int, dispute_id: int, event_id: int | None = None
) -> None:
    letters = staff.dispute_opened(dispute_id)
    services.write_mails(event_id=event_id, kind="dispute_opened", letters=letters)


@handler("notifications.write_stock_low")
def write_stock_low(*, variant_id: int, available: int, event_id: int | None = None) -> None:
    letters = staff.stock_low(variant_id, available)
    services.write_mails(event_id=event_id, kind="stock_low", letters=letters)


@periodic("notifications.prune_mails")
def prune_mails() -> None:
    services.prune_mails()

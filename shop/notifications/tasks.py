"""Handlers that write mails, each in its own transaction. `services.send_waiting` sends them."""

from shop.core.handlers import handler
from shop.core.schedule import periodic
from shop.notifications import services
from shop.notifications.letters import buyers, people, sellers, staff


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


@handler("notifications.write_parcel_shipped")
def write_parcel_shipped(
    *, order_id: int, vendor_order_id: int, event_id: int | None = None
) -> None:
    letters = buyers.parcel_shipped(vendor_order_id)
    services.write_mails(event_id=event_id, kind="parcel_shipped", letters=letters)


@handler("notifications.write_parcel_delivered")
def write_parcel_delivered(
    *, order_id: int, vendor_order_id: int, event_id: int | None = None
) -> None:
    letters = buyers.parcel_delivered(vendor_order_id)
    services.write_mails(event_id=event_id, kind="parcel_delivered", letters=letters)


@handler("notifications.write_parcel_cancelled")
def write_parcel_cancelled(
    *, order_id: int, vendor_order_id: int, event_id: int | None = None
) -> None:
    letters = buyers.parcel_cancelled(vendor_order_id)
    services.write_mails(event_id=event_id, kind="parcel_cancelled", letters=letters)


@handler("notifications.write_part_cancelled")
def write_part_cancelled(
    *, order_id: int, vendor_order_id: int, event_id: int | None = None
) -> None:
    letters = sellers.part_cancelled(vendor_order_id)
    services.write_mails(event_id=event_id, kind="part_cancelled", letters=letters)


@handler("notifications.write_sale_paid")
def write_sale_paid(*, order_id: int, event_id: int | None = None) -> None:
    letters = sellers.sale_paid(order_id)
    if letters is not None:
        services.write_mails(event_id=event_id, kind="sale_paid", letters=letters)


@handler("notifications.write_sale_agreed")
def write_sale_agreed(*, order_id: int, event_id: int | None = None) -> None:
    letters = sellers.sale_agreed(order_id)
    if letters is not None:
        services.write_mails(event_id=event_id, kind="sale_agreed", letters=letters)


@handler("notifications.write_sale_cancelled")
def write_sale_cancelled(*, order_id: int, event_id: int | None = None) -> None:
    letters = sellers.sale_cancelled(order_id)
    if letters is not None:
        services.write_mails(event_id=event_id, kind="sale_cancelled", letters=letters)


@handler("notifications.write_vendor_applied")
def write_vendor_applied(*, vendor_id: int, event_id: int | None = None) -> None:
    letters = staff.vendor_applied(vendor_id)
    services.write_mails(event_id=event_id, kind="vendor_applied", letters=letters)


@handler("notifications.write_vendor_approved")
def write_vendor_approved(*, vendor_id: int, event_id: int | None = None) -> None:
    letters = sellers.vendor_approved(vendor_id)
    services.write_mails(event_id=event_id, kind="vendor_approved", letters=letters)


@handler("notifications.write_vendor_rejected")
def write_vendor_rejected(*, vendor_id: int, event_id: int | None = None) -> None:
    letters = sellers.vendor_rejected(vendor_id)
    services.write_mails(event_id=event_id, kind="vendor_rejected", letters=letters)


@handler("notifications.write_vendor_suspended")
def write_vendor_suspended(*, vendor_id: int, event_id: int | None = None) -> None:
    letters = sellers.vendor_suspended(vendor_id)
    services.write_mails(event_id=event_id, kind="vendor_suspended", letters=letters)


@handler("notifications.write_owner_missing")
def write_owner_missing(*, vendor_id: int, event_id: int | None = None) -> None:
    letters = staff.owner_missing(vendor_id)
    services.write_mails(event_id=event_id, kind="owner_missing", letters=letters)


@handler("notifications.write_member_invited")
def write_member_invited(
    *, vendor_id: int, invitation_id: int, event_id: int | None = None
) -> None:
    letters = sellers.member_invited(invitation_id)
    services.write_mails(event_id=event_id, kind="member_invited", letters=letters)


@handler("notifications.write_payout_settled")
def write_payout_settled(*, payout_id: int, vendor_id: int, event_id: int | None = None) -> None:
    letters = sellers.payout_settled(payout_id)
    services.write_mails(event_id=event_id, kind="payout_settled", letters=letters)


@handler("notifications.write_payout_failed")
def write_payout_failed(*, payout_id: int, vendor_id: int, event_id: int | None = None) -> None:
    letters = sellers.payout_failed(payout_id)
    services.write_mails(event_id=event_id, kind="payout_failed", letters=letters)


@periodic("notifications.prune_mails")
def prune_mails() -> None:
    services.prune_mails()

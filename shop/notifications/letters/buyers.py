"""Letters to who ordered, at the address that the order keeps."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum

from shop.notifications.letters import goods
from shop.notifications.letters.letter import Letter, money
from shop.orders import querysets as orders
from shop.orders.models import Order, OrderStatusChange, VendorOrder
from shop.orders.querysets import Orders
from shop.payments.models import Payment, Refund

Row = dict[str, Any]


def order_placed(order_id: int) -> list[Letter]:
    order, answer = _read(order_id)
    context = {
        "is_paid": order.paid_at is not None,
        "pay_until": order.expires_at,
        "instructions": _instructions(answer),
    }
    return [_about(order, f"Your order {order.number}", answer, **context)]


def order_paid(order_id: int) -> list[Letter]:
    order, answer = _read(order_id)
    context = {
        "has_left": order.shipped_at is not None,
        "was_cancelled": orders.history_of(order).filter(to_status=Order.Status.CANCELLED).exists(),
    }
    return [_about(order, f"We have your payment for {order.number}", answer, **context)]


def order_shipped(order_id: int) -> list[Letter]:
    """Of an order of several parcels each is told of by itself."""
    order, answer = _read(order_id)
    if _has_parcels(order):
        return []
    context = {
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
        "is_paid": order.paid_at is not None,
        "instructions": _instructions(answer),
    }
    return [_about(order, f"Your order {order.number} is on its way", answer, **context)]


def order_delivered(order_id: int) -> list[Letter]:
    order, answer = _read(order_id)
    if _has_parcels(order):
        return []
    return [_about(order, f"Your order {order.number} has arrived", answer)]


def order_cancelled(order_id: int) -> list[Letter]:
    order, answer = _read(order_id)
    # Later notes about it have the state on both sides.
    moves = orders.history_of(order).exclude(from_status=Order.Status.CANCELLED)
    move = moves.filter(to_status=Order.Status.CANCELLED).last()
    # Also money that came too late, or is held, comes back.
    came = Payment.objects.filter(order=order, captured_amount__gt=0)
    context = {"why": _why(order, move, answer), "was_paid": came.exists()}
    return [_about(order, f"Your order {order.number} is cancelled", answer, **context)]


def parcel_shipped(vendor_order_id: int) -> list[Letter]:
    part = _part(vendor_order_id)
    order = part.order
    context = {
        "carrier": part.carrier,
        "tracking_number": part.tracking_number,
        "instructions": "" if order.paid_at else _instructions(Orders().answer(order.pk)),
    }
    subject = f"A parcel of your order {order.number} is on its way"
    return [_about_part(part, subject, **context)]


def parcel_delivered(vendor_order_id: int) -> list[Letter]:
    part = _part(vendor_order_id)
    return [_about_part(part, f"A parcel of your order {part.order.number} has arrived")]


def parcel_cancelled(vendor_order_id: int) -> list[Letter]:
    part = _part(vendor_order_id)
    return [_about_part(part, f"A part of your order {part.order.number} is cancelled")]


def payment_refunded(refund_id: int) -> list[Letter]:
    refund = Refund.objects.select_related("payment__order__user").get(pk=refund_id)
    payment = refund.payment
    order = payment.order
    given_back = Refund.objects.filter(payment=payment, status=Refund.Status.SUCCEEDED)
    total: Decimal = given_back.aggregate(total=Sum("amount"))["total"] or refund.amount
    context = {
        "amount": money(refund.amount, payment.currency),
        "total": money(total, payment.currency),
        "is_in_parts": total != refund.amount,
        "is_everything": payment.status == Payment.Status.REFUNDED,
        "by_hand": payment.method
        in (Payment.Method.CASH_ON_DELIVERY, Payment.Method.BANK_TRANSFER),
    }
    subject = f"Your refund of {context['amount']} for {order.number}"
    return [_about(order, subject, None, **context)]


def _read(order_id: int) -> tuple[Order, Row]:
    order = Order.objects.select_related("user").get(pk=order_id)
    return order, Orders().answer(order_id)


def _has_parcels(order: Order) -> bool:
    return order.parts.count() > 1


def _part(vendor_order_id: int) -> VendorOrder:
    return VendorOrder.objects.select_related("order__user", "vendor").get(pk=vendor_order_id)


def _about_part(part: VendorOrder, subject: str, **context: Any) -> Letter:
    """With what is in it, and nothing else of the order."""
    of_part = {"seller": part.vendor.name, **goods.of_part(part)}
    return _about(part.order, subject, None, **of_part, **context)


def _about(order: Order, subject: str, answer: Row | None, **context: Any) -> Letter:
    whole = {} if answer is None else goods.of_order(answer)
    return Letter(
        to=order.email,
        user_id=order.user_id,
        subject=subject,
        context={
            "name": order.user.first_name,
            "number": order.number,
            "link": f"{settings.SHOP_URL.rstrip('/')}/orders/{order.number}",
            "price": money(order.total_price, order.currency),
            "address": goods.address(order.shipping_address),
            **whole,
            **context,
        },
    )


def _instructions(answer: Row) -> str:
    """How to pay, by the method that was chosen, if people have to know."""
    for payment in answer["payments"]:
        if payment["status"] in Payment.OPEN and payment["method"] != Payment.Method.TEST:
            return str(payment["instructions"])
    return ""


def _why(order: Order, move: OrderStatusChange | None, answer: Row) -> str:
    """A sentence. What staff noted stays among them."""
    if move is not None and move.actor_id is None and move.note:
        return move.note
    if move is None or move.actor_id != order.user_id:
        return "The shop cancelled it."
    has_failed = any(payment["status"] == Payment.Status.FAILED for payment in answer["payments"])
    return "The payment failed." if has_failed else "You cancelled it."

"""Who hears which event: the urls.py of events. Tasks get the event's fields by name."""

from collections.abc import Callable, Mapping, Sequence

from shop.accounts import events as accounts
from shop.core.broker import Task
from shop.core.events import Event
from shop.core.models import OutboxEvent
from shop.inventory import events as inventory
from shop.ledger import events as ledger
from shop.ledger import tasks as ledger_tasks
from shop.notifications import tasks as notifications_tasks
from shop.orders import events as orders
from shop.payments import events as payments
from shop.payments import tasks as payments_tasks
from shop.vendors import events as vendors
from shop.vendors import tasks as vendors_tasks
from shop.webhooks import services as webhooks

ROUTES: Mapping[type[Event], Sequence[Task]] = {
    accounts.UserRegistered: [notifications_tasks.write_welcome],
    accounts.EmailChanged: [notifications_tasks.write_verify_email],
    accounts.VerificationRequested: [notifications_tasks.write_verify_email],
    accounts.PasswordResetRequested: [notifications_tasks.write_reset_password],
    accounts.PasswordChanged: [notifications_tasks.write_password_changed],
    accounts.UserErased: [notifications_tasks.forget_mails, vendors_tasks.forget_person],
    orders.OrderPlaced: [notifications_tasks.write_order_placed],
    orders.OrderPaid: [notifications_tasks.write_order_paid, notifications_tasks.write_sale_paid],
    orders.OrderProcessing: [notifications_tasks.write_sale_agreed],
    orders.OrderShipped: [notifications_tasks.write_order_shipped],
    orders.OrderDelivered: [notifications_tasks.write_order_delivered],
    orders.OrderCancelled: [
        payments_tasks.settle_cancelled_order,
        notifications_tasks.write_order_cancelled,
        notifications_tasks.write_sale_cancelled,
    ],
    orders.VendorOrderShipped: [notifications_tasks.write_parcel_shipped],
    orders.VendorOrderDelivered: [notifications_tasks.write_parcel_delivered],
    orders.VendorOrderCancelled: [
        payments_tasks.settle_cancelled_part,
        notifications_tasks.write_parcel_cancelled,
        notifications_tasks.write_part_cancelled,
    ],
    payments.PaymentSucceeded: [ledger_tasks.book_sale],
    payments.PaymentCancelled: [payments_tasks.cancel_at_provider],
    payments.ProviderEventReceived: [payments_tasks.process_inbox],
    payments.RefundOpened: [payments_tasks.complete_refund, ledger_tasks.book_refund],
    payments.RefundFailed: [ledger_tasks.book_refund],
    payments.PaymentHeld: [notifications_tasks.write_payment_held],
    payments.DisputeOpened: [ledger_tasks.book_dispute, notifications_tasks.write_dispute_opened],
    payments.DisputeChanged: [ledger_tasks.book_dispute],
    payments.DisputeClosed: [ledger_tasks.book_dispute],
    payments.PaymentRefunded: [
        ledger_tasks.book_refund,
        notifications_tasks.write_payment_refunded,
    ],
    inventory.StockLow: [notifications_tasks.write_stock_low],
    vendors.VendorApplied: [notifications_tasks.write_vendor_applied],
    vendors.VendorApproved: [notifications_tasks.write_vendor_approved],
    vendors.VendorRejected: [notifications_tasks.write_vendor_rejected],
    vendors.VendorSuspended: [notifications_tasks.write_vendor_suspended],
    vendors.OwnerMissing: [notifications_tasks.write_owner_missing],
    vendors.MemberInvited: [notifications_tasks.write_member_invited],
    ledger.PayoutSettled: [notifications_tasks.write_payout_settled],
    ledger.PayoutFailed: [notifications_tasks.write_payout_failed],
}

# Called by the relay with every batch of events, whoever else hears them; they work in the
# database only, and bear to get an event again.
BATCHES: Sequence[Callable[[Sequence[OutboxEvent]], None]] = (webhooks.enqueue,)

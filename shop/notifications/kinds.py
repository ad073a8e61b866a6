"""Which event gives cause for which kind of mail. The handlers in `tasks.py` write them."""

from collections.abc import Mapping

from shop.accounts import events as accounts
from shop.core.events import Event
from shop.inventory import events as inventory
from shop.orders import events as orders
from shop.payments import events as payments

KINDS: Mapping[type[Event], str] = {
    accounts.UserRegistered: "welcome",
    accounts.EmailChanged: "verify_email",
    accounts.VerificationRequested: "verify_email",
    accounts.PasswordResetRequested: "reset_password",
    accounts.PasswordChanged: "password_changed",
    orders.OrderPlaced: "order_placed",
    orders.OrderPaid: "order_paid",
    orders.OrderShipped: "order_shipped",
    orders.OrderDelivered: "order_delivered",
    orders.OrderCancelled: "order_cancelled",
    payments.PaymentHeld: "payment_held",
    payments.DisputeOpened: "dispute_opened",
    payments.PaymentRefunded: "payment_refunded",
    inventory.StockLow: "stock_low",
}

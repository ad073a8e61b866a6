"""Which event gives cause for which kinds of mail. The handlers in `tasks.py` write them."""

from collections.abc import Mapping, Sequence

from shop.accounts import events as accounts
from shop.core.events import Event
from shop.inventory import events as inventory
from shop.ledger import events as ledger
from shop.orders import events as orders
from shop.payments import events as payments
from shop.vendors import events as vendors

KINDS: Mapping[type[Event], Sequence[str]] = {
    accounts.UserRegistered: ["welcome"],
    accounts.EmailChanged: ["verify_email"],
    accounts.VerificationRequested: ["verify_email"],
    accounts.PasswordResetRequested: ["reset_password"],
    accounts.PasswordChanged: ["password_changed"],
    orders.OrderPlaced: ["order_placed"],
    orders.OrderPaid: ["order_paid", "sale_paid"],
    orders.OrderProcessing: ["sale_agreed"],
    orders.OrderShipped: ["order_shipped"],
    orders.OrderDelivered: ["order_delivered"],
    orders.OrderCancelled: ["order_cancelled", "sale_cancelled"],
    orders.VendorOrderShipped: ["parcel_shipped"],
    orders.VendorOrderDelivered: ["parcel_delivered"],
    orders.VendorOrderCancelled: ["parcel_cancelled", "part_cancelled"],
    payments.PaymentHeld: ["payment_held"],
    payments.DisputeOpened: ["dispute_opened"],
    payments.PaymentRefunded: ["payment_refunded"],
    inventory.StockLow: ["stock_low"],
    vendors.VendorApplied: ["vendor_applied"],
    vendors.VendorApproved: ["vendor_approved"],
    vendors.VendorRejected: ["vendor_rejected"],
    vendors.VendorSuspended: ["vendor_suspended"],
    vendors.OwnerMissing: ["owner_missing"],
    vendors.MemberInvited: ["member_invited"],
    ledger.PayoutSettled: ["payout_settled"],
    ledger.PayoutFailed: ["payout_failed"],
}
# Of whole orders, to the sellers in them: a shop that sells its own goods only writes none.
TO_SELLERS = ["sale_paid", "sale_agreed", "sale_cancelled"]
# Those that say where it goes.
WITH_ADDRESS = ["sale_paid", "sale_agreed"]

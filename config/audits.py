"""Every audit of `manage.py verify`, in the order in which they are read."""

from collections.abc import Sequence

from shop.core import audits as core
from shop.core.audits import Audit
from shop.inventory import audits as inventory
from shop.ledger import audits as ledger
from shop.notifications import audits as notifications
from shop.orders import audits as orders
from shop.payments import audits as payments
from shop.products import audits as products
from shop.reviews import audits as reviews
from shop.webhooks import audits as webhooks

AUDITS: Sequence[Audit] = (
    core.events_waiting,
    core.events_given_up,
    core.events_heard,
    core.wall,
    inventory.on_hand,
    inventory.reserved,
    inventory.reservations,
    inventory.reservations_closed,
    products.variants,
    products.prices,
    products.main_images,
    products.category_tree,
    reviews.ratings,
    orders.lines,
    orders.totals,
    orders.history,
    orders.status,
    orders.parts,
    orders.stamps,
    orders.expiry,
    orders.carts,
    orders.goods,
    orders.events,
    orders.parts_lines,
    orders.parts_totals,
    orders.parts_sums,
    orders.parts_history,
    orders.parts_status,
    orders.parts_stamps,
    orders.parts_events,
    payments.amounts,
    payments.refunded_amounts,
    payments.paid,
    payments.captured,
    payments.one_each,
    payments.orders_paid,
    payments.refunded,
    payments.orders_refunded,
    payments.owed,
    payments.parts_owed,
    payments.parts_refunded,
    payments.left_open,
    payments.refunds,
    payments.refunds_held,
    payments.refund_items,
    payments.refunded_quantities,
    payments.goods_returned,
    payments.events,
    payments.inbox_waiting,
    payments.inbox_money,
    payments.inbox_refunds,
    payments.provider_said,
    payments.disputes,
    ledger.balanced,
    ledger.caused,
    ledger.once,
    ledger.sales,
    ledger.shares,
    ledger.refunds,
    ledger.disputes,
    ledger.parts,
    ledger.commissions,
    ledger.payouts,
    ledger.adjustments,
    notifications.written,
    notifications.causes,
    notifications.sent,
    webhooks.told,
    webhooks.stuck,
    webhooks.delivered,
)

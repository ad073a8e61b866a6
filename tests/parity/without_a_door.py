"""Services that REST, or GraphQL, or neither of them calls, and why that is right.

Who is said to call a service must name it in the code; the test looks.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Of `callers`, files, one must name the service; `doors` are those that call it."""

    words: str
    callers: tuple[str, ...] = ()
    doors: frozenset[str] = frozenset()


STEP = Reason("A step of other services, inside their transactions.", ("shop/*/services*",))
WORKER = Reason(
    "The worker does it, by an event or by the clock.", ("shop/*/tasks.py", "config/*.py")
)
ADMIN = Reason("For the operators of the shop, in the admin.", ("shop/*/admin*.py",))
ALONE = Reason("For tests; other services do the same under a lock that they hold.")
COMMAND = Reason("A command of those who run the shop.", ("shop/*/management/commands/*.py",))
CONDITION = Reason(
    "Locks what `If-Match` compares; GraphQL has no conditions.",
    ("shop/*/views*", "shop/*/vendor_views.py"),
    doors=frozenset({"REST"}),
)
PROVIDER = Reason(
    "A provider of payments calls it, with a body that it signs: no client does.",
    doors=frozenset({"REST"}),
)

_GROUPS: dict[Reason, str] = {
    STEP: """
        cart.close_cart
        inventory.consume_stock inventory.lock_levels inventory.release_stock
        inventory.reserve_stock inventory.return_stock inventory.set_available
        orders.add_note orders.agree_on_delivery orders.count_refunded orders.extend_expiry
        orders.give_time orders.mark_disputed orders.mark_paid orders.mark_part_refunded
        orders.mark_refunded orders.reopen_order orders.return_goods
        payments.ask_provider payments.count_held_refunds payments.owe_back
        payments.record_dispute payments.record_refund payments.record_refund_of_provider
        payments.record_truth
        products.refresh_price products.set_rating
        vendors.note_change
        webhooks.record_outcome
    """,
    WORKER: """
        accounts.prune_sessions
        ledger.book_payment ledger.catch_up ledger.catch_up_all ledger.catch_up_refund
        ledger.follow_sent ledger.follow_settled ledger.pay_due_days ledger.send_waiting
        notifications.forget_mails notifications.prune_mails notifications.send_waiting
        notifications.write_mails
        orders.expire_orders
        payments.cancel_at_provider payments.complete_refund payments.complete_refunds
        payments.process_event payments.prune_inbox payments.reconcile
        payments.settle_cancelled_order payments.settle_cancelled_part
        vendors.forget_person vendors.prune_invitations
        webhooks.enqueue webhooks.prune_deliveries webhooks.send_due
    """,
    ADMIN: """
        notifications.send_again payments.reopen_event vendors.add_member vendors.add_vendor
    """,
    CONDITION: """
        cart.lock_cart
        inventory.hold_warehouse
        products.hold_category products.hold_goods
        vendors.hold_vendor
        webhooks.hold_endpoint
    """,
    ALONE: "payments.record_success",
    COMMAND: "payments.reconcile_all",
    PROVIDER: "payments.receive_event",
}

WITHOUT_A_DOOR: dict[str, Reason] = {
    service: reason for reason, services in _GROUPS.items() for service in services.split()
}

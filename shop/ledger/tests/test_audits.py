from decimal import Decimal

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.core.tests.plant import plant, told
from shop.ledger import audits, services
from shop.ledger.models import Adjustment, Entry, Transaction
from shop.ledger.tests.make import (
    age,
    all_told,
    dispute,
    give_back,
    make_sale,
    make_shared_order,
    parts_of,
    pay_out,
)
from shop.orders import services as orders
from shop.payments import services as payments
from shop.payments.models import Dispute, Payment
from shop.payments.tests.make import deliver, make_payment, pay
from shop.vendors.models import Vendor

pytestmark = pytest.mark.django_db

# What refuses all this otherwise.
UNGUARDED = (
    "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
    "ALTER TABLE ledger_transaction DISABLE TRIGGER USER",
)


@pytest.fixture
def sold(alice: User, vera: Vendor, walt: Vendor) -> Payment:
    payment = make_sale(alice, [vera, walt, None], quantity=2)
    age()
    return payment


def test_find_nothing_whatever_became_of_orders(
    alice: User, vera: Vendor, walt: Vendor, clerk: User
) -> None:
    sales = [make_sale(alice, [vera, walt, None], quantity=2) for _ in range(6)]
    give_back(sales[0], clerk, part=0)
    give_back(sales[0], clerk, amount="17.35")
    give_back(sales[0], clerk)
    orders.cancel_order(order=sales[1].order, actor=alice)
    dispute(sales[2], Dispute.Status.OPEN, "40.00")
    deliver()
    dispute(sales[3], Dispute.Status.OPEN, "40.00")
    deliver()
    dispute(sales[3], Dispute.Status.LOST, "40.00")
    deliver()
    dispute(sales[4], Dispute.Status.LOST, "33.00", currency="EUR")
    deliver()
    give_back(sales[5], clerk, part=1)
    dispute(sales[5], Dispute.Status.OPEN, "5.00")
    deliver()
    dispute(sales[5], Dispute.Status.WON, "5.00")
    deliver()
    deliver()
    age()
    assert all_told() == {}


def test_find_nothing_in_books_of_another_kind(
    alice: User, vera: Vendor, walt: Vendor, clerk: User
) -> None:
    odd = make_payment(make_shared_order(alice, [vera, None]))
    payments.record_success(payment=odd, amount=Decimal(1001), currency="JPY")
    payments.resolve_payment(payment=odd, actor=clerk, accept=True)
    make_sale(alice, [None])
    make_sale(alice, [vera], price="0.00")
    propose(vera, clerk)
    second = make_staff("order managers", email="second@example.test")
    services.approve_adjustment(adjustment=propose(vera, clerk), actor=second)
    services.reject_adjustment(adjustment=propose(vera, clerk), actor=second)
    make_sale(alice, [walt])
    assert pay_out(walt) is not None
    deliver()
    age()
    assert all_told() == {}


def propose(vendor: Vendor, actor: User) -> Adjustment:
    return services.propose_adjustment(
        vendor=vendor, amount=Decimal("-1.50"), currency="USD", reason="Photos.", actor=actor
    )


def test_wait_for_what_is_not_heard_yet(alice: User, vera: Vendor, clerk: User) -> None:
    make_sale(alice, [vera])
    payment = pay(make_shared_order(alice, [vera]))
    age()
    assert all_told() == {}
    deliver()
    payments.refund_order(order=payment.order, actor=clerk)
    age()
    assert all_told() == {}


def test_find_a_paid_order_without_books(sold: Payment) -> None:
    plant(
        *UNGUARDED,
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_transaction",
    )
    assert set(all_told()) == {"ledger.sales"}
    assert told(audits.sales) == [
        (
            f"Payment {sold.pk} of {sold.order.number}: 60.000 USD came, "
            "of several sellers: True; the sale in the books is of 0"
        )
    ]


def test_find_books_of_an_order_of_the_house(alice: User, sold: Payment) -> None:
    of_house = make_sale(alice, [None])
    booked = Transaction.objects.create(
        kind="sale", cause=f"payment:{of_house.pk}", order=of_house.order
    )
    for account, provider, amount in (("clearing", "sandbox", 10), ("house_sales", "", -10)):
        Entry.objects.create(
            transaction=booked, account=account, provider=provider, currency="USD", amount=amount
        )
    assert set(all_told()) == {"ledger.sales", "ledger.parts"}


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        # A cent more to somebody, and a cent from one to another.
        (
            "UPDATE ledger_entry SET amount = amount - 0.01 WHERE account = 'house_sales'",
            {"ledger.balanced", "ledger.shares"},
        ),
        (
            (
                "UPDATE ledger_entry SET amount = amount + CASE account "
                "WHEN 'platform_commission' THEN 0.01 ELSE -0.01 END "
                "WHERE account IN ('platform_commission', 'vendor_payable')"
            ),
            {"ledger.commissions"},
        ),
        (
            (
                "UPDATE ledger_entry SET amount = amount + CASE account "
                "WHEN 'clearing' THEN 0.01 ELSE -0.01 END "
                "WHERE account IN ('clearing', 'house_sales')"
            ),
            {"ledger.sales", "ledger.shares"},
        ),
        (
            (
                "UPDATE ledger_entry SET amount = amount + 0.01 * sign(vendor_id - "
                "(SELECT avg(vendor_id) FROM ledger_entry WHERE account = 'vendor_payable')) "
                "WHERE account = 'vendor_payable'"
            ),
            {"ledger.parts"},
        ),
        (
            "UPDATE ledger_entry SET provider = 'stripe' WHERE account = 'clearing'",
            {"ledger.sales"},
        ),
        (
            "UPDATE ledger_entry SET currency = 'EUR'",
            {"ledger.sales", "ledger.shares"},
        ),
        (
            (
                "UPDATE ledger_entry SET vendor_id = (SELECT max(id) FROM vendors_vendor) "
                "WHERE account = 'vendor_payable'"
            ),
            {"ledger.commissions"},
        ),
        ("UPDATE payments_payment SET captured_amount = 61", {"ledger.sales", "ledger.shares"}),
        ("DELETE FROM ledger_entry", {"ledger.balanced", "ledger.sales"}),
    ],
)
def test_find_a_sale_that_does_not_fit(sold: Payment, fault: str, found: set[str]) -> None:
    plant(*UNGUARDED, fault)
    assert found <= set(all_told())


def test_find_a_cent_that_went_from_one_seller_to_another(sold: Payment) -> None:
    given, taken = Entry.objects.filter(account="vendor_payable").order_by("id")[:2]
    plant(
        *UNGUARDED,
        f"UPDATE ledger_entry SET amount = amount - 0.01 WHERE id = {given.pk}",
        f"UPDATE ledger_entry SET amount = amount + 0.01 WHERE id = {taken.pk}",
    )
    assert given.vendor_order
    assert taken.vendor_order
    more, less = given.vendor_order, taken.vendor_order
    assert told(audits.parts) == [
        f"VendorOrder {part.pk} ({part.number}): {part.total_price}0 were paid for it; "
        f"in the books {part.total_price + cent}0 are credited"
        for part, cent in ((more, Decimal("0.01")), (less, Decimal("-0.01")))
    ]


def test_find_a_planted_cent(sold: Payment, clerk: User) -> None:
    give_back(sold, clerk, part=0)
    age()
    assert all_told() == {}
    plant(
        *UNGUARDED,
        "UPDATE ledger_entry SET amount = amount - 0.01 WHERE account = 'vendor_payable' "
        "AND amount > 0",
    )
    cause = f"refund:{sold.refunds.get().pk}:1"
    booked = Transaction.objects.get(cause=cause)
    assert told(audits.balanced) == [
        f"Transaction {booked.pk} ({cause}): its 3 entries sum to -0.010 USD"
    ]
    assert told(audits.shares) == [
        (
            f"Payment {sold.pk} of {sold.order.number}: of 60.000 USD, 10.000 were given back, "
            "0 are promised and 0 lost; in the books 50.000 are here, 0.000 owed and 50.010 shared"
        )
    ]


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE payments_refund SET status = 'failed'",
        "UPDATE payments_refund SET status = 'pending'",
        "UPDATE payments_refund SET amount = amount - 0.01",
        (
            "UPDATE ledger_entry SET amount = amount * 2 WHERE transaction_id IN "
            "(SELECT id FROM ledger_transaction WHERE kind = 'refund_paid')"
        ),
        (
            "DELETE FROM ledger_entry WHERE transaction_id IN "
            "(SELECT id FROM ledger_transaction WHERE kind = 'refund')"
        ),
    ],
)
def test_find_a_refund_that_does_not_fit(sold: Payment, clerk: User, fault: str) -> None:
    refund = give_back(sold, clerk, part=0)
    age()
    plant(*UNGUARDED, fault)
    (found,) = told(audits.refunds)
    assert found.startswith(f"Refund {refund.pk} of Payment {sold.pk}: ")


def test_find_a_refund_in_the_books_that_is_none_of_a_sale(sold: Payment, clerk: User) -> None:
    give_back(sold, clerk, part=0)
    age()
    plant(*UNGUARDED, "UPDATE ledger_transaction SET cause = 'refund:0:1' WHERE kind = 'refund'")
    assert any("not of a sale" in text for text in all_told()["ledger.refunds"])


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE payments_dispute SET status = 'won', closed_at = now()",
        "UPDATE payments_dispute SET status = 'lost', closed_at = now()",
        "DELETE FROM ledger_entry WHERE account = 'vendor_reserve'",
        "UPDATE ledger_entry SET amount = -amount WHERE account = 'vendor_reserve'",
        "UPDATE payments_dispute SET amount = 1",
    ],
)
def test_find_a_dispute_that_does_not_fit(sold: Payment, fault: str) -> None:
    dispute(sold, Dispute.Status.OPEN, "30.00")
    deliver()
    age()
    plant(*UNGUARDED, fault)
    (found,) = told(audits.disputes)
    assert found.startswith(f"Dispute {sold.disputes.get().pk} of Payment {sold.pk}: ")


def test_find_a_commission_that_was_not_given_back(sold: Payment, clerk: User) -> None:
    give_back(sold, clerk, part=0, quantity=2)
    age()
    part = parts_of(sold)[0]
    plant(
        *UNGUARDED,
        "UPDATE ledger_entry SET amount = amount + CASE account "
        "WHEN 'vendor_payable' THEN 0.01 ELSE -0.01 END "
        "WHERE transaction_id IN (SELECT id FROM ledger_transaction WHERE kind = 'refund') "
        "AND account IN ('platform_commission', 'vendor_payable')",
    )
    assert set(all_told()) == {"ledger.commissions"}
    assert told(audits.commissions) == [
        (
            f"VendorOrder {part.pk} ({part.number}): its commission is 2.000; in the books "
            "2.000 were charged, and 0.010 are kept of goods of 0.000"
        )
    ]


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        *(("sale", "payment:0"), ("sale", "anything"), ("refund", "refund:0:1")),
        *(("dispute", "dispute:0:1"), ("payout", "payout:0"), ("adjustment", "adjustment:0")),
        ("dispute", "refund:{refund}:9"),
    ],
)
def test_find_what_nothing_has_caused(sold: Payment, clerk: User, kind: str, cause: str) -> None:
    cause = cause.format(refund=give_back(sold, clerk, part=0).pk)
    made = Transaction.objects.create(kind=kind, cause=cause, order=sold.order)
    for sign in (1, -1):
        Entry.objects.create(
            transaction=made, account="refunds", currency="USD", amount=Decimal(sign)
        )
    (found,) = told(audits.caused)
    assert found.startswith(f"Transaction {made.pk} ({cause}): ")


@pytest.mark.parametrize("kind", ["sale", "refund", "refund_paid", "dispute"])
def test_find_what_is_booked_twice(sold: Payment, clerk: User, kind: str) -> None:
    give_back(sold, clerk, part=0)
    dispute(sold, Dispute.Status.OPEN, "30.00")
    deliver()
    known = Transaction.objects.get(kind=kind)
    subject = "payment:0" if kind == "sale" else known.cause.rpartition(":")[0]
    again = Transaction.objects.create(kind=kind, cause=f"{subject}:9", order=sold.order)
    for sign in (1, -1):
        Entry.objects.create(
            transaction=again, account="refunds", currency="USD", amount=Decimal(sign)
        )
    assert [text.split(" ")[1] for text in told(audits.once)] == [str(again.pk)]


def test_find_what_is_booked_without_what_comes_before(sold: Payment) -> None:
    plant(*UNGUARDED, "UPDATE ledger_transaction SET kind = 'payout_settled'")
    assert told(audits.once) == [
        (
            f"Transaction {Transaction.objects.get().pk} (payment:{sold.pk}): "
            "payout_settled is booked after ''"
        )
    ]


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE ledger_payout SET amount = amount + 0.01",
        "UPDATE ledger_payout SET status = 'settled'",
        "UPDATE ledger_payout SET status = 'failed'",
        "UPDATE ledger_payout SET currency = 'EUR'",
        (
            "UPDATE ledger_entry SET amount = amount - 0.01 WHERE account = 'vendor_payable' "
            "AND payout_id IS NOT NULL AND amount < 0"
        ),
        "UPDATE ledger_entry SET payout_id = NULL WHERE account = 'vendor_payable' AND amount < 0",
        "UPDATE ledger_payout SET vendor_id = (SELECT max(id) FROM vendors_vendor)",
    ],
)
def test_find_a_payout_that_does_not_fit(sold: Payment, vera: Vendor, fault: str) -> None:
    payout = pay_out(vera)
    assert payout is not None
    assert all_told() == {}
    plant(*UNGUARDED, fault)
    (found,) = told(audits.payouts)
    assert found.startswith(f"Payout {payout.pk} ({payout.number}): ")


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE ledger_adjustment SET amount = amount + 0.01",
        "UPDATE ledger_adjustment SET currency = 'EUR'",
        "UPDATE ledger_adjustment SET status = 'rejected'",
        "DELETE FROM ledger_adjustment",
        "DELETE FROM ledger_entry WHERE account = 'vendor_payable'",
    ],
)
def test_find_an_adjustment_that_does_not_fit(vera: Vendor, clerk: User, fault: str) -> None:
    second = make_staff("order managers", email="second@example.test")
    services.approve_adjustment(adjustment=propose(vera, clerk), actor=second)
    assert all_told() == {}
    plant(*UNGUARDED, fault)
    (found,) = told(audits.adjustments)
    assert found.startswith("Adjustment ")

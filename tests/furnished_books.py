"""What a seller of the furnished shop has with the platform: rates, corrections, payouts."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.commissions.models import CommissionRule
from shop.commissions.tests.make import begun_ago, in_days, make_rate
from shop.core.relay import deliver_pending
from shop.ledger import services as ledger
from shop.ledger.models import Adjustment, Payout
from shop.ledger.tests.payouts.make import DETAILS
from shop.orders import services as orders
from shop.orders.models import VendorOrder
from shop.orders.tests.make import make_order
from shop.payments.tests.make import pay
from shop.products.models import Category, Variant
from shop.vendors.models import Vendor


@dataclass(frozen=True)
class Books:
    """`sent` and `scheduled` are payouts of days that are past; something is due today."""

    begun: CommissionRule
    to_come: CommissionRule
    proposed: Adjustment
    sent: Payout
    scheduled: Payout


def keep_books(vendor: Vendor, *, buyer: User, variant: Variant, category: Category) -> Books:
    """Two payouts of `vendor`, something for a third, a correction to decide on, two rates."""
    Vendor.objects.filter(pk=vendor.pk).update(
        payout_details=DETAILS["manual"], payout_schedule=Vendor.PayoutSchedule.DAILY
    )
    payouts = []
    for days_ago in (2, 1):
        _sell(buyer, variant)
        on = ledger.today() - timedelta(days=days_ago)
        (payout,) = ledger.schedule_payouts(on=on, vendors=[vendor]).payouts
        payouts.append(payout)
    _sell(buyer, variant)
    return Books(
        begun=begun_ago(make_rate(vendor, "12.50", fee="0.30"), days=1),
        to_come=make_rate(vendor, "15", category=category, valid_from=in_days(9)),
        proposed=ledger.propose_adjustment(
            vendor=vendor,
            amount=Decimal("-4.50"),
            currency="USD",
            reason="Photos.",
            actor=make_staff("vendor managers"),
        ),
        sent=ledger.send_payout(payout=payouts[0]),
        scheduled=payouts[1],
    )


def _sell(buyer: User, variant: Variant) -> None:
    """An order that was paid, and delivered so long ago that its money is due."""
    order = make_order(buyer, variants=[variant], quantity=2)
    pay(order)
    orders.process_order(order=order, actor=buyer)
    orders.ship_order(order=order, actor=buyer)
    orders.deliver_order(order=order, actor=buyer)
    parts = VendorOrder.objects.filter(order=order)
    parts.update(delivered_at=timezone.now() - timedelta(days=60), updated_at=F("updated_at"))
    while deliver_pending():
        pass

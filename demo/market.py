"""What happened between the demo's sellers and their shoppers: sales, payouts, and some trouble.

The past is made today and moved back, where a row may be changed; histories and books, which
nobody may change, say when they were written.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from demo.people import People
from demo.shopping import Shopping
from shop.ledger import services as ledger
from shop.ledger.due import last_day
from shop.ledger.models import Payout
from shop.orders import services as orders
from shop.orders.models import Order, VendorOrder
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.vendors import services as vendors
from shop.vendors.models import Vendor

# Weekly and monthly payouts of the past have the first orders in them, and only the first.
LONG_AGO = timedelta(days=45)
LATELY = timedelta(days=21)
SHIPPED_AFTER = timedelta(days=2)
DELIVERED_AFTER = timedelta(days=5)


def make_past(shopping: Shopping, sellers: Mapping[str, Vendor], people: People) -> list[Order]:
    """Orders that were delivered and paid out, or are going to be."""
    buyers = people.reviewers
    first = [
        shopping.delivered(buyers[0], "Two-Person Tent", "Wool Throw", "Harbour Tee"),
        shopping.delivered(buyers[1], "Trek Pack 50", "Stoneware Mug"),
        shopping.delivered(buyers[4], "Famous-Logo Sneaker", "Field Jacket"),
    ]
    _happened(first, ago=LONG_AGO)
    _book(first)
    fjord, lumen = sellers["fjord"], sellers["lumen"]
    this_week = last_day(fjord.payout_schedule, ledger.today())
    _pay_out(fjord, this_week - timedelta(weeks=1))
    _pay_out(lumen, last_day(lumen.payout_schedule, ledger.today()))
    second = [
        shopping.delivered(buyers[2], "Down Sleeping Bag", "Camping Mug", "Camping Mug", "Mend It"),
        shopping.delivered(buyers[5], "City Bicycle", "Arc Table Lamp"),
    ]
    _happened(second, ago=LATELY)
    mug = second[0].items.get(product_name="Camping Mug")
    payments.refund_order(
        order=second[0],
        actor=people.admin,
        items=[payments.Goods(item=mug.pk, quantity=1)],
        reason="The enamel was chipped.",
    )
    _book(second)
    _correct(sellers, people)
    ledger.schedule_payouts(on=this_week, vendors=[fjord])
    vendors.suspend_vendor(
        vendor=sellers["bargain"], actor=people.steward, reason="Sells copies of a brand."
    )
    return first + second


def make_present(shopping: Shopping, people: People) -> list[Order]:
    """Orders of several sellers that are on their way, each part as far as it is."""
    buyers, admin = people.reviewers, people.admin
    to_pack = shopping.paid(buyers[3], "Tarp Shelter", "Linen Bedding", "Flannel Shirt")
    half_sent = shopping.paid(buyers[4], "Day Pack 20", "Fermenting Jar")
    packs, jars = _parts(half_sent)
    orders.process_part(part=packs, actor=people.fulfiller)
    orders.ship_part(part=jars, actor=people.weaver, carrier="DHL", tracking_number="JD0146009")
    cut_short = shopping.paid(buyers[2], "Camp Blanket", "Paper Lantern")
    blankets, lanterns = _parts(cut_short)
    orders.cancel_part(part=lanterns, actor=people.weaver, note="The last one was torn.")
    payments.settle_cancelled_part(order_id=cut_short.pk, vendor_order_id=lanterns.pk)
    orders.ship_part(part=blankets, actor=admin, carrier="UPS", tracking_number="1Z0146009")
    return [to_pack, half_sent, cut_short]


def _parts(order: Order) -> Sequence[VendorOrder]:
    return list(VendorOrder.objects.filter(order=order).order_by("id"))


def _happened(placed: Sequence[Order], *, ago: timedelta) -> None:
    """Let orders that were delivered just now have been placed so long `ago`."""
    ids = [order.pk for order in placed]
    began, sent, arrived = ago, ago - SHIPPED_AFTER, ago - DELIVERED_AFTER
    Order.objects.filter(pk__in=ids).update(
        created_at=F("created_at") - began,
        placed_at=F("placed_at") - began,
        paid_at=F("paid_at") - began,
        shipped_at=F("shipped_at") - sent,
        delivered_at=F("delivered_at") - arrived,
    )
    VendorOrder.objects.filter(order__in=ids).update(
        created_at=F("created_at") - began,
        shipped_at=F("shipped_at") - sent,
        delivered_at=F("delivered_at") - arrived,
    )
    Payment.objects.filter(order__in=ids).update(
        created_at=F("created_at") - began, paid_at=F("paid_at") - began
    )


def _book(sold: Sequence[Order]) -> None:
    """What the worker does when it hears of payments: the payouts below need it now."""
    for payment in Payment.objects.filter(order__in=[order.pk for order in sold]).order_by("id"):
        ledger.book_payment(payment_id=payment.pk)


def _pay_out(vendor: Vendor, on: date) -> None:
    """Scheduled, sent and settled on that day and the next."""
    for payout in ledger.schedule_payouts(on=on, vendors=[vendor]).payouts:
        sent = ledger.send_payout(payout=payout)
        settled = ledger.settle_payout(payout=sent, reference=f"BANK {payout.number}")
        morning = datetime.combine(on, time(6), tzinfo=UTC)
        # On that day itself nothing may be of tomorrow.
        moments = [morning, morning + timedelta(hours=3), morning + timedelta(days=1)]
        made, gone, there = (min(moment, timezone.now()) for moment in moments)
        Payout.objects.filter(pk=settled.pk).update(created_at=made, sent_at=gone, settled_at=there)


def _correct(sellers: Mapping[str, Vendor], people: People) -> None:
    """One correction is booked, the other waits for somebody who did not propose it."""
    photos = ledger.propose_adjustment(
        vendor=sellers["fjord"],
        amount=Decimal(-35),
        currency=settings.SHOP_CURRENCY,
        reason="Photos that the shop took for them.",
        actor=people.steward,
    )
    ledger.approve_adjustment(adjustment=photos, actor=people.admin)
    ledger.propose_adjustment(
        vendor=sellers["lumen"],
        amount=Decimal(18),
        currency=settings.SHOP_CURRENCY,
        reason="A parcel that the carrier lost; the carrier paid us.",
        actor=people.steward,
    )

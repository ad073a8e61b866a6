"""Orders of several vendors: each reads of its own part, and the buyer of each parcel."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models.functions import Now

from shop.accounts import services as accounts
from shop.accounts.models import User
from shop.accounts.tests.make import make_address, make_user
from shop.core.models import OutboxEvent
from shop.core.tests.plant import plant, told
from shop.notifications import audits, services
from shop.notifications.letters import sellers
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, tell_events
from shop.orders import services as orders
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.tests.make import make_payment, pay
from shop.products.models import Product
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_member, make_vendor

pytestmark = pytest.mark.django_db

SALES = ("sale_paid", "sale_agreed", "sale_cancelled", "part_cancelled")


@dataclass
class Sale:
    """An order of a vase from Vera, a lamp from Liam, and a mug from the house."""

    order: Order
    vera: VendorOrder
    liam: VendorOrder
    house: VendorOrder


def of_vendor(name: str, vendor: Vendor | None = None, price: str = "20.00") -> Product:
    return make_product(name, vendor=vendor, price=price)


@pytest.fixture
def sale(alice: User, vera: User, curator: User) -> Sale:
    make_address(alice)
    vases, lamps = make_vendor("Vases", owner=vera), make_vendor("Lamps")
    make_member(lamps)
    goods = [of_vendor("Vase", vases, "1200.00"), of_vendor("Lamp", lamps), of_vendor("Mug")]
    order = make_order(alice, variants=[each.variants.get() for each in goods], quantity=2)
    parts = {part.vendor_id: part for part in order.parts.all()}
    house = next(part for vendor, part in parts.items() if vendor not in (vases.pk, lamps.pk))
    return Sale(order, parts[vases.pk], parts[lamps.pk], house)


def mails(*kinds: str) -> list[tuple[str, str]]:
    """(kind, recipient) of all that was written of these kinds."""
    tell_events()
    found = Mail.objects.filter(kind__in=kinds).order_by("kind", "recipient")
    return list(found.values_list("kind", "recipient"))


def manager_of(part: VendorOrder) -> str:
    return str(part.vendor.members.get().user.email)


def both(row: Mail) -> str:
    return row.text + row.html


class TestSold:
    def test_each_vendor_reads_of_its_own_lines_when_it_is_paid(self, sale: Sale) -> None:
        pay(sale.order)
        tell_events()
        mine = Mail.objects.get(kind="sale_paid", recipient="vera@example.test")
        assert mine.subject == f"New order {sale.vera.number}"
        assert "2 x Vase: 2,400.00 USD\nTotal: 2,400.00 USD\n" in mine.text
        assert "It is paid: please pack it." in mine.text
        assert "Alice Archer\n12 Orchard Lane\n62701 Springfield IL\n" in mine.text
        for other in ("Lamp", "Mug", "2,440", sale.liam.number, "alice@example.test"):
            assert other not in both(mine)
        theirs = Mail.objects.get(kind="sale_paid", recipient=manager_of(sale.liam))
        assert "2 x Lamp: 40.00 USD\nTotal: 40.00 USD\n" in theirs.text
        assert "Vase" not in both(theirs)
        assert mails(*SALES) == [
            *sorted([("sale_paid", "vera@example.test"), ("sale_paid", manager_of(sale.liam))])
        ]

    def test_owners_and_managers_read_it_and_fulfillers_do_not(self, sale: Sale) -> None:
        manager = make_member(sale.vera.vendor)
        make_member(sale.vera.vendor, role=VendorMember.Role.FULFILLER)
        Vendor.objects.filter(pk=sale.liam.vendor_id).update(status=Vendor.Status.SUSPENDED)
        pay(sale.order)
        assert {to for _, to in mails("sale_paid")} == {"vera@example.test", manager.user.email}

    def test_when_it_is_to_be_packed_before_it_is_paid_and_not_again(
        self, sale: Sale, clerk: User
    ) -> None:
        payment = make_payment(sale.order, method=Payment.Method.CASH_ON_DELIVERY)
        assert len(mails("sale_agreed")) == 2
        mine = Mail.objects.get(kind="sale_agreed", recipient="vera@example.test")
        assert "It is paid when it arrives: please pack it now." in mine.text
        orders.ship_order(order=sale.order, actor=clerk)
        payments.confirm_payment(payment=payment, actor=clerk)
        assert mails("sale_paid") == [("sale_paid", "")]

    def test_also_when_both_are_told_late(self, sale: Sale, clerk: User) -> None:
        payment = make_payment(sale.order, method=Payment.Method.CASH_ON_DELIVERY)
        orders.ship_order(order=sale.order, actor=clerk)
        payments.confirm_payment(payment=payment, actor=clerk)
        assert len([to for _, to in mails("sale_agreed") if to]) == 2
        assert mails("sale_paid") == [("sale_paid", "")]

    def test_packing_what_is_paid_is_no_news(self, sale: Sale, clerk: User) -> None:
        pay(sale.order)
        orders.process_order(order=sale.order, actor=clerk)
        assert mails("sale_agreed") == [("sale_agreed", "")]

    def test_an_order_of_one_vendor_is_told_too(self, alice: User, vera: User) -> None:
        vase = of_vendor("Vase", make_vendor("Vases", owner=vera))
        pay(make_order(alice, variants=[vase.variants.get()]))
        assert mail_of("sale_paid").recipient == vera.email

    def test_takes_the_same_queries_for_1_and_for_5_vendors(
        self, alice: User, django_assert_num_queries: Any
    ) -> None:
        for count in (1, 5):
            goods = [of_vendor("Cup", make_vendor()).variants.get() for _ in range(count)]
            for variant in goods:
                make_member(variant.product.vendor)
            order = make_order(alice, variants=goods)
            pay(order)
            with django_assert_num_queries(4):
                letters = sellers.sale_paid(order.pk)
            assert letters is not None
            assert len(letters) == count


class TestCancelled:
    def test_a_part_is_told_to_the_buyer_and_to_its_vendor(self, sale: Sale, clerk: User) -> None:
        pay(sale.order)
        orders.cancel_part(part=sale.liam, actor=clerk, note="looks like fraud")
        row = mail_of("parcel_cancelled")
        assert row.recipient == "alice@example.test"
        assert row.subject == f"A part of your order {sale.order.number} is cancelled"
        assert "Lamps will not send what is listed here." in row.text
        assert "2 x Lamp: 40.00 USD\nTotal: 40.00 USD\n" in row.text
        assert "Vase" not in both(row)
        told = mail_of("part_cancelled")
        assert told.recipient == manager_of(sale.liam)
        assert told.subject == f"Order {sale.liam.number} is cancelled"
        for each in (row, told):
            assert "fraud" not in both(each)
        assert mails("order_cancelled", "sale_cancelled") == []

    def test_a_part_of_the_house_is_told_to_no_vendor(self, sale: Sale, clerk: User) -> None:
        pay(sale.order)
        orders.cancel_part(part=sale.house, actor=clerk)
        assert mails("part_cancelled") == [("part_cancelled", "")]
        assert "House will not send" in mail_of("parcel_cancelled").text

    def test_a_whole_order_is_told_to_whose_parts_end_with_it(
        self, sale: Sale, clerk: User
    ) -> None:
        pay(sale.order)
        orders.cancel_part(part=sale.liam, actor=clerk)
        orders.cancel_order(order=sale.order, actor=clerk)
        assert mails("sale_cancelled") == [("sale_cancelled", "vera@example.test")]
        row = mail_of("sale_cancelled")
        assert f"the order {sale.vera.number} of Vases is cancelled" in row.text
        assert "Lamp" not in both(row)

    def test_the_last_part_ends_the_order_and_is_told_once(self, sale: Sale, clerk: User) -> None:
        pay(sale.order)
        for part in (sale.house, sale.liam, sale.vera):
            orders.cancel_part(part=part, actor=clerk)
        assert mails("sale_cancelled", "part_cancelled") == [
            *sorted([("part_cancelled", ""), ("part_cancelled", manager_of(sale.liam))]),
            ("sale_cancelled", "vera@example.test"),
        ]

    def test_one_that_nobody_was_to_pack_is_not_told(self, sale: Sale) -> None:
        orders.cancel_order(order=sale.order, actor=sale.order.user)
        assert mails("sale_cancelled") == [("sale_cancelled", "")]


class TestParcels:
    def test_shipped_with_its_tracking_number_and_what_is_in_it(
        self, sale: Sale, clerk: User
    ) -> None:
        pay(sale.order)
        orders.ship_part(
            part=sale.liam, actor=clerk, carrier="Royal Mail", tracking_number="RM<1>GB"
        )
        row = mail_of("parcel_shipped")
        assert row.recipient == "alice@example.test"
        assert row.subject == f"A parcel of your order {sale.order.number} is on its way"
        assert (
            "what you bought from Lamps, with Royal Mail.\nTracking number: RM<1>GB\n" in row.text
        )
        assert "RM&lt;1&gt;GB" in row.html
        assert "2 x Lamp: 40.00 USD\nTotal: 40.00 USD\n" in row.text
        assert "Vase" not in both(row)
        assert mails("order_shipped") == []

    def test_the_order_itself_is_not_told_again(self, sale: Sale, clerk: User) -> None:
        pay(sale.order)
        orders.ship_order(order=sale.order, actor=clerk, carrier="DHL")
        orders.deliver_order(order=sale.order, actor=clerk)
        found = mails("order_shipped", "order_delivered", "parcel_shipped", "parcel_delivered")
        alice = "alice@example.test"
        assert found == [
            ("order_delivered", ""),
            ("order_shipped", ""),
            *[("parcel_delivered", alice)] * 3,
            *[("parcel_shipped", alice)] * 3,
        ]

    def test_delivered(self, sale: Sale, clerk: User) -> None:
        pay(sale.order)
        orders.ship_part(part=sale.house, actor=clerk)
        orders.deliver_part(part=sale.house, actor=clerk)
        row = mail_of("parcel_delivered")
        assert row.subject == f"A parcel of your order {sale.order.number} has arrived"
        assert "2 x Mug" in row.text

    def test_one_that_is_paid_at_the_door_says_so(self, sale: Sale, clerk: User) -> None:
        make_payment(sale.order, method=Payment.Method.CASH_ON_DELIVERY)
        orders.ship_part(part=sale.vera, actor=clerk)
        assert "Have 2480.00 USD ready at the door." in mail_of("parcel_shipped").text


class TestHouseOnly:
    def test_a_shop_of_its_own_goods_writes_nothing_more(self, alice: User, clerk: User) -> None:
        order = make_order(alice)
        pay(order)
        orders.process_order(order=order, actor=clerk)
        orders.cancel_order(order=order, actor=clerk)
        assert mails(*SALES) == []
        plant("UPDATE core_outboxevent SET delivered_at = delivered_at - interval '2 min'")
        assert told(audits.written) == []


def test_verify_finds_a_sale_that_nobody_was_told_of(sale: Sale) -> None:
    pay(sale.order)
    tell_events()
    plant("UPDATE core_outboxevent SET delivered_at = delivered_at - interval '2 min'")
    assert told(audits.written) == told(audits.causes) == []
    plant("DELETE FROM notifications_mail WHERE kind = 'sale_paid'")
    event = OutboxEvent.objects.get(name="order.paid")
    assert told(audits.written) == [
        f"OutboxEvent {event.pk} (order.paid): it was delivered, and there is no mail sale_paid"
    ]


def test_where_an_erased_buyer_lives_is_forgotten(alice: User, sale: Sale) -> None:
    pay(sale.order)
    assert sale.order.shipping_address
    street = sale.order.shipping_address["line1"]
    tell_events()
    sent, waiting = Mail.objects.filter(kind="sale_paid").order_by("id")
    Mail.objects.filter(pk=sent.pk).update(sent_at=Now())
    accounts.erase_user(user=make_user("bob@example.test"))
    tell_events()
    assert street in both(Mail.objects.get(pk=sent.pk))
    accounts.erase_user(user=alice)
    tell_events()
    assert street not in both(Mail.objects.get(pk=sent.pk))
    # The seller has to know all the same, and the text goes as it is sent.
    assert street in both(Mail.objects.get(pk=waiting.pk))
    services.send_waiting()
    waiting.refresh_from_db()
    assert (waiting.sent_at is not None, waiting.text, waiting.html) == (True, "", "")
    assert told(audits.written) == []

"""Which rate counts for a line: the most special one that counts now, in one statement."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from shop.accounts.models import User
from shop.commissions import services
from shop.commissions.querysets import charges_of
from shop.commissions.tests.make import begun_ago, in_days, lines_of, make_rate, percents
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import fill_cart
from shop.products.models import Category, Product
from shop.products.tests.make import make_category, make_product
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Category:
    return make_category("Home")


@pytest.fixture
def tall(home: Category) -> Category:
    """Two below `home`."""
    return make_category("Tall vases", parent=make_category("Vases", parent=home))


@pytest.fixture
def vase(vases: Vendor, tall: Category) -> Product:
    return make_product("Vase", vendor=vases, category=tall, price="19.99")


def test_the_shops_rate_counts_where_nothing_was_agreed_on(
    alice: User, vase: Product, settings: Settings
) -> None:
    settings.COMMISSION_PERCENT = Decimal("12.5")
    (charge,) = charges_of(lines_of(alice, [vase], quantity=3))
    assert (charge.percent, charge.total) == (Decimal("12.5"), Decimal("7.50"))


def test_a_vendors_rate_counts_before_the_shops(alice: User, vase: Product, vases: Vendor) -> None:
    make_rate(vases, "7.25", fee="0.30")
    (charge,) = charges_of(lines_of(alice, [vase], quantity=2))
    assert (charge.percent, charge.fee) == (Decimal("7.25"), Decimal("0.30"))
    assert charge.total == Decimal("2.90") + Decimal("0.60")


def test_the_nearest_category_up_the_tree_counts_before_it(
    alice: User, vase: Product, vases: Vendor, home: Category, tall: Category
) -> None:
    middle = Category.objects.get(name="Vases")
    beside = make_category("Lamps", parent=home)
    make_rate(vases, "1")
    make_rate(vases, "2", category=home)
    make_rate(vases, "9", category=beside)
    assert percents(alice, vase) == [2]
    make_rate(vases, "3", category=middle)
    assert percents(alice, vase) == [3]
    make_rate(vases, "4", category=tall)
    assert percents(alice, vase) == [4]


def test_a_products_rate_counts_before_its_categorys(
    alice: User, vase: Product, vases: Vendor, tall: Category
) -> None:
    make_rate(vases, "5", product=vase)
    make_rate(vases, "4", category=tall)
    make_rate(vases, "6", product=make_product(vendor=vases, category=tall))
    assert percents(alice, vase) == [5]


def test_another_vendors_rates_do_not_count(
    alice: User, vase: Product, tall: Category, settings: Settings
) -> None:
    other = make_vendor()
    make_rate(other, "1")
    make_rate(other, "2", category=tall)
    assert percents(alice, vase) == [settings.COMMISSION_PERCENT]


def test_of_several_the_one_that_began_last_counts(
    alice: User, vase: Product, vases: Vendor
) -> None:
    begun_ago(make_rate(vases, "10"), days=9)
    begun_ago(make_rate(vases, "30", valid_to=in_days(20)), days=8)
    make_rate(vases, "20", valid_to=in_days(2))
    assert percents(alice, vase) == [20]


def test_one_that_ended_or_has_not_begun_does_not_count(
    alice: User, vase: Product, vases: Vendor, victor: User, settings: Settings
) -> None:
    ended = begun_ago(make_rate(vases, "3"), days=2)
    services.end_rate(rule=ended, actor=victor)
    make_rate(vases, "4", valid_from=in_days(1))
    assert percents(alice, vase) == [settings.COMMISSION_PERCENT]


def test_one_that_ends_lets_the_one_before_it_count_again(
    alice: User, vase: Product, vases: Vendor, victor: User
) -> None:
    begun_ago(make_rate(vases, "10"), days=3)
    sale = begun_ago(make_rate(vases, "5", valid_to=in_days(1)), days=1)
    assert percents(alice, vase) == [5]
    services.end_rate(rule=sale, actor=victor)
    assert percents(alice, vase) == [10]


def test_the_house_pays_nothing_and_asks_nothing(alice: User) -> None:
    lines = lines_of(alice, [make_product(), make_product()])
    with CaptureQueriesContext(connection) as queries:
        charges = charges_of(lines)
    assert len(queries) == 0
    assert [charge.total for charge in charges] == [0, 0]


def test_takes_one_statement_for_1_and_for_50_lines(alice: User, tall: Category) -> None:
    vendors = [make_vendor() for _ in range(5)]
    for number, vendor in enumerate(vendors, 1):
        make_rate(vendor, str(number))
    goods = [make_product(vendor=vendors[n % 5], category=tall) for n in range(50)]
    lines = lines_of(alice, [*goods, make_product()])
    assert len(lines) == 51
    for some in (lines[:1], lines):
        with CaptureQueriesContext(connection) as queries:
            charges = charges_of(some)
        assert len(queries) == 1
        assert len(charges) == len(some)
    assert [charge.percent for charge in charges] == [1, 2, 3, 4, 5] * 10 + [0]


def test_a_cycle_in_the_tree_keeps_nobody_from_buying(
    alice: User, vase: Product, vases: Vendor, home: Category, tall: Category
) -> None:
    make_rate(vases, "2", category=home)
    Category.objects.filter(pk=home.pk).update(parent=tall)
    assert percents(alice, vase) == [2]


class TestFrozen:
    """`place_order` writes the rates of its moment, and no later one changes them."""

    @pytest.fixture
    def order(self, alice: User, vase: Product, vases: Vendor) -> Order:
        make_rate(vases, "7.25", fee="0.30")
        fill_cart(alice, [vase.variants.get(), make_product().variants.get()], quantity=2)
        return orders.place_order(user=alice)

    def frozen(self, order: Order) -> list[tuple[str, str, str]]:
        names = ("commission_percent", "commission_fee", "commission_total")
        found = order.items.order_by("id").values_list(*names)
        return [(str(percent), str(fee), str(total)) for percent, fee, total in found]

    def test_on_the_lines_and_summed_on_the_part(self, order: Order, vases: Vendor) -> None:
        assert self.frozen(order) == [("7.25", "0.30", "3.50"), ("0.00", "0.00", "0.00")]
        totals = order.parts.order_by("id").values_list("vendor_id", "commission_total")
        assert [total for vendor, total in totals if vendor == vases.pk] == [Decimal("3.50")]
        assert sum(total for _, total in totals) == Decimal("3.50")

    def test_whatever_becomes_of_the_rates(
        self, order: Order, vases: Vendor, vase: Product, victor: User, settings: Settings
    ) -> None:
        before = self.frozen(order)
        make_rate(vases, "50")
        make_rate(vases, "60", product=vase)
        settings.COMMISSION_PERCENT = Decimal(99)
        assert self.frozen(order) == before
        assert order.parts.get(vendor=vases).commission_total == Decimal("3.50")

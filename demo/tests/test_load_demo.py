import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F
from django.db.models.functions import Now

from demo import art, market
from demo.walk import LEFT_OUT, WALK
from shop.accounts.models import User
from shop.commissions.models import CommissionRule
from shop.core.views import DEMO_ACCOUNTS, DEMO_PASSWORD
from shop.ledger import services as ledger
from shop.ledger.due import last_day
from shop.ledger.models import Adjustment
from shop.orders.models import Order
from shop.payments.models import Refund
from shop.payments.tests.make import deliver
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.tests.make import make_product
from shop.reviews.models import Review
from shop.vendors.models import Vendor, VendorMember
from tests.api import body, client_of
from tests.openapi import operations, shop_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_pictures() -> Iterator[None]:
    """The real ones take seconds; what is drawn is tested by itself."""
    with mock.patch.object(art, "SIDE", 40):
        yield


def test_makes_a_shop_in_which_every_page_shows_life(small_pictures: None) -> None:
    call_command("load_demo", verbosity=0)
    top = Category.objects.filter(parent=None)
    assert top.count() >= 5
    assert Category.objects.filter(parent__parent__in=top, children=None).count() >= 15
    assert Product.objects.count() >= 60
    assert Variant.objects.count() > Product.objects.count() * 2
    with_main = ProductImage.objects.filter(is_main=True).values("product").distinct()
    assert with_main.count() == Product.objects.count()
    assert Review.objects.count() >= 20
    states = Counter(Order.objects.values_list("status", flat=True))
    assert set(states) == set(Order.Status.values)


def test_its_accounts_sign_in(small_pictures: None) -> None:
    call_command("load_demo", verbosity=0)
    for email in DEMO_ACCOUNTS:
        credentials = {"email": email, "password": DEMO_PASSWORD}
        answer = client_of().post("/api/auth/jwt/create/", credentials)
        assert answer.status_code == 200, email
    assert User.objects.get(email="admin@nexus.test").is_superuser
    vendor = VendorMember.objects.get(user__email="vendor@nexus.test").vendor
    assert vendor.products.count() >= 10
    shopper = User.objects.get(email="shopper@nexus.test")
    assert body(client_of(shopper).get("/api/store/orders/"))["count"] >= 5


def test_its_sellers_have_something_to_do(small_pictures: None) -> None:
    call_command("load_demo", verbosity=0)
    vendor = VendorMember.objects.get(user__email="vendor@nexus.test").vendor
    assert set(vendor.members.values_list("role", flat=True)) == set(VendorMember.Role.values)
    assert vendor.orders.filter(status="PAID").exists()
    assert vendor.warehouses.filter(levels__on_hand__gt=0).exists()
    assert {payout.status for payout in vendor.payouts.all()} == {"scheduled", "settled"}
    assert Vendor.objects.filter(status="pending").count() == 1
    assert Vendor.objects.filter(status="suspended").count() == 1
    assert Product.objects.filter(submitted_at__isnull=False).count() == 1
    assert Adjustment.objects.filter(status="proposed").count() == 1
    rules = CommissionRule.objects.filter(vendor=vendor)
    assert rules.filter(category=None, product=None).exists()
    assert rules.exclude(category=None).exists()
    assert rules.exclude(product=None).exists()
    several = Order.objects.annotate(sellers=Count("parts")).filter(sellers__gt=1)
    assert several.filter(status="DELIVERED", placed_at__lt=Now() - timedelta(days=20)).exists()
    assert Refund.objects.filter(amount__lt=F("payment__amount")).exists()


def test_its_books_agree_before_and_after_its_events_are_heard(small_pictures: None) -> None:
    call_command("load_demo", verbosity=0)
    assert_agrees()
    deliver()
    assert_agrees()
    assert ledger.pay_due_days() == 0, "the schedule pays what the demo leaves for its reader"


def test_its_past_was_held_long_enough_on_whatever_day_it_is_loaded() -> None:
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(366)):
        this_week, this_month = last_day("weekly", day), last_day("monthly", day)
        for ago, paid in (
            (market.LONG_AGO, this_week - timedelta(weeks=1)),
            (market.LONG_AGO, this_month),
            (market.LATELY, this_week),
        ):
            arrived = day - (ago - market.DELIVERED_AFTER)
            assert arrived + timedelta(days=7) <= paid, (day, paid)


def assert_agrees() -> None:
    printed = io.StringIO()
    call_command("verify", stdout=printed)
    assert "no disagreement" in printed.getvalue()


def test_refuses_a_shop_that_has_products() -> None:
    make_product()
    with pytest.raises(CommandError, match="not empty"):
        call_command("load_demo", verbosity=0)


@pytest.mark.parametrize("motif", art.MOTIFS)
def test_draws(motif: str) -> None:
    drawn = art.draw(motif, seed="a")
    assert drawn.startswith(b"\x89PNG")
    assert drawn == art.draw(motif, seed="a")
    assert drawn != art.draw(motif, seed="b")


def test_the_walk_calls_every_operation() -> None:
    called = {step.operation for steps in WALK.values() for step in steps}
    existing = {name for name, _ in operations(shop_document())}
    assert called <= existing
    assert existing - called == set(LEFT_OUT)

"""What those who run the shop read, and vendors about their goods."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, tell_events
from shop.orders.tests.make import make_order
from shop.products.tests.make import give_stock, make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db


def run_low(vendor: Vendor | None = None) -> None:
    """Somebody buys, and five are left."""
    product = make_product("Coat", vendor=vendor, sizes=["M"], stock=8)
    make_order(make_user(), variants=[product.variants.get()], quantity=3)
    tell_events()


def readers() -> set[str]:
    return set(Mail.objects.filter(kind="stock_low").values_list("recipient", flat=True))


def test_low_stock_is_told_to_catalog_managers(curator: User, clerk: User, alice: User) -> None:
    make_staff("catalog managers", email="retired@example.test")
    User.objects.filter(email="retired@example.test").update(is_active=False)
    run_low()
    row = mail_of("stock_low")
    assert row.recipient == curator.email
    assert row.subject.startswith("Low stock: Coat (SKU-")
    assert row.subject.endswith(", 5 left")
    assert "only 5 of this" in row.text
    assert "Coat (M)" in row.text
    assert row.user is None


def test_low_stock_of_a_vendor_is_told_to_its_owner_and_managers_too(
    curator: User, vera: User
) -> None:
    vendor = make_vendor("Alder", owner=vera)
    for role in ("manager", "fulfiller"):
        person = make_user(f"{role}@example.test")
        VendorMember.objects.create(vendor=vendor, user=person, role=role)
    make_vendor("Birch", owner=make_user("other@example.test"))
    run_low(vendor)
    assert readers() == {curator.email, vera.email, "manager@example.test"}


def test_a_suspended_vendor_hears_nothing(curator: User, vera: User) -> None:
    vendor = make_vendor("Alder", owner=vera)
    variant = make_product(vendor=vendor).variants.get()
    Vendor.objects.filter(pk=vendor.pk).update(status=Vendor.Status.SUSPENDED)
    give_stock(variant, 5)
    tell_events()
    assert readers() == {curator.email}


def test_superusers_hear_it_when_it_is_nobodys_work() -> None:
    make_user("boss@example.test", is_staff=True, is_superuser=True)
    run_low()
    assert readers() == {"boss@example.test"}


def test_the_shops_own_address_for_such_letters(curator: User, vera: User, settings: Any) -> None:
    settings.STAFF_EMAIL = vera.email
    run_low(make_vendor("Alder", owner=vera))
    assert readers() == {vera.email}, "once, though she is meant twice"


def test_nobody_hears_of_it_in_a_shop_without_staff() -> None:
    run_low()
    assert readers() == {""}


def test_is_told_once_per_crossing(curator: User) -> None:
    run_low()
    variant = make_product("Cap", stock=8).variants.get()
    give_stock(variant, 5)
    give_stock(variant, 4)
    give_stock(variant, 9)
    give_stock(variant, 3)
    tell_events()
    subjects = Mail.objects.filter(subject__contains="Cap").values_list("subject", flat=True)
    assert sorted(subject[-6:] for subject in subjects) == ["3 left", "5 left"]

"""Who acts for which vendor."""

import pytest
from django.contrib.auth.models import AnonymousUser

from shop.accounts.tests.make import make_user
from shop.vendors import querysets, services
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor

pytestmark = pytest.mark.django_db


def test_is_of_the_own_vendors_only() -> None:
    vera, bob = make_user(), make_user()
    mine, other = make_vendor(owner=vera), make_vendor(owner=bob)
    assert list(querysets.vendors_of(vera)) == [mine]
    assert [membership.vendor for membership in querysets.memberships_of(bob)] == [other]


@pytest.mark.parametrize("status", [Vendor.Status.PENDING, Vendor.Status.SUSPENDED])
def test_counts_while_the_vendor_is_approved(status: Vendor.Status) -> None:
    vera = make_user()
    vendor = make_vendor(owner=vera, status=status)
    assert vendor.members.filter(user=vera).exists()
    assert not querysets.vendors_of(vera).exists()
    assert not querysets.memberships_of(vera).exists()


def test_is_nobodys_without_signing_in() -> None:
    make_vendor()
    assert not querysets.vendors_of(AnonymousUser()).exists()


def test_house_vendor_is_made_once() -> None:
    Vendor.objects.filter(is_house=True).delete()
    house = services.house_vendor()
    assert services.house_vendor() == house
    assert house.status == Vendor.Status.APPROVED

"""Staff agree with a vendor on a rate, from now on or later."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.commissions.models import CommissionRule
from shop.commissions.tests.make import begun_ago, in_days, make_rate
from shop.products import services as products
from shop.products.models import Product
from shop.products.tests.make import house_vendor, make_category, make_product
from shop.vendors.models import Vendor, VendorChange
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

RATES = "/api/store/commissions/"


@pytest.fixture
def vase(vases: Vendor) -> Product:
    return make_product("Vase", vendor=vases)


def post(user: User | None, seller: Vendor, /, **fields: Any) -> Any:
    return client_of(user).post(RATES, {"vendor": seller.slug, "percent": "12.5"} | fields)


def test_from_now_on(victor: User, vases: Vendor) -> None:
    response = post(victor, vases, fee="0.30")
    assert response.status_code == 201
    answer = body(response)
    rule = CommissionRule.objects.get()
    assert answer == {
        "id": rule.pk,
        "vendor": {"id": vases.pk, "name": "Vera's vases", "slug": vases.slug},
        "category": None,
        "product": None,
        "percent": "12.50",
        "fee": "0.30",
        "currency": "USD",
        "valid_from": answer["valid_from"],
        "valid_to": None,
        "actor": {"id": victor.pk, "email": victor.email},
        "created_at": answer["created_at"],
    }
    assert abs(timezone.now() - rule.valid_from) < timedelta(minutes=1)


def test_for_a_category_or_a_product(victor: User, vases: Vendor, vase: Product) -> None:
    of_category = body(post(victor, vases, category=vase.category.slug))
    assert of_category["category"]["id"] == vase.category_id
    of_product = body(post(victor, vases, product=vase.pk, valid_from="2090-01-01T00:00:00Z"))
    assert of_product["product"] == {"id": vase.pk, "name": "Vase", "slug": vase.slug}
    assert of_product["valid_from"] == "2090-01-01T00:00:00Z"


def test_for_a_vendor_that_may_not_sell_yet(victor: User) -> None:
    assert post(victor, make_vendor(status=Vendor.Status.PENDING)).status_code == 201


def test_is_noted_among_the_vendors_changes(victor: User, vases: Vendor, vase: Product) -> None:
    post(victor, vases, product=vase.slug, fee="1")
    change = VendorChange.objects.get()
    rule = CommissionRule.objects.get()
    assert (change.vendor, change.kind, change.actor) == (vases, "commission_set", victor)
    assert change.details == {
        "rule": rule.pk,
        "percent": "12.50",
        "fee": "1.00",
        "category": None,
        "product": vase.slug,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": None,
    }


def test_the_open_rate_of_the_same_goods_ends_where_it_begins(
    victor: User, vases: Vendor, vase: Product
) -> None:
    of_vendor = begun_ago(make_rate(vases), days=1)
    of_product = begun_ago(make_rate(vases, product=vase), days=1)
    of_other = begun_ago(make_rate(make_vendor()), days=1)
    post(victor, vases, valid_from="2090-01-01T00:00:00Z")
    new = CommissionRule.objects.latest("id")
    of_vendor.refresh_from_db()
    assert (of_vendor.valid_to, of_vendor.is_replaced) == (new.valid_from, True)
    for untouched in (of_product, of_other, new):
        untouched.refresh_from_db()
        assert untouched.valid_to is None


def test_one_with_an_end_leaves_the_open_rate_as_it_is(victor: User, vases: Vendor) -> None:
    before = begun_ago(make_rate(vases), days=1)
    post(victor, vases, valid_to="2090-01-01T00:00:00Z")
    before.refresh_from_db()
    assert before.valid_to is None


def yesterday() -> str:
    return (timezone.now() - timedelta(days=1)).isoformat()


REFUSED: dict[str, tuple[Callable[[Vendor, Product], dict[str, Any]], int, str, str]] = {
    "of the past": (
        lambda *_: {"valid_from": yesterday()},
        *(409, "past_commission", "valid_from"),
    ),
    "that ends before it begins": (
        lambda *_: {
            "valid_from": "2090-01-02T00:00:00Z",
            "valid_to": "2090-01-01T00:00:00Z",
        },
        *(400, "ends_before_it_begins", "valid_to"),
    ),
    "that is over at once": (
        lambda *_: {"valid_to": yesterday()},
        *(400, "ends_before_it_begins", "valid_to"),
    ),
    "for another vendor's product": (
        lambda *_: {"product": make_product(vendor=make_vendor()).slug},
        *(400, "product_of_another", "product"),
    ),
    "for a category and a product": (
        lambda _, vase: {"product": vase.slug, "category": vase.category.slug},
        *(400, "one_target_only", "product"),
    ),
    "for the house": (
        lambda *_: {"vendor": house_vendor().slug},
        *(409, "house_has_no_commission", "vendor"),
    ),
    "for nobody": (lambda *_: {"vendor": "nobody"}, *(400, "does_not_exist", "vendor")),
    "for goods that are not there": (
        lambda *_: {"product": 987654},
        *(400, "does_not_exist", "product"),
    ),
    "of more than all": (lambda *_: {"percent": "100.01"}, *(400, "max_value", "percent")),
    "of less than nothing": (lambda *_: {"percent": "-1"}, *(400, "min_value", "percent")),
    "of a part of a percent's hundredth": (
        lambda *_: {"percent": "1.001"},
        *(400, "max_decimal_places", "percent"),
    ),
    "in other digits": (lambda *_: {"percent": "１２"}, *(400, "invalid", "percent")),
    "of yes": (lambda *_: {"percent": True}, *(400, "invalid", "percent")),
    "with a negative fee": (lambda *_: {"fee": "-0.01"}, *(400, "min_value", "fee")),
    "with a fee of half a cent": (
        lambda *_: {"fee": "0.005"},
        *(400, "max_decimal_places", "fee"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_one(case: str, victor: User, vases: Vendor, vase: Product) -> None:
    before = make_rate(vases)
    fields, status, code, attr = REFUSED[case]
    response = post(victor, vases, **fields(vases, vase))
    assert (response.status_code, codes(response)) == (status, [code])
    assert body(response)["errors"][0]["attr"] == attr
    assert list(CommissionRule.objects.values_list("pk", "valid_to")) == [(before.pk, None)]


def test_refuses_a_second_one_for_the_same_moment(victor: User, vases: Vendor) -> None:
    later = in_days(3)
    make_rate(vases, valid_from=later)
    response = post(victor, vases, valid_from=later.isoformat())
    assert (response.status_code, codes(response)) == (409, ["rate_begins_then"])
    assert CommissionRule.objects.get().valid_to is None


def test_only_who_looks_after_vendors_may(alice: User, vera: User, vases: Vendor) -> None:
    support = make_staff("support", "order managers", "catalog managers")
    for caller, status in [(None, 401), (alice, 403), (vera, 403), (support, 403)]:
        assert post(caller, vases).status_code == status
        assert client_of(caller).get(RATES).status_code == status
    assert not CommissionRule.objects.exists()


def test_a_category_or_a_product_with_rates_can_go(vases: Vendor, vase: Product) -> None:
    category = make_category()
    for target in ({"category": category}, {"product": vase}):
        make_rate(vases, **target)
        make_rate(vases, valid_from=in_days(1), **target)
    products.delete_category(category=category)
    products.delete_product(product=vase)
    assert not CommissionRule.objects.exists()

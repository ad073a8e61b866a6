"""The back office: rates are added, ended and withdrawn, never edited."""

import pytest

from shop.accounts.models import User
from shop.commissions.models import CommissionRule
from shop.commissions.tests.make import begun_ago, in_days, make_rate
from shop.vendors.models import Vendor
from tests.back_office import browser_of, in_dialog, page

pytestmark = pytest.mark.django_db

ADD = "/admin/commissions/commissionrule/add/"


def fields(vendor: Vendor, **more: str) -> dict[str, str]:
    return {"vendor": str(vendor.pk), "percent": "12.5", "fee": "0.30"} | more


def test_adds_one_from_now_on(victor: User, vases: Vendor) -> None:
    response = browser_of(victor).post(ADD, fields(vases))
    assert response.status_code == 302
    rule = CommissionRule.objects.get()
    assert (str(rule.percent), str(rule.fee), rule.actor) == ("12.50", "0.30", victor)


def test_says_beside_the_form_why_not(victor: User, vases: Vendor) -> None:
    past = {"valid_from_0": "2026-01-01", "valid_from_1": "00:00:00"}
    response = browser_of(victor).post(ADD, fields(vases, **past))
    assert "Commission of the past is not changed." in response.content.decode()
    assert not CommissionRule.objects.exists()


def test_ends_one(victor: User, vases: Vendor) -> None:
    rule = begun_ago(make_rate(vases), days=1)
    address = page(CommissionRule, rule.pk, do="end")
    assert in_dialog(browser_of(victor), address, {}) == [("success", "The rate is ended.")]
    rule.refresh_from_db()
    assert rule.valid_to is not None
    said = in_dialog(browser_of(victor), address, {})
    assert said == [("error", "This rate ends no later than that already.")]


def test_opens_its_pages_and_edits_nothing(victor: User, vases: Vendor) -> None:
    rule = begun_ago(make_rate(vases), days=1)
    client = browser_of(victor)
    for address in (page(CommissionRule), page(CommissionRule, rule.pk), ADD):
        assert client.get(address).status_code == 200
    client.post(page(CommissionRule, rule.pk), fields(vases, percent="1"))
    rule.refresh_from_db()
    assert str(rule.percent) == "20.00"


def test_withdraws_only_what_has_not_begun(victor: User, vases: Vendor) -> None:
    begun = begun_ago(make_rate(vases), days=1)
    planned = make_rate(vases, valid_from=in_days(1))
    client = browser_of(victor)
    for rule in (begun, planned):
        client.post(f"/admin/commissions/commissionrule/{rule.pk}/delete/", {"post": "yes"})
    assert CommissionRule.objects.get() == begun
    begun.refresh_from_db()
    assert begun.valid_to is None

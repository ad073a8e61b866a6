"""Rates end, and those that have not begun are withdrawn; nothing of the past changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop.accounts.models import User
from shop.commissions import services
from shop.commissions.models import CommissionRule
from shop.commissions.tests.make import begun_ago, in_days, make_rate
from shop.core.errors import NotFound
from shop.vendors.models import Vendor, VendorChange
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

RATES = "/api/store/commissions/"


@pytest.fixture
def rule(vases: Vendor) -> CommissionRule:
    return begun_ago(make_rate(vases), days=5)


def end(user: User, rule: CommissionRule, **fields: Any) -> Any:
    return client_of(user).post(f"{RATES}{rule.pk}/end/", fields)


def withdraw(user: User, rule: CommissionRule) -> Any:
    return client_of(user).delete(f"{RATES}{rule.pk}/")


class TestEnd:
    def test_now(self, rule: CommissionRule, victor: User) -> None:
        response = end(victor, rule)
        assert response.status_code == 200
        rule.refresh_from_db()
        assert rule.valid_to is not None
        assert abs(timezone.now() - rule.valid_to) < timedelta(minutes=1)
        assert body(response)["valid_to"] == rule.valid_to.isoformat().replace("+00:00", "Z")

    def test_later(self, rule: CommissionRule, victor: User) -> None:
        assert body(end(victor, rule, valid_to="2090-01-01T00:00:00Z"))["valid_to"] == (
            "2090-01-01T00:00:00Z"
        )
        sooner = end(victor, rule, valid_to="2089-01-01T00:00:00Z")
        assert body(sooner)["valid_to"] == "2089-01-01T00:00:00Z"

    def test_is_noted_among_the_vendors_changes(self, rule: CommissionRule, victor: User) -> None:
        end(victor, rule, valid_to="2090-01-01T00:00:00Z")
        change = VendorChange.objects.first()
        assert change is not None
        assert (change.kind, change.actor) == ("commission_ended", victor)
        assert change.details["valid_to"] == "2090-01-01T00:00:00+00:00"

    def test_not_in_the_past(self, rule: CommissionRule, victor: User) -> None:
        self.refused(victor, rule, "past_commission", valid_to=in_days(-1).isoformat())

    def test_not_later_than_agreed_on(self, vases: Vendor, victor: User) -> None:
        rule = make_rate(vases, valid_to=in_days(2))
        self.refused(victor, rule, "rate_ends_sooner", valid_to=in_days(3).isoformat())

    def test_not_twice(self, rule: CommissionRule, victor: User) -> None:
        end(victor, rule)
        self.refused(victor, rule, "rate_ends_sooner")

    def test_not_before_it_begins(self, vases: Vendor, victor: User) -> None:
        rule = make_rate(vases, valid_from=in_days(2))
        self.refused(victor, rule, "rate_has_not_begun")
        self.refused(victor, rule, "rate_has_not_begun", valid_to=in_days(1).isoformat())
        assert end(victor, rule, valid_to=in_days(4).isoformat()).status_code == 200

    def refused(self, actor: User, rule: CommissionRule, code: str, **fields: Any) -> None:
        rule.refresh_from_db()
        before, changes = rule.valid_to, VendorChange.objects.count()
        response = end(actor, rule, **fields)
        assert (response.status_code, codes(response)) == (409, [code])
        rule.refresh_from_db()
        assert (rule.valid_to, VendorChange.objects.count()) == (before, changes)


class TestWithdraw:
    def test_before_it_begins(self, rule: CommissionRule, vases: Vendor, victor: User) -> None:
        planned = make_rate(vases, "5", valid_from=in_days(2))
        assert withdraw(victor, planned).status_code == 204
        rule.refresh_from_db()
        assert (rule.valid_to, rule.is_replaced) == (None, False)
        assert CommissionRule.objects.get() == rule
        change = VendorChange.objects.first()
        assert change is not None
        assert (change.kind, change.details["percent"]) == ("commission_withdrawn", "5.00")

    def test_one_between_two_gives_its_place_to_the_next(
        self, rule: CommissionRule, vases: Vendor, victor: User
    ) -> None:
        second, third = (make_rate(vases, valid_from=in_days(days)) for days in (2, 4))
        withdraw(victor, second)
        rule.refresh_from_db()
        assert (rule.valid_to, rule.is_replaced) == (third.valid_from, True)
        withdraw(victor, third)
        rule.refresh_from_db()
        assert rule.valid_to is None

    def test_what_was_ended_on_purpose_stays_ended(
        self, rule: CommissionRule, vases: Vendor, victor: User
    ) -> None:
        planned = make_rate(vases, valid_from=in_days(2))
        sooner = in_days(1)
        services.end_rate(rule=rule, valid_to=sooner, actor=victor)
        withdraw(victor, planned)
        rule.refresh_from_db()
        assert rule.valid_to == sooner

    def test_not_once_it_has_begun(self, rule: CommissionRule, victor: User) -> None:
        response = withdraw(victor, rule)
        assert (response.status_code, codes(response)) == (409, ["rate_has_begun"])
        assert CommissionRule.objects.exists()


def test_one_that_is_gone_is_not_found(vases: Vendor, victor: User) -> None:
    rule = make_rate(vases, valid_from=in_days(1))
    withdraw(victor, rule)
    assert withdraw(victor, rule).status_code == 404
    assert end(victor, rule).status_code == 404
    with pytest.raises(NotFound):
        services.end_rate(rule=CommissionRule(pk=rule.pk, vendor=vases), actor=victor)


def test_only_who_looks_after_vendors_may(rule: CommissionRule, alice: User, vera: User) -> None:
    for caller in (alice, vera):
        assert end(caller, rule).status_code == withdraw(caller, rule).status_code == 403
    rule.refresh_from_db()
    assert rule.valid_to is None

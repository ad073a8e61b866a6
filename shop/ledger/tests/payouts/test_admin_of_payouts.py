"""Payouts in the back office: the run with its preview, the buttons, the vendor's page."""

import re

import pytest
from django.test import Client

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff
from shop.ledger import services
from shop.ledger.models import Payout
from shop.ledger.tests.payouts.make import make_seller, pay_out, sell
from shop.vendors.models import Vendor
from tests.back_office import browser_of, make_superuser, page

pytestmark = pytest.mark.django_db

BUTTONS = ("send", "settle", "fail")


@pytest.fixture
def browser(clerk: User) -> Client:
    return browser_of(clerk)


def run_page() -> str:
    return page(Payout, do="run")


def press(browser: Client, payout: Payout, button: str, **told: str) -> None:
    address = page(Payout, payout.pk, do=button)
    response = browser.post(
        address, {**told, "_form_submitted": "1"}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200, response.content
    payout.refresh_from_db()


class TestRun:
    def test_shows_who_is_paid_and_who_is_not(self, browser: Client, vera: Vendor) -> None:
        sell(vera, "45.00")
        weekly = make_seller("Weekly", schedule="weekly")
        sell(weekly, "46.00")
        small = make_seller("Small")
        sell(small, "1.00")
        html = browser.get(run_page()).content.decode()
        assert "45.00 USD" in html
        assert "Small is due less than its minimum" in html
        chosen = set(re.findall(r'value="(\d+)"[^>]*checked', html))
        is_monday = services.today().weekday() == 0
        assert chosen == {str(vera.pk)} | ({str(weekly.pk)} if is_monday else set())
        assert not Payout.objects.exists(), "looking pays nobody"

    def test_pays_those_that_are_chosen(
        self, browser: Client, clerk: User, vera: Vendor, wim: Vendor
    ) -> None:
        for vendor in (vera, wim):
            sell(vendor, "45.00")
        browser.post(run_page(), {"vendor": [str(vera.pk)]})
        payout = Payout.objects.get()
        assert (payout.vendor, payout.actor) == (vera, clerk)

    def test_says_why_not(self, browser: Client, vera: Vendor) -> None:
        sell(vera, "45.00")
        pay_out(vera)
        response = browser.post(run_page(), {"vendor": [str(vera.pk)]}, follow=True)
        assert "is paid out already" in response.content.decode()
        response = browser.post(run_page(), {"vendor": ["x"]}, follow=True)
        assert "Choose whom to pay." in response.content.decode()
        assert Payout.objects.count() == 1


def test_the_buttons_move_it(browser: Client, clerk: User, vera: Vendor) -> None:
    sell(vera, "45.00")
    payout = pay_out(vera)
    press(browser, payout, "send")
    assert payout.status == "sent"
    press(browser, payout, "settle", reference="4711")
    assert (payout.status, payout.reference) == ("settled", "4711")


def test_the_button_for_what_came_back(browser: Client, vera: Vendor) -> None:
    sell(vera, "45.00")
    payout = pay_out(vera)
    press(browser, payout, "fail", reason="The account is closed.")
    assert (payout.status, payout.failure_reason) == ("failed", "The account is closed.")


def test_only_fitting_buttons_are_there(browser: Client, vera: Vendor) -> None:
    sell(vera, "45.00")
    payout = pay_out(vera)

    def buttons() -> set[str]:
        html = browser.get(page(Payout, payout.pk)).content.decode()
        addresses = {b: page(Payout, payout.pk, do=b) for b in BUTTONS}
        return {button for button, address in addresses.items() if address in html}

    assert buttons() == {"send", "fail"}
    services.send_payout(payout=payout)
    assert buttons() == {"settle", "fail"}
    services.settle_payout(payout=payout)
    assert buttons() == {"fail"}
    services.fail_payout(payout=payout, reason="It came back.")
    assert buttons() == set()


def test_many_are_marked_as_sent_at_once(browser: Client, vera: Vendor, wim: Vendor) -> None:
    for vendor in (vera, wim):
        sell(vendor, "45.00")
    made = [pay_out(vera).pk, pay_out(wim).pk]
    browser.post(page(Payout), {"action": "send_selected", "_selected_action": made})
    assert set(Payout.objects.values_list("status", flat=True)) == {"sent"}


def test_files_are_there(browser: Client, vera: Vendor) -> None:
    sell(vera, "45.00")
    payout = pay_out(vera)
    statement = page(Payout, payout.pk, do="statement")
    for address in (page(Payout, do="file_for_the_bank"), statement):
        assert payout.number in browser.get(address).content.decode()


def test_the_vendors_page_shows_its_money(browser: Client, vera: Vendor) -> None:
    sell(vera, "45.00")
    payout = pay_out(vera)
    sell(vera, "12.34", days_ago=1)
    boss = make_superuser()
    html = browser_of(boss).get(page(Vendor, vera.pk)).content.decode()
    assert payout.number in html
    assert "12.34 USD" in html
    house = Vendor.objects.get(is_house=True)
    assert "last payouts" not in browser_of(boss).get(page(Vendor, house.pk)).content.decode()


def test_others_of_the_staff_see_nothing(vera: Vendor) -> None:
    sell(vera, "45.00")
    payout = pay_out(vera)
    browser = browser_of(make_staff("support"))
    for address in (page(Payout), page(Payout, payout.pk), run_page()):
        assert browser.get(address).status_code == 403, address
    assert browser.post(run_page(), {"vendor": [vera.pk]}).status_code == 403

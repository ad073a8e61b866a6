"""Staff read the books, and two of them correct a balance."""

from decimal import Decimal

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.ledger import services
from shop.ledger.models import Adjustment, Entry, Transaction
from shop.ledger.tests.make import make_sale
from shop.vendors.models import Vendor
from shop.vendors.tests.make import make_vendor
from tests.back_office import browser_of, form_of, in_dialog, page, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera() -> Vendor:
    return make_vendor("Vera")


@pytest.fixture
def mona() -> User:
    return make_staff("vendor managers", email="mona@example.test")


@pytest.fixture
def milo() -> User:
    return make_staff("vendor managers", email="milo@example.test")


@pytest.fixture
def proposed(vera: Vendor, mona: User) -> Adjustment:
    return services.propose_adjustment(
        vendor=vera, amount=Decimal("2.50"), currency="USD", reason="Photos.", actor=mona
    )


def test_shows_what_a_sale_moved(vera: Vendor, mona: User) -> None:
    payment = make_sale(make_user(), [vera, None])
    client = browser_of(mona)
    booked = Transaction.objects.get()
    html = client.get(page(Transaction, booked.pk)).content.decode()
    assert "-9.00 USD" in html
    assert f"{payment.order.number}-1" in html
    assert client.get(page(Entry, Entry.objects.latest("id").pk)).status_code == 200
    assert "-9.00 USD" in client.get(page(Entry)).content.decode()


def test_one_proposes(vera: Vendor, mona: User) -> None:
    client = browser_of(mona)
    address = page(Adjustment, do="add")
    sent = form_of(client.get(address), vendor=vera.pk, amount="2.50", reason="Photos.")
    response = client.post(address, sent, follow=True)
    assert said(response)[0][0] == "success"
    adjustment = Adjustment.objects.get()
    assert (adjustment.amount, adjustment.currency) == (Decimal("2.50"), "USD")
    assert adjustment.proposed_by == mona


def test_says_beside_the_form_what_makes_no_sense(vera: Vendor, mona: User) -> None:
    client = browser_of(mona)
    address = page(Adjustment, do="add")
    sent = form_of(client.get(address), vendor=vera.pk, amount="1", currency="XXX", reason="So.")
    html = client.post(address, sent).content.decode()
    assert "Known are: USD." in html
    assert not Adjustment.objects.exists()


def test_another_approves(proposed: Adjustment, mona: User, milo: User) -> None:
    approve = page(Adjustment, proposed.pk, do="approve")
    assert approve not in browser_of(mona).get(page(Adjustment, proposed.pk)).content.decode()
    assert in_dialog(browser_of(mona), approve, {})[0][0] == "error"
    client = browser_of(milo)
    assert approve in client.get(page(Adjustment, proposed.pk)).content.decode()
    assert in_dialog(client, approve, {}) == [("success", "Booked: 2.50 USD: Photos.")]
    assert approve not in client.get(page(Adjustment, proposed.pk)).content.decode()


def test_one_rejects(proposed: Adjustment, mona: User) -> None:
    reject = page(Adjustment, proposed.pk, do="reject")
    assert in_dialog(browser_of(mona), reject, {})[0][0] == "success"
    proposed.refresh_from_db()
    assert proposed.status == "rejected"


def test_is_no_business_of_others(proposed: Adjustment) -> None:
    client = browser_of(make_staff("order managers"))
    for address in (
        *(page(Entry), page(Transaction), page(Adjustment)),
        page(Adjustment, proposed.pk, do="approve"),
    ):
        assert client.get(address).status_code == 403

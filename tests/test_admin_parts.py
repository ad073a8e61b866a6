"""Staff see the parts of an order in the admin, and move one of them alone."""

import pytest

from shop.accounts.tests.make import make_staff, make_user
from shop.orders.models import Order, VendorOrder, VendorOrderStatusChange
from shop.orders.tests.sellers import Seller, make_seller, part_of, split_order
from shop.payments.tests.make import pay
from tests.back_office import DIALOG, browser_of, in_dialog, make_superuser, page

pytestmark = pytest.mark.django_db

MOVES = ("process", "ship", "deliver", "cancel")


@pytest.fixture
def vera() -> Seller:
    return make_seller("Vera's Vases")


@pytest.fixture
def part(vera: Seller) -> VendorOrder:
    """The first of two parts of a paid order."""
    order = split_order(make_user("alice@example.test"), vera, make_seller("Otto"), paid=False)
    pay(order)
    return part_of(order, vera)


def offered(part: VendorOrder, group: str = "order managers") -> set[str]:
    html = browser_of(make_staff(group)).get(page(VendorOrder, part.pk)).content.decode()
    return {move for move in MOVES if page(VendorOrder, part.pk, do=move) in html}


@pytest.mark.parametrize("group", ["order managers", "support"])
def test_shows_the_parts_on_the_page_of_the_order(part: VendorOrder, group: str) -> None:
    html = browser_of(make_staff(group)).get(page(Order, part.order_id)).content.decode()
    for each in VendorOrder.objects.filter(order=part.order_id):
        assert page(VendorOrder, each.pk) in html
        assert each.number in html


def test_shows_lines_and_history_of_one_part(part: VendorOrder, vera: Seller) -> None:
    html = browser_of(make_superuser()).get(page(VendorOrder, part.pk)).content.decode()
    assert "10.00 USD" in html
    assert "PENDING → PAID" in html
    assert vera.variant.sku in html
    assert "Otto" not in html


def test_lists_the_parts_of_one_vendor(part: VendorOrder, vera: Seller) -> None:
    client = browser_of(make_superuser())
    html = client.get(page(VendorOrder), {"vendor__id__exact": vera.vendor.pk}).content.decode()
    assert part.number in html
    assert f"{part.order.number}-2" not in html


def test_ships_one_part_with_its_tracking_number(part: VendorOrder) -> None:
    staff = make_staff("order managers")
    client = browser_of(staff)
    sent = {"carrier": "DHL", "tracking_number": "JD01", "note": "The vendor is suspended."}
    messages = in_dialog(client, page(VendorOrder, part.pk, do="ship"), sent)
    assert messages == [("success", f"{part.number} is shipped.")]
    part.refresh_from_db()
    assert (part.status, part.carrier, part.tracking_number) == ("SHIPPED", "DHL", "JD01")
    last = VendorOrderStatusChange.objects.filter(vendor_order=part).latest("id")
    assert (last.actor, last.note) == (staff, "The vendor is suspended.")
    part.order.refresh_from_db()
    assert part.order.status == "PAID"


def test_goes_all_the_way_or_ends(part: VendorOrder) -> None:
    client = browser_of(make_staff("order managers"))
    for move in ("process", "ship", "deliver"):
        in_dialog(client, page(VendorOrder, part.pk, do=move), {})
    other = VendorOrder.objects.exclude(pk=part.pk).get()
    in_dialog(client, page(VendorOrder, other.pk, do="cancel"), {})
    assert set(VendorOrder.objects.values_list("status", flat=True)) == {"DELIVERED", "CANCELLED"}


def test_offers_only_what_is_possible(part: VendorOrder, vera: Seller) -> None:
    assert offered(part) == {"process", "ship", "cancel"}
    in_dialog(browser_of(make_superuser()), page(VendorOrder, part.pk, do="ship"), {})
    assert offered(part) == {"deliver"}
    unpaid = part_of(split_order(make_user(), vera, paid=False), vera)
    assert offered(unpaid) == set()


def test_says_why_a_move_is_refused(part: VendorOrder) -> None:
    client = browser_of(make_superuser())
    messages = in_dialog(client, page(VendorOrder, part.pk, do="deliver"), {})
    assert [kind for kind, _ in messages] == ["error"]
    part.refresh_from_db()
    assert part.status == "PAID"


def test_is_not_for_those_who_only_look(part: VendorOrder) -> None:
    client = browser_of(make_staff("support"))
    for move in MOVES:
        assert client.post(page(VendorOrder, part.pk, do=move), DIALOG).status_code == 403
    assert offered(part, "support") == set()
    part.refresh_from_db()
    assert part.status == "PAID"


def test_does_nothing_on_a_plain_link(part: VendorOrder) -> None:
    client = browser_of(make_superuser())
    for move in MOVES:
        assert client.get(page(VendorOrder, part.pk, do=move)).status_code == 200
    part.refresh_from_db()
    assert part.status == "PAID"

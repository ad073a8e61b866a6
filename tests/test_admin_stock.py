"""Stock is received and adjusted with a reason; nobody types over the numbers."""

from typing import Any

import pytest

from shop.accounts.tests.make import make_staff, make_user
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.orders.tests.make import make_order, make_variant
from shop.products.models import Variant
from tests.back_office import DIALOG, browser_of, in_dialog, make_superuser, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def level() -> StockLevel:
    return make_variant(stock=10).stock_levels.get()


def last_movement() -> StockMovement:
    return StockMovement.objects.order_by("-id")[0]


def test_adjusts_with_a_reason(level: StockLevel) -> None:
    staff = make_staff("catalog managers")
    client = browser_of(staff)
    adjust = page(StockLevel, level.pk, do="adjust")
    messages = in_dialog(client, adjust, {"change": "-4", "reason": "broken"})
    assert [kind for kind, _ in messages] == ["success"]
    level.refresh_from_db()
    assert level.on_hand == 6
    movement = last_movement()
    assert (movement.kind, movement.quantity) == ("adjust", -4)
    assert (movement.reason, movement.actor) == ("broken", staff)


def test_receives(level: StockLevel) -> None:
    client = browser_of(make_staff("order managers"))
    receive = page(StockLevel, level.pk, do="receive")
    in_dialog(client, receive, {"quantity": "5", "reason": "DN-17"})
    level.refresh_from_db()
    assert level.on_hand == 15
    assert (last_movement().kind, last_movement().reason) == ("receive", "DN-17")


def test_receives_what_was_never_there_by_its_sku(level: StockLevel) -> None:
    client = browser_of(make_superuser())
    second = Warehouse.objects.create(name="Second", code="second")
    receive = page(StockLevel, do="receive_anywhere")
    assert "Second" in client.get(receive).content.decode()
    sent = {"sku": level.variant.sku, "warehouse": second.pk, "quantity": 3}
    in_dialog(client, receive, sent)
    assert StockLevel.objects.get(warehouse=second).on_hand == 3


def test_knows_no_unknown_sku(level: StockLevel) -> None:
    client = browser_of(make_superuser())
    sent = {"sku": "nothing", "warehouse": level.warehouse_id, "quantity": 3}
    response = client.post(page(StockLevel, do="receive_anywhere"), DIALOG | sent)
    assert "There is no such variant." in response.content.decode()


def test_says_that_promised_goods_cannot_go_missing(level: StockLevel) -> None:
    make_order(make_user(), variants=[Variant.objects.get()], quantity=8)
    client = browser_of(make_superuser())
    adjust = page(StockLevel, level.pk, do="adjust")
    messages = in_dialog(client, adjust, {"change": "-3", "reason": "stolen"})
    assert [kind for kind, _ in messages] == ["error"]
    level.refresh_from_db()
    assert level.on_hand == 10


@pytest.mark.parametrize(
    "sent",
    [
        {"change": "-4", "reason": ""},
        {"change": "-4", "reason": "   "},
        {"change": "x", "reason": "broken"},
        {"change": str(2**63), "reason": "found"},
        {"change": "", "reason": "found"},
        {"change": "1", "reason": "x" * 201},
    ],
)
def test_keeps_the_dialog_open_until_it_makes_sense(
    level: StockLevel, sent: dict[str, Any]
) -> None:
    client = browser_of(make_superuser())
    response = client.post(page(StockLevel, level.pk, do="adjust"), DIALOG | sent)
    assert response.status_code == 200
    assert "HX-Redirect" not in response.headers
    level.refresh_from_db()
    assert level.on_hand == 10


def test_does_not_adjust_by_nothing(level: StockLevel) -> None:
    client = browser_of(make_superuser())
    adjust = page(StockLevel, level.pk, do="adjust")
    ((kind, _),) = in_dialog(client, adjust, {"change": "0", "reason": "why"})
    assert kind == "error"


def test_is_not_for_those_without_the_right(level: StockLevel) -> None:
    client = browser_of(make_staff("support"))
    sent = DIALOG | {"change": "1", "reason": "mine"}
    assert client.post(page(StockLevel, level.pk, do="adjust"), sent).status_code == 403
    level.refresh_from_db()
    assert level.on_hand == 10

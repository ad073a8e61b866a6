"""`manage.py verify`: silent about a sound shop, and it says what does not fit."""

import io
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now

from config.audits import AUDITS
from demo import art
from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.errors import DomainError
from shop.core.relay import deliver_pending
from shop.core.tests.plant import plant
from shop.inventory.models import StockLevel
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services as payments
from shop.payments.provider import Outcome
from shop.payments.tests.make import make_payment, pay
from shop.products.models import Variant
from tests.furnished_shop import furnish

ROOT = Path(__file__).parent.parent
CLEAN = f"{len(AUDITS)} audits, no disagreement\n"


def verify(*arguments: str) -> str:
    """What the command prints when the books are right."""
    printed = io.StringIO()
    call_command("verify", *arguments, stdout=printed)
    return printed.getvalue()


def complaint(*arguments: str) -> tuple[str, CommandError]:
    """What it prints when they are not, and how it ends."""
    printed = io.StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("verify", *arguments, stdout=printed)
    return printed.getvalue(), ended.value


def journey(buyer: User, clerk: User, variant: Variant) -> None:
    """Orders that end in every way in which orders end."""
    to_deliver, to_refund, to_cancel, to_fail, to_expire, at_the_door = (
        make_order(buyer, variants=[variant]) for _ in range(6)
    )
    make_payment(to_expire)
    Order.objects.filter(pk=to_expire.pk).update(expires_at=Now())
    for order in (to_deliver, to_refund, to_cancel):
        pay(order)
    payments.confirm_payment(payment=make_payment(to_fail), actor=buyer, outcome=Outcome.FAIL)
    make_payment(at_the_door, method="cash_on_delivery")
    orders.expire_orders()
    for order in (to_deliver, at_the_door):
        orders.ship_order(order=order, actor=clerk)
        orders.deliver_order(order=order, actor=clerk)
    pay(at_the_door, method="cash_on_delivery", actor=clerk)
    payments.refund_order(order=to_refund, actor=clerk, amount=to_refund.total_price / 2)
    payments.refund_order(order=to_refund, actor=clerk)
    orders.cancel_order(order=to_cancel, actor=buyer)


def deliver_all() -> None:
    while deliver_pending():
        pass


@pytest.mark.django_db
def test_has_nothing_to_say_of_a_shop_with_one_of_everything() -> None:
    furnish(make_user())
    assert verify() == CLEAN
    deliver_all()
    assert verify() == CLEAN


@pytest.mark.django_db
def test_has_nothing_to_say_after_orders_that_ended_in_every_way() -> None:
    journey(make_user(), make_staff("order managers"), make_variant(stock=10))
    assert verify() == CLEAN
    deliver_all()
    plant("UPDATE orders_order SET updated_at = updated_at - interval '1 hour'")
    assert verify() == CLEAN
    ends = set(Order.objects.values_list("status", flat=True))
    assert ends == {"DELIVERED", "REFUNDED", "CANCELLED"}


@pytest.mark.django_db
def test_has_nothing_to_say_of_the_demo() -> None:
    with mock.patch.object(art, "SIDE", 40):
        call_command("load_demo", verbosity=0)
    deliver_all()
    assert verify() == CLEAN


@pytest.mark.django_db
def test_names_the_rows_and_ends_with_one() -> None:
    level = StockLevel.objects.get(variant=make_variant(stock=8))
    plant("UPDATE inventory_stocklevel SET on_hand = 7")
    printed, ended = complaint()
    assert printed == (
        f"stock.on_hand  StockLevel {level.pk} ({level.variant.sku}, Main warehouse): "
        "on_hand is 7, its movements sum to 8\n"
    )
    assert ended.returncode == 1
    assert str(ended) == f"{len(AUDITS)} audits, 1 found that do not fit"


@pytest.mark.django_db
def test_runs_only_what_is_asked_for() -> None:
    make_variant(stock=8)
    plant("UPDATE inventory_stocklevel SET on_hand = 7")
    assert verify("--only", "stock.reserved") == "1 audit, no disagreement\n"
    assert "no disagreement" in verify("--only", "orders", "--only", "payments")
    assert complaint("--only", "stock")[1].returncode == 1
    _, ended = complaint("--only", "stoc")
    assert (ended.returncode, "stock.on_hand" in str(ended)) == (2, True)


@pytest.mark.django_db
def test_speaks_json() -> None:
    assert json.loads(verify("--json")) == {"audits": len(AUDITS), "disagreements": []}
    level = StockLevel.objects.get(variant=make_variant(stock=8))
    plant("UPDATE inventory_stocklevel SET on_hand = 7")
    printed, _ = complaint("--json")
    assert json.loads(printed)["disagreements"] == [
        {
            "check": "stock.on_hand",
            "rows": f"StockLevel {level.pk} ({level.variant.sku}, Main warehouse)",
            "text": "on_hand is 7, its movements sum to 8",
        }
    ]


@pytest.fixture
def busy_shop(transactional_db: None) -> Iterator[None]:
    """Four shoppers who want the same goods, and a relay, until the test has seen enough."""
    clerk, variant = make_staff("order managers"), make_variant(stock=10_000)
    shoppers = [make_user() for _ in range(4)]
    is_over = threading.Event()
    problems: list[BaseException] = []

    def repeat(action: object, *arguments: object) -> None:
        try:
            while not is_over.is_set():
                try:
                    action(*arguments)  # type: ignore[operator]
                except DomainError:
                    continue
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    work = [(journey, shopper, clerk, variant) for shopper in shoppers] + [(deliver_pending,)]
    threads = [threading.Thread(target=repeat, args=each) for each in work]
    for thread in threads:
        thread.start()
    yield
    is_over.set()
    for thread in threads:
        thread.join(30)
    assert not problems


@pytest.mark.slow
def test_raises_no_false_alarm_while_the_shop_is_busy(busy_shop: None) -> None:
    deadline = time.monotonic() + 60
    while Order.objects.count() < 50:
        assert verify() == CLEAN
        assert time.monotonic() < deadline, "the shoppers have gone to sleep"


def test_every_audit_has_a_name_of_its_own_and_a_planted_fault() -> None:
    names = [audit.name for audit in AUDITS]
    assert len(set(names)) == len(names)
    listing = (ROOT / "config" / "audits.py").read_text()
    listed = re.findall(r"^    (\w+)\.(\w+),$", listing, re.MULTILINE)
    assert len(listed) == len(AUDITS)
    unproven = [f"{app}.{name}" for app, name in listed if not _is_proven(app, name)]
    assert not unproven


def _is_proven(app: str, name: str) -> bool:
    """Whether a test beside the audit says what it finds, which is more than nothing."""
    folder = ROOT / "shop" / app / "tests"
    tests = "".join(path.read_text() for path in folder.glob("test_audits*.py"))
    kept, compared = rf"\(?\w+,?\)? = told\(audits\.{name}\)", rf"told\(audits\.{name}\) == \[[^]]"
    return bool(re.search(f"{kept}|{compared}", tests))

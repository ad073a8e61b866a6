"""docs/webhooks.md tells the truth."""

import json
import re
import shutil
import subprocess
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from shop.core.events import Event
from shop.orders.events import OrderPaid
from shop.webhooks.catalogue import PUBLIC
from shop.webhooks.models import Endpoint
from shop.webhooks.services import rotate_secret, send_due
from shop.webhooks.services.outcomes import BACK_OFF
from shop.webhooks.signing import new_secret, signed_headers
from shop.webhooks.tests.make import Heard, Receiver, make_endpoint, tell

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")


def row(name: str) -> str:
    event = PUBLIC[name]
    vendors = "yes" if event.is_for_vendors else ""
    data = ", ".join(f"`{field}`" for field in event.fields)
    return f"| `{name}` | {vendors} | {event.description} | {data} |"


def test_lists_every_event_as_the_code_has_it() -> None:
    rows = re.findall(r"^\| `\w+\.\w+` \|.*$", GUIDE, re.MULTILINE)
    assert rows == [row(name) for name in PUBLIC], "\n".join(row(name) for name in PUBLIC)


# What the shop says to itself, and what is about people.
INSIDE = {"webhook.test", "webhook.paused", "refund.opened", "payment.cancelled"}
INSIDE |= {"provider_event.received", "review.posted", "vendor.member_invited"}


def test_every_event_is_told_or_kept_on_purpose() -> None:
    apps = [file.parent.name for file in (ROOT / "shop").glob("*/events.py")]
    names = {
        thing.name
        for app in apps
        if app != "core"
        for thing in vars(import_module(f"shop.{app}.events")).values()
        if isinstance(thing, type) and issubclass(thing, Event) and hasattr(thing, "name")
    }
    people = {name for name in names if name.startswith("user.")}
    assert len(people) > 3
    assert names - people - INSIDE == set(PUBLIC)


def test_every_event_says_what_it_means() -> None:
    assert all(event.description.endswith(".") for event in PUBLIC.values())
    assert all(issubclass(event.type, Event) for event in PUBLIC.values())


def test_tells_the_back_off() -> None:
    seconds, minutes, hours = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
    assert (
        *(5 * seconds, 1 * minutes, 5 * minutes, 30 * minutes),
        *(2 * hours, 5 * hours, 10 * hours, 12 * hours, 12 * hours, 12 * hours, 12 * hours),
        7 * hours,
    ) == BACK_OFF, "and docs/webhooks.md says so too"
    assert "2, 5 and 10 hours, four times 12 hours, and\n7 hours" in GUIDE


class TestCheck:
    """The function that receivers copy."""

    @pytest.fixture
    def heard(self, db: None, receiver: Receiver) -> Heard:
        make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        send_due()
        return receiver.heard[0]

    def check(self, headers: dict[str, str], body: bytes, secret: str) -> Any:
        (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
        names: dict[str, Any] = {}
        exec(code, names)
        return names["is_from_the_shop"](headers, body, secret)

    def test_takes_what_the_shop_sent(self, heard: Heard) -> None:
        assert self.check(heard.headers, heard.raw, Endpoint.objects.get().secret) is True

    @pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
    def test_is_the_same_in_javascript(self, heard: Heard) -> None:
        (code,) = re.findall(r"```javascript\n(.*?)```", GUIDE, re.DOTALL)
        secret = Endpoint.objects.get().secret
        calls = [
            [heard.headers, heard.raw.decode(), secret],
            [heard.headers, heard.raw.decode() + " ", secret],
            [heard.headers | {"webhook-timestamp": "1764244800"}, heard.raw.decode(), secret],
            [heard.headers, heard.raw.decode(), new_secret()],
            [{}, heard.raw.decode(), secret],
        ]
        run = f"{code}\nfor (const [headers, body, secret] of {json.dumps(calls)})"
        run += "console.log(isFromTheShop(headers, Buffer.from(body), secret));"
        done = subprocess.run(["node", "-e", run], capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["true", "false", "false", "false", "false"]

    def test_takes_either_secret_while_one_is_replaced(self, db: None, receiver: Receiver) -> None:
        old = make_endpoint(url=receiver.url)
        new = rotate_secret(endpoint_id=old.pk)
        tell(OrderPaid(order_id=1))
        send_due()
        heard = receiver.heard[0]
        for secret in (old.secret, new.secret):
            assert self.check(heard.headers, heard.raw, secret) is True

    def test_refuses_everything_else(self, heard: Heard) -> None:
        secret = Endpoint.objects.get().secret
        old = signed_headers(
            message_id="evt_1",
            timestamp=int(heard.headers["webhook-timestamp"]) - 301,
            body=heard.raw,
            keys=[secret],
        )
        assert self.check(old, heard.raw, secret) is False
        assert self.check(heard.headers, heard.raw + b" ", secret) is False
        assert self.check(heard.headers | {"webhook-id": "evt_0"}, heard.raw, secret) is False
        assert self.check(heard.headers, heard.raw, new_secret()) is False
        assert self.check({}, heard.raw, secret) is False

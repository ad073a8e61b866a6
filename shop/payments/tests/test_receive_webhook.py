import json
import time
from typing import Any

import pytest
from pytest_django import Settings

from shop.core.models import OutboxEvent
from shop.payments.models import InboxEvent, WebhookRefusal
from shop.payments.tests.fake_stripe import SECRET, FakeStripe, event, post, send, signed
from tests.api import codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(stripe: FakeStripe) -> None:
    """The shop takes cards."""


def some_event(**more: Any) -> dict[str, Any]:
    return event("payment_intent.succeeded", {"id": "pi_9", "object": "payment_intent"}, **more)


def refused(raw: bytes, signature: str | None, *, because: str, status: int = 400) -> None:
    response = post(raw, signature)
    assert response.status_code == status, response.content
    assert codes(response) == ["webhook_refused"]
    assert because in response.content.decode()
    assert not InboxEvent.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert WebhookRefusal.objects.get(provider="stripe", reason=because).count == 1


def test_stores_an_event_and_answers_at_once() -> None:
    told = some_event()
    response = send(told)
    assert (response.status_code, response.json()) == (200, {"received": True})
    kept = InboxEvent.objects.get()
    assert (kept.event_id, kept.type, kept.payload) == (told["id"], told["type"], told)
    assert kept.processed_at is None
    assert OutboxEvent.objects.get().payload == {"inbox_id": kept.pk}


def test_stores_an_event_once_however_often_it_comes() -> None:
    told = some_event()
    assert [send(told).status_code for _ in range(3)] == [200] * 3
    assert InboxEvent.objects.count() == OutboxEvent.objects.count() == 1


def test_keeps_no_secret_of_a_browser() -> None:
    about = {"id": "pi_9", "object": "payment_intent", "client_secret": "pi_9_secret_x"}
    send(event("payment_intent.created", about))
    assert InboxEvent.objects.get().payload["data"]["object"] == some_event()["data"]["object"]


def test_is_not_there_without_keys(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []
    response = send(some_event())
    assert response.status_code == 404
    assert codes(response) == ["not_found"]


def test_takes_either_secret_while_they_are_exchanged(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_next", SECRET]
    raw = json.dumps(some_event())
    both = f"{signed(raw, secret='whsec_other')},{signed(raw).split(',')[1]},v0=abc"
    for signature in (signed(raw), signed(raw, secret="whsec_next"), both):
        assert post(raw.encode(), signature).status_code == 200


RAW = json.dumps(some_event()).encode()


@pytest.mark.parametrize(
    ("signature", "because"),
    [
        (None, "no_signature"),
        ("", "no_signature"),
        ("nonsense", "malformed_signature"),
        ("NOW", "malformed_signature"),
        ("v1=" + "a" * 64, "malformed_signature"),
        ("NOW,v1=", "malformed_signature"),
        ("NOW,v1=ab cd", "malformed_signature"),
        ("NOW,v1=\xe4\xf6", "malformed_signature"),
        (f"NOW,v0={'a' * 64}", "malformed_signature"),
        ("t=-5,v1=" + "a" * 64, "malformed_signature"),
        ("t=1e9,v1=" + "a" * 64, "malformed_signature"),
        (f"t={'9' * 40},v1=" + "a" * 64, "malformed_signature"),
        ("NOW,v1=" + "a" * 64, "wrong_signature"),
    ],
)
def test_refuses_a_bad_signature(signature: str | None, because: str) -> None:
    now = f"t={int(time.time())}"
    refused(RAW, signature and signature.replace("NOW", now), because=because)


def test_refuses_a_doubled_signature() -> None:
    header = signed(RAW)
    refused(RAW, f"{header},{header}", because="malformed_signature")


def test_refuses_a_second_time_beside_a_true_one() -> None:
    refused(RAW, f"{signed(RAW)},t=1", because="malformed_signature")


def test_refuses_the_signature_of_another_body_or_secret() -> None:
    refused(RAW + b" ", signed(RAW), because="wrong_signature")
    WebhookRefusal.objects.all().delete()
    refused(RAW, signed(RAW, secret="whsec_of_others"), because="wrong_signature")


@pytest.mark.parametrize(
    ("seconds", "because"), [(-310, "old_signature"), (310, "future_signature")]
)
def test_refuses_a_time_that_is_far_from_now(seconds: int, because: str) -> None:
    refused(RAW, signed(RAW, at=time.time() + seconds), because=because)


@pytest.mark.parametrize("seconds", [-290, 290])
def test_takes_a_time_that_is_near(seconds: int) -> None:
    assert post(RAW, signed(RAW, at=time.time() + seconds)).status_code == 200


def without(*path: str) -> bytes:
    told: dict[str, Any] = some_event()
    inside = told
    for step in path[:-1]:
        inside = inside[step]
    del inside[path[-1]]
    return json.dumps(told).encode()


ODD_BODIES = [
    (b"", "not_json"),
    (b"not json", "not_json"),
    (b"null", "not_json"),
    (b"[]", "not_json"),
    (b'"evt_1"', "not_json"),
    (b'{"id": NaN}', "not_json"),
    (b'{"id": 1, "id": 2}', "not_json"),
    (b"[" * 5000, "not_json"),
    (b'{"a":' * 50 + b"1" + b"}" * 50, "not_json"),
    (b'{"id": ' + b"9" * 5000 + b"}", "not_json"),
    (json.dumps(some_event(note="a\0b")).encode(), "not_json"),
    (b'{"id": "\\ud800"}', "not_json"),
    (b"{}", "not_an_event"),
    (without("id"), "not_an_event"),
    (without("type"), "not_an_event"),
    (without("data"), "not_an_event"),
    (without("data", "object"), "not_an_event"),
    (json.dumps(some_event(id=5)).encode(), "not_an_event"),
    (json.dumps(some_event(id="")).encode(), "not_an_event"),
    (json.dumps(some_event(id="e" * 201)).encode(), "not_an_event"),
    (json.dumps(some_event(data=[])).encode(), "not_an_event"),
    (json.dumps(some_event(data={"object": "pi_1"})).encode(), "not_an_event"),
    (without("livemode"), "wrong_mode"),
    (json.dumps(some_event(livemode=True)).encode(), "wrong_mode"),
    (json.dumps(some_event(livemode=0)).encode(), "wrong_mode"),
    (json.dumps(some_event(account="acct_of_others")).encode(), "wrong_account"),
    (json.dumps(some_event(account={})).encode(), "wrong_account"),
]


@pytest.mark.parametrize(
    ("raw", "because"),
    ODD_BODIES,
    # Not by their content: it tells the time.
    ids=[f"{n}-{because}" for n, (_, because) in enumerate(ODD_BODIES)],
)
def test_refuses_an_odd_body_although_it_is_signed(raw: bytes, because: str) -> None:
    refused(raw, signed(raw), because=because)


def test_refuses_what_is_not_utf8() -> None:
    refused(b'{"id": "\xff\xfe"}', f"t={int(time.time())},v1={'a' * 64}", because="not_utf8")


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_refuses_5_megabytes(kind: str) -> None:
    raw = json.dumps(some_event(note="x" * 5_000_000)).encode()
    response = post(raw, signed(raw), kind=kind)
    assert response.status_code == 413
    codes(response)
    assert not InboxEvent.objects.exists()


def test_takes_events_of_its_own_account_and_mode(settings: Settings) -> None:
    settings.STRIPE_ACCOUNT = "acct_1"
    assert send(some_event(account="acct_1")).status_code == 200
    settings.STRIPE_SECRET_KEY = "rk_live_1"
    assert send(some_event(livemode=True)).status_code == 200
    assert send(some_event()).status_code == 400


def test_counts_what_it_turns_away() -> None:
    for _ in range(3):
        assert post(RAW, None).status_code == 400
    assert WebhookRefusal.objects.get().count == 3


def test_takes_no_other_method_and_any_content_type() -> None:
    assert post(RAW, signed(RAW), kind="text/plain").status_code == 200
    assert post(RAW, signed(RAW), method="GET").status_code == 405

"""The card journey, over HTTP, against both Stripes: a shop, its worker, and their server."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from shop.products.tests.make import make_category, make_product
from tests import card_journey
from tests.localstripe import running_localstripe
from tests.server import ROOT, environment_of_a_test, free_port, running_server
from tests.stripe_simulator.running import running_stripe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WEBHOOKS = "http://127.0.0.1:{port}/api/store/payments/webhooks/stripe/"


@contextmanager
def running_worker(environment: Mapping[str, str]) -> Iterator[None]:
    process = _manage("run_worker", environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _manage(command: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process of this test's shop; it works without a broker."""
    arguments = [sys.executable, "-W", "ignore", "-m", "tests.services.shop_process", command]
    variables = environment_of_a_test() | dict(environment)
    return subprocess.Popen(arguments, cwd=ROOT, env=variables)


def variables(stripe: Mapping[str, str], mail: Path) -> dict[str, str]:
    backend = "django.core.mail.backends.filebased.EmailBackend"
    return {
        **stripe,
        "MAIL_FOLDER": str(mail),
        "MAIL_BACKEND": backend,
        "CELERY_BROKER_URL": "",
    }


@pytest.fixture(autouse=True)
def _goods() -> None:
    category = make_category()
    for _ in range(2):
        make_product(stock=100, category=category)


def test_with_the_simulator(tmp_path: Path) -> None:
    port = free_port()
    with running_stripe(webhook_url=WEBHOOKS.format(port=port)) as stripe:
        environment = variables(stripe.environment, tmp_path)
        with (
            running_server(port=port, environment=environment) as shop,
            running_worker(environment),
        ):
            card_journey.walk(shop, stripe.url)
            # Also that of the intent's creation: it would make the shop ask.
            stripe.weather(lose=True)
            card_journey.pay_without_webhook(shop, stripe, lambda: reconcile(environment))


def test_with_localstripe(tmp_path: Path) -> None:
    port = free_port()
    with running_localstripe(webhook_url=WEBHOOKS.format(port=port)) as stripe:
        environment = variables(stripe.environment, tmp_path)
        with (
            running_server(port=port, environment=environment) as shop,
            running_worker(environment),
        ):
            card_journey.pay_and_return_later(shop, stripe)
            card_journey.return_and_ask(shop, stripe)
            stripe.send_webhooks_to("http://127.0.0.1:1/")
            card_journey.pay_without_webhook(shop, stripe, lambda: reconcile(environment))


def reconcile(environment: Mapping[str, str]) -> None:
    assert _manage("reconcile", environment).wait(60) == 0

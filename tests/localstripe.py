"""localstripe (PyPI) as a second Stripe, written by others: it shares no mistake with ours.

`with running_localstripe(webhook_url=...) as stripe:` starts it in a process. Tried with
version 1.15 and the official SDK 16.1: customers; intents (create, update, retrieve,
confirm, cancel, list); charges; refunds in full and in part (create, retrieve, list);
webhooks `payment_intent.succeeded`, `payment_intent.payment_failed` and `customer.*`,
signed as Stripe signs, one second late.

What it lacks, and this module's process adds, so that the shop can talk to it:
- `automatic_payment_methods` was refused: dropped;
- `payment_method` when confirming was a 500: set first, then confirmed;
- `amount_received` was not there: what its charge took;
- `cancellation_reason` was refused: dropped;
- it kept its objects in one file of /tmp, for all of its processes: now in memory.

What it lacks still (the simulator has all of it):
- `Idempotency-Key` is ignored: a repeated call has its effect again;
- a publishable key may not confirm: `confirm_as_stripe_js` uses the secret one;
- no events of creation, cancellation, refunds or disputes, and no disputes; failed
  webhooks are not repeated; its events say `api_version` 2017-08-15;
- refunds of more than was paid are accepted, and refunds never are pending; listing those
  of an intent that was never charged is a 500;
- an intent that was declined cannot be confirmed again, and only three cards have names:
  visa, visa_chargeDeclined (declines in `attach` only), chargeCustomerFail (declines);
- errors have no `code` and no `param`, and answers no `Request-Id`.
"""

import argparse
import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.server import ROOT, free_port

Object = dict[str, Any]


class LocalStripe:
    """What the journeys need of it: the same names as the simulator's."""

    secret_key = "sk_test_localstripe"
    publishable_key = "pk_test_localstripe"

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.webhook_secret = secret

    @property
    def environment(self) -> dict[str, str]:
        """What a shop needs to use it."""
        return {
            "STRIPE_API_URL": self.url,
            "STRIPE_SECRET_KEY": self.secret_key,
            "STRIPE_PUBLISHABLE_KEY": self.publishable_key,
            "STRIPE_WEBHOOK_SECRETS": self.webhook_secret,
        }

    def send_webhooks_to(self, url: str) -> None:
        # Its answer is empty.
        self._request("/_config/webhooks/shop", {"url": url, "secret": self.webhook_secret})

    def confirm_as_stripe_js(self, client_secret: str, *, card: str = "visa") -> tuple[int, Object]:
        """Status and body of the answer; a declined card answers 402."""
        intent = client_secret.partition("_secret_")[0]
        form = {"payment_method": f"pm_card_{card}"}
        return self._request(f"/v1/payment_intents/{intent}/confirm", form)

    def money_taken(self, intent: str) -> list[Object]:
        """The charges of this intent that succeeded."""
        _, found = self._request("/v1/charges?limit=100")
        charges: list[Object] = found["data"]
        return [c for c in charges if c["payment_intent"] == intent and c["status"] == "succeeded"]

    def _request(self, path: str, form: dict[str, str] | None = None) -> tuple[int, Object]:
        body = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.url + path, data=body)
        request.add_header("Authorization", f"Bearer {self.secret_key}")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text or b"{}")


@contextmanager
def running_localstripe(
    *, webhook_url: str = "", secret: str = "whsec_of_this_test"
) -> Iterator[LocalStripe]:
    """Ready when yielded; its webhooks go to the address, if there is one."""
    port = free_port()
    command = [sys.executable, "-m", "tests.localstripe", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT)
    server = LocalStripe(f"http://127.0.0.1:{port}", secret)
    try:
        _wait_for(server, process)
        if webhook_url:
            server.send_webhooks_to(webhook_url)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait_for(server: LocalStripe, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"localstripe ended with {process.returncode}")
        try:
            server.money_taken("none")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("localstripe did not start within 30 s")


def main() -> None:
    """The process: localstripe, taught what the shop says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    # Only this process needs it, and it is slow to import.
    from aiohttp import web
    from localstripe import resources

    _teach(resources)
    # It makes its routes when it is imported.
    from localstripe.server import app

    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def _teach(resources: Any) -> None:
    intents = resources.PaymentIntent
    create, confirm, cancel = intents._api_create, intents._api_confirm, intents._api_cancel

    def api_create(automatic_payment_methods: Any = None, **given: Any) -> Any:
        return create(**given)

    def api_confirm(id: str, payment_method: str | None = None, **given: Any) -> Any:  # noqa: A002
        if payment_method is not None:
            intents._api_update(id, payment_method=payment_method)
        return confirm(id, **given)

    def api_cancel(id: str, cancellation_reason: Any = None, **given: Any) -> Any:  # noqa: A002
        return cancel(id, **given)

    def amount_received(intent: Any) -> int:
        return int(intent.amount) if intent.status == "succeeded" else 0

    taught = {confirm: api_confirm, cancel: api_cancel}
    for position, (method, url, function) in enumerate(resources.extra_apis):
        resources.extra_apis[position] = (method, url, taught.get(function, function))
    intents._api_create = api_create
    intents.amount_received = property(amount_received)
    resources.Store.dump_to_disk = lambda store: None


if __name__ == "__main__":
    main()

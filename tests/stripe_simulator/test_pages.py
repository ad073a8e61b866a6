"""The pages on which a person pays."""

import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
from stripe import StripeClient

from tests.stripe_simulator.running import RunningStripe
from tests.stripe_simulator.test_intents import make_intent


def page(url: str, **pressed: str) -> str:
    """What a browser shows, after pressing a button and following where it leads."""
    body = urllib.parse.urlencode(pressed).encode() if pressed else None
    with urllib.request.urlopen(url, data=body, timeout=10) as response:
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        text: str = response.read().decode()
    assert "This is a simulation" in text
    return text


def buttons(text: str) -> dict[str, dict[str, str]]:
    found = re.findall(r'<button name="(\w+)" value="(\w+)"[^>]*>([^<]+)', text)
    return {label: {name: value} for name, value, label in found}


def test_a_person_is_declined_then_authenticates_and_pays(
    client: StripeClient, simulator: RunningStripe
) -> None:
    url = f"{simulator.url}/pay/{make_intent(client).client_secret}"
    first = page(url)
    assert "Order NX-2026-000001" in first
    assert "19.99 USD" in first
    assert list(buttons(first)) == ["Pay", "Card is declined", "Needs authentication"]
    declined = page(url, **buttons(first)["Card is declined"])
    assert "Your card was declined." in declined
    asked = page(url, **buttons(declined)["Needs authentication"])
    refused = page(url, **buttons(asked)["No, refuse it"])
    assert "unable to authenticate" in refused
    asked = page(url, **buttons(refused)["Needs authentication"])
    paid = page(url, **buttons(asked)["Yes, that was me"])
    assert "Paid." in paid
    assert not buttons(paid)


def test_returns_to_the_storefront_after_authentication(
    client: StripeClient, simulator: RunningStripe
) -> None:
    intent = make_intent(client)
    asked = client.v1.payment_intents.confirm(
        intent.id,
        {
            "payment_method": "pm_card_authenticationRequired",
            "return_url": f"{simulator.url}/healthz?order=1",
        },
    )
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    url = asked.next_action.redirect_to_url.url or ""
    assert "Yes, that was me" in page(url)
    with urllib.request.urlopen(url, data=b"outcome=succeed", timeout=10) as response:
        assert response.url.startswith(
            f"{simulator.url}/healthz?order=1&payment_intent={intent.id}"
        )
        assert response.url.endswith("redirect_status=succeeded")


def test_lists_what_waits_for_money(client: StripeClient, simulator: RunningStripe) -> None:
    secret = make_intent(client).client_secret
    assert f'href="/pay/{secret}"' in page(f"{simulator.url}/")


@pytest.mark.parametrize("secret", ["pi_1_secret_2", "nothing"])
def test_an_unknown_secret_is_a_page_too(simulator: RunningStripe, secret: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        page(f"{simulator.url}/pay/{secret}")
    assert refused.value.code == 404
    assert "This is a simulation" in refused.value.read().decode()


def test_what_a_shop_sends_is_not_markup(client: StripeClient, simulator: RunningStripe) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 500, "currency": "jpy", "metadata": {"order": "<script>alert(1)</script>"}}
    )
    text = page(f"{simulator.url}/pay/{intent.client_secret}")
    assert "<script>" not in text
    assert "500 JPY" in text

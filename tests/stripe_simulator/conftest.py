"""One simulator and one receiver for all tests of a file; each test begins in good weather."""

from collections.abc import Iterator

import pytest
import stripe
from stripe import StripeClient

from tests.stripe_simulator.receiver import Receiver, receiving
from tests.stripe_simulator.running import RunningStripe, running_stripe

SECRET = "whsec_of_this_test"


@pytest.fixture(scope="module")
def _servers() -> Iterator[tuple[RunningStripe, Receiver]]:
    with (
        receiving(SECRET) as receiver,
        running_stripe(webhook_url=receiver.url, secret=SECRET) as simulator,
    ):
        yield simulator, receiver


@pytest.fixture
def simulator(_servers: tuple[RunningStripe, Receiver]) -> RunningStripe:
    simulator, receiver = _servers
    simulator.heal()
    simulator.release()
    simulator.wait_until_delivered()
    receiver.events.clear()
    receiver.refused.clear()
    return simulator


@pytest.fixture
def receiver(simulator: RunningStripe, _servers: tuple[RunningStripe, Receiver]) -> Receiver:
    return _servers[1]


@pytest.fixture
def client(simulator: RunningStripe) -> StripeClient:
    """The official SDK, without its own repetitions unless a test asks for them."""
    return client_of(simulator)


def client_of(
    simulator: RunningStripe, *, retries: int = 0, key: str = "", timeout: float = 10
) -> StripeClient:
    return StripeClient(
        key or simulator.secret_key,
        base_addresses={"api": simulator.url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )

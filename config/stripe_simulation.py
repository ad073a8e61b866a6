"""STRIPE=sim: card payments without an account, at the simulator in tests/stripe_simulator.

Every process of the shop reads the same variables, and so finds the same simulator.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.processes import Process

OF_AN_ACCOUNT = (
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "STRIPE_ACCOUNT",
    "STRIPE_API_URL",
)
WEBHOOK_SECRET = "whsec_simulated"  # noqa: S105 (a simulation has none)
WEBHOOK_PATH = "/api/store/payments/webhooks/stripe/"


def is_wanted() -> bool:
    value = environment.text("STRIPE", "")
    if value not in {"", "sim"}:
        raise ImproperlyConfigured(f"STRIPE: expected sim or nothing, got {value!r}")
    real = [name for name in OF_AN_ACCOUNT if environment.text(name, "")]
    if value and real:
        raise ImproperlyConfigured(f"STRIPE=sim simulates an account: leave {real[0]} out")
    return bool(value)


def port() -> int:
    """Next to the shop's own, so that it is the same at each start."""
    next_one = environment.integer("PORT", 8000, minimum=1) + 1
    return environment.integer("STRIPE_SIM_PORT", next_one, minimum=1)


def settings() -> dict[str, str | list[str]]:
    """What config/settings.py says instead of an account's own."""
    return {
        "STRIPE_SECRET_KEY": "sk_test_simulated",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_simulated",
        "STRIPE_WEBHOOK_SECRETS": [WEBHOOK_SECRET],
        "STRIPE_API_URL": environment.address(port()),
    }


def process(data_dir: Path) -> Process:
    """The simulator, which sends its webhooks to the shop and keeps its payments in `data_dir`."""
    shop = environment.address(environment.integer("PORT", 8000, minimum=1))
    options = {
        "host": environment.text("HOST", "127.0.0.1"),
        "port": port(),
        "webhook-url": f"{shop}{WEBHOOK_PATH}",
        "webhook-secret": WEBHOOK_SECRET,
        "state": data_dir / "stripe-simulator.json",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return Process("Stripe simulator", ["-m", "tests.stripe_simulator", *flags])

"""The methods of payment: what each is called, who moves the money, whether it is offered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from shop.payments.errors import MethodNotOffered
from shop.payments.models import Payment
from shop.payments.offline import BankTransfer, CashOnDelivery
from shop.payments.provider import OnlineProvider, Provider
from shop.payments.sandbox import Sandbox
from shop.payments.stripe import Stripe

STRIPES_OWN = "https://api.stripe.com"


@dataclass(frozen=True)
class Method:
    """`publishable_key` is what the shopper's browser tells the provider."""

    label: str
    provider: Provider
    is_offered: Callable[[], bool]
    publishable_key: Callable[[], str | None] = lambda: None


_stripe = Stripe()

METHODS: Mapping[str, Method] = {
    Payment.Method.CARD: Method(
        "Card",
        _stripe,
        lambda: bool(settings.STRIPE_SECRET_KEY),
        lambda: settings.STRIPE_PUBLISHABLE_KEY,
    ),
    Payment.Method.TEST: Method(
        "Test payment", Sandbox(), lambda: bool(settings.PAYMENTS_TEST_MODE)
    ),
    Payment.Method.CASH_ON_DELIVERY: Method("Cash on delivery", CashOnDelivery(), lambda: True),
    Payment.Method.BANK_TRANSFER: Method(
        "Bank transfer", BankTransfer(), lambda: bool(settings.BANK_TRANSFER_DETAILS)
    ),
}

# By the names that payments keep.
ONLINE: Mapping[str, OnlineProvider] = {_stripe.name: _stripe}


def provider_of(method: str) -> Provider:
    """Also for methods that are no longer offered: what was paid can be refunded."""
    return METHODS[method].provider


def manual() -> list[str]:
    """The methods whose money people move."""
    return [name for name, method in METHODS.items() if method.provider.is_manual]


def check_offered(method: str) -> None:
    """Raises `MethodNotOffered`."""
    if not METHODS[method].is_offered():
        raise MethodNotOffered(attr="method")


def offered() -> list[dict[str, str | None]]:
    """`[{"method": "test", "label": "Test payment", …}]`, in the table's order."""
    return [
        {
            "method": str(name),
            "label": f"{method.label}{_warning(name)}",
            "publishable_key": method.publishable_key(),
        }
        for name, method in METHODS.items()
        if method.is_offered()
    ]


def _warning(method: str) -> str:
    is_simulated = settings.STRIPE_API_URL.rstrip("/") != STRIPES_OWN
    return " (simulated)" if method == Payment.Method.CARD and is_simulated else ""

"""Stripe's test cards: by number, as a shopper types them, or by name, as tests do."""

from dataclasses import dataclass

from tests.stripe_simulator.refusals import invalid


@dataclass(frozen=True)
class Card:
    """How the bank answers. `decline` holds the error's code and its decline code."""

    name: str
    number: str
    brand: str = "visa"
    decline: tuple[str, str] | None = None
    message: str = "Your card was declined."
    needs_authentication: bool = False
    refunds_are_pending: bool = False
    is_disputed: bool = False


def _declining(name: str, number: str, code: str, decline_code: str, message: str = "") -> Card:
    message = message or "Your card was declined."
    return Card(name, number, decline=(code, decline_code), message=message)


CARDS = [
    Card("visa", "4242424242424242"),
    Card("visa_debit", "4000056655665556"),
    Card("mastercard", "5555555555554444", "mastercard"),
    Card("amex", "378282246310005", "amex"),
    _declining("chargeDeclined", "4000000000000002", "card_declined", "generic_decline"),
    _declining(
        "chargeDeclinedInsufficientFunds",
        "4000000000009995",
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    _declining("chargeDeclinedLostCard", "4000000000009987", "card_declined", "lost_card"),
    _declining("chargeDeclinedStolenCard", "4000000000009979", "card_declined", "stolen_card"),
    _declining(
        "chargeDeclinedExpiredCard",
        "4000000000000069",
        "expired_card",
        "expired_card",
        "Your card has expired.",
    ),
    _declining(
        "chargeDeclinedIncorrectCvc",
        "4000000000000127",
        "incorrect_cvc",
        "incorrect_cvc",
        "Your card's security code is incorrect.",
    ),
    _declining(
        "chargeDeclinedProcessingError",
        "4000000000000119",
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    Card("authenticationRequired", "4000002760003184", needs_authentication=True),
    Card("threeDSecure2Required", "4000000000003220", needs_authentication=True),
    Card("authenticationRequiredOnSetup", "4000002500003155", needs_authentication=True),
    Card(
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        decline=("card_declined", "insufficient_funds"),
        message="Your card has insufficient funds.",
        needs_authentication=True,
    ),
    Card("createDispute", "4000000000000259", is_disputed=True),
    Card("pendingRefund", "4000000000007726", refunds_are_pending=True),
]
BY_NUMBER = {card.number: card for card in CARDS}
BY_NAME = {card.name: card for card in CARDS}


def by_token(token: str) -> Card | None:
    """The card of `pm_card_visa`, also in the form `pm_card_visa_chargeDeclined`."""
    name = token.removeprefix("pm_card_")
    return BY_NAME.get(name) or BY_NAME.get(name.removeprefix("visa_"))


def by_number(typed: str) -> Card:
    number = typed.replace(" ", "")
    if not (number.isdigit() and 12 <= len(number) <= 19 and _passes_luhn(number)):
        raise invalid("number", "Your card number is incorrect.", "incorrect_number")
    real = _declining(
        "real",
        number,
        "card_declined",
        "test_mode_live_card",
        "Your card was declined. Your request was in test mode, but used a non test card.",
    )
    return BY_NUMBER.get(number, real)


def _passes_luhn(number: str) -> bool:
    doubled = [int(digit) * (2 if odd else 1) for odd, digit in _from_the_right(number)]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _from_the_right(number: str) -> list[tuple[int, str]]:
    return [(position % 2, digit) for position, digit in enumerate(reversed(number))]

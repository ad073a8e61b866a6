"""How often accounts may be tried, and from where.

Limits per address grow with RATE_LIMIT_SCALE, limits per account never do.
"""

import hashlib
import ipaddress
from datetime import timedelta

from shop.core.rate_limits import RateLimit

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)

# Failed ones only: whoever signs in gets the attempt back.
SIGN_IN_OF_ACCOUNT = RateLimit("sign_in_account", times=10, per=QUARTER)
PASSWORD_CHECK_OF_ACCOUNT = RateLimit("password_check", times=10, per=QUARTER)
# Beyond these no mail is sent, and the answer is the same.
RESET_MAIL_TO_ACCOUNT = RateLimit("reset_mail", times=5, per=HOUR)
VERIFICATION_MAIL_TO_ACCOUNT = RateLimit("verification_mail", times=5, per=HOUR)

SIGN_IN_FROM_ADDRESS = RateLimit("sign_in_address", times=100, per=QUARTER, scaled=True)
REGISTRATION_FROM_ADDRESS = RateLimit("registration", times=60, per=HOUR, scaled=True)
RESET_FROM_ADDRESS = RateLimit("password_reset", times=30, per=HOUR, scaled=True)
RESET_CONFIRM_FROM_ADDRESS = RateLimit("password_confirm", times=60, per=HOUR, scaled=True)
VERIFICATION_FROM_ADDRESS = RateLimit("verification", times=30, per=HOUR, scaled=True)


def sign_in_subject(email: str, *, known_address: str | None) -> str:
    """Whose failed sign-ins are counted together.

    All strangers who try an account share one count. An address from which the account
    was signed in to before has a count of its own, so that strangers who fail on purpose
    cannot lock the owner out.
    """
    return _digest(f"{email} {known_address or 'stranger'}")


def network_of(address: str) -> str:
    """The subject of a limit per address: one household has a /64 of IPv6, not one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _digest(address)
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _digest(text: str) -> str:
    """Counters hold no personal data, and keys have one length."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

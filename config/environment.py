"""Read settings from the environment (or `.env`), refusing bad values by name.

Every function takes the variable's name and a default. A malformed value raises
`ImproperlyConfigured` with one line that names the variable, so that an operator
reads what to mend instead of a traceback.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

REPOSITORY = Path(__file__).resolve().parent.parent

_env = environ.Env()
environ.Env.read_env(REPOSITORY / ".env")

T = TypeVar("T")


def _read(name: str, default: T, parse: Callable[[str], T], expected: str) -> T:
    raw = _env.str(name, default="").strip()
    if not raw:
        return default
    try:
        return parse(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name}: expected {expected}, got {raw!r}") from None


def text(name: str, default: str) -> str:
    return _read(name, default, str, "a text")


def required(name: str, because: str) -> str:
    """The value of `name`; without one the start ends with the name and the reason."""
    value = text(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {because}")
    return value


def boolean(name: str, default: bool) -> bool:
    def parse(raw: str) -> bool:
        if raw.lower() in {"1", "true", "yes", "on"}:
            return True
        if raw.lower() in {"0", "false", "no", "off"}:
            return False
        raise ValueError

    return _read(name, default, parse, "true or false")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    def parse(raw: str) -> int:
        number = int(raw)
        if number < minimum:
            raise ValueError
        return number

    return _read(name, default, parse, f"a whole number of at least {minimum}")


def decimal(name: str, default: str, *, maximum: int = 999_999_999) -> Decimal:
    def parse(raw: str) -> Decimal:
        try:
            number = Decimal(raw)
            is_possible = 0 <= number <= maximum and number == round(number, 3)
        except InvalidOperation:
            raise ValueError from None
        if not is_possible:
            raise ValueError
        return number

    return _read(name, Decimal(default), parse, f"a number from 0 to {maximum}")


def names(name: str, default: list[str]) -> list[str]:
    return _read(
        name,
        default,
        lambda raw: [item.strip() for item in raw.split(",") if item.strip()],
        "a list separated by commas",
    )


def networks(name: str, default: list[str]) -> list[str]:
    return _read(
        name,
        default,
        lambda raw: [str(ip_network(item.strip())) for item in raw.split(",") if item.strip()],
        "networks such as 10.0.0.0/8, separated by commas",
    )


def url(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        _ = parts.port  # raises ValueError when it is not a number
        if parts.scheme not in schemes:
            raise ValueError
        return raw

    return _read(name, default, parse, f"an address that starts with {' or '.join(schemes)}://")


def address(port: int) -> str:
    """Where this machine reaches a server of ours that listens on HOST and this port."""
    host = text("HOST", "127.0.0.1")
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}"


def folder(name: str, default: Path) -> Path:
    return _read(name, default, lambda raw: Path(raw).expanduser(), "a folder").absolute()

"""One request of the walk through the demo shop, and the words to write many of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shop.core.views import DEMO_PASSWORD

STORE = "/api/store"
PASSWORDS = {"password": DEMO_PASSWORD}


@dataclass(frozen=True)
class Step:
    """One request. `path` has {{variables}}; `save` maps variables to paths into the answer."""

    operation: str
    path: str = ""
    body: Mapping[str, Any] | None = None
    status: int = 200
    caller: str = "shopper"
    save: Mapping[str, str] = field(default_factory=dict)
    # Milliseconds until what it sets off has happened behind the web server.
    pause: int = 0


def anybody(operation: str, path: str = "", **more: Any) -> Step:
    return Step(operation, path, caller="", **more)


def admin(operation: str, path: str = "", **more: Any) -> Step:
    return Step(operation, path, caller="admin", **more)


def steward(operation: str, path: str = "", **more: Any) -> Step:
    """The other one of the staff who looks after sellers."""
    return Step(operation, path, caller="steward", **more)


def vera(operation: str, path: str = "", **more: Any) -> Step:
    """An owner in the demo, who has colleagues."""
    return Step(operation, path, caller="vera", **more)


def seller(operation: str, path: str = "", **more: Any) -> Step:
    """Somebody new, who becomes a seller on this walk."""
    return Step(operation, path, caller="seller", **more)


def weaver(operation: str, path: str = "", **more: Any) -> Step:
    """Another owner in the demo, whose new goods staff look at first."""
    return Step(operation, path, caller="weaver", **more)

"""Who acts in the scenarios, in a shop that has one of everything (`tests.furnished_shop`).

Alice shops and owns the vendor Alder; bob is another customer; vera sells other things; the clerk
moves orders and the curator keeps the catalogue; mona manages vendors, and
root may everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.vendors.tests.make import make_vendor
from tests.furnished_shop import Furnished
from tests.hostile import furnished, root


@dataclass(frozen=True)
class Stage:
    shop: Furnished
    alice: User
    bob: User
    vera: User
    clerk: User
    curator: User
    mona: User
    root: User

    @property
    def alder(self) -> str:
        return self.shop.vendor.slug


@contextmanager
def staged(blocker: Any) -> Iterator[Stage]:
    """The stage of a module, gone when the module ends."""
    with furnished(blocker, lambda: make_user("alice@example.test")) as shop:
        vera = make_user("vera@example.test")
        make_vendor("Vera's vases", owner=vera)
        yield Stage(
            shop=shop,
            alice=shop.owner,
            bob=make_user("bob@example.test"),
            vera=vera,
            clerk=make_staff("order managers", email="clerk@example.test"),
            curator=make_staff("catalog managers", email="curator@example.test"),
            mona=make_staff("vendor managers", email="mona@example.test"),
            root=root(),
        )

"""Who may do what by GraphQL: as REST, whose table is `tests/test_access.py`.

Each root field is asked for Alice's things by each caller, as the operation of REST that does the
same is. Only what differs, and what REST does not have, is written down here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shop.accounts.tests.make import make_user
from shop.core.graphql.inputs import global_id
from tests.api import client_of
from tests.furnished_shop import Furnished
from tests.hostile import furnished, state, undone, unlimited
from tests.operations import OPERATIONS, Operation
from tests.parity.doors import Door, Graphql, query
from tests.parity.operations import asked, listed, roots
from tests.test_access import ACCESS, CALLERS, OWNER_OF_VENDOR, PEOPLE, PUBLIC, WEBHOOKS

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

# Where the answer is another one than REST's.
DIFFERENT = {
    # Nobody is nobody: no refusal, and no person.
    "me": PUBLIC,
}
# Asked for what REST has no operation for.
_VIEW_VENDORS = "401 403 403 403 403 403 2 403 403 2 403"
ONLY_HERE: dict[str, tuple[Callable[[Furnished], dict[str, Any]], str]] = {
    "eventTypes": (lambda shop: {}, WEBHOOKS),
    "node": (lambda shop: {"id": global_id("Product", shop.product.pk)}, PUBLIC),
    "productFacets": (lambda shop: {"filter": {"category": shop.product.category.slug}}, PUBLIC),
    "removeVendorLogo": (lambda shop: {"vendor": shop.vendor.slug}, OWNER_OF_VENDOR),
    # Its members, and who sees vendors whole.
    "vendorAccount": (
        lambda shop: {"id": shop.vendor.slug},
        "401 2 404 404 404 404 2 404 2 2 404",
    ),
    "vendorAccounts": (lambda shop: {"status": "APPROVED"}, _VIEW_VENDORS),
}


def _operations() -> dict[str, Operation]:
    """Of each root field an operation that does the same: the first, of `/api/store/` if any."""
    fields = listed()
    found: dict[str, Operation] = {}
    for operation in OPERATIONS:
        if "." not in fields[operation.name]:
            found.setdefault(fields[operation.name], operation)
    return {field: operation for field, operation in found.items() if field}


SAME = _operations()


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, lambda: make_user("alice@example.test")) as shop:
        yield shop


def test_asks_for_every_root_field() -> None:
    assert roots().keys() == SAME.keys() | ONLY_HERE.keys()
    assert not SAME.keys() & ONLY_HERE.keys()
    assert SAME.keys() >= DIFFERENT.keys()


@pytest.mark.parametrize("field", sorted(roots()))
def test_lets_in_whom_it_should(shop: Furnished, field: str) -> None:
    if field in ONLY_HERE:
        words, row = ONLY_HERE[field]
        call = Graphql(roots()[field], field, words(shop))
    else:
        call = asked(shop, SAME[field], field)
        row = DIFFERENT.get(field) or ACCESS[SAME[field].name]
    wrong = {}
    for caller, expected in zip(CALLERS, row.split(), strict=True):
        with undone():
            client, before = client_of(PEOPLE[caller]()), state()
            refusal, answer = Door.by_graphql(client, call)
            got = str(refusal[0]) if refusal else "2"
            if got != expected:
                wrong[caller] = (got, answer)
            if refusal:
                assert state() == before, caller
    assert not {name: one[0] for name, one in wrong.items()}


def test_would_see_a_door_left_open(shop: Furnished) -> None:
    """Else the table above proves nothing: what is refused is refused by who asks."""
    refusal, _ = Door.by_graphql(client_of(), query("stockLevels"))
    assert refusal == (401, [("not_authenticated", None)])
    refusal, _ = Door.by_graphql(client_of(PEOPLE["curator"]()), query("stockLevels"))
    assert refusal is None

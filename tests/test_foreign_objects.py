"""Nobody gets at what is another's: every operation, with every kind of foreign object.

Alice and Vera have the same: each shops, and owns a vendor. Alice does what she may do with
her own things, only that one of them, or the vendor that she names, is not hers.
`test_foreign_references.py` does the same in bodies and queries.
`test_access.py` is the other half: there the things are Alice's and the callers differ.
"""

from collections.abc import Iterator
from itertools import product as all_pairs
from typing import Any

import pytest

from shop.orders.models import Order
from shop.products.tests.make import house_vendor
from shop.vendors.models import VendorMember
from shop.vendors.tests.make import make_member
from tests.api import client_of, codes
from tests.furnished_shop import STATES_OF_PARTS
from tests.hostile import flaw_in, root, send, state, undone, unlimited
from tests.operations import OPERATIONS, READS, Operation
from tests.test_access import ACCESS, EVERYBODY_FOR_THEMSELVES, PUBLIC
from tests.two_sellers import MARK, Shop, two_sellers

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

NAMED = [
    one
    for one in OPERATIONS
    if one.path_parameters and one.template.startswith(("/api/store/", "/api/vendor/"))
]
NESTED = [one for one in NAMED if len(one.path_parameters) > 1]
BACK_OFFICE = [one for one in OPERATIONS if one.template.startswith("/api/vendor/")]
# Two doors for those who act for no vendor yet, or for several.
OF_NO_VENDOR = ("/api/vendor/memberships/", "/api/vendor/invitations/accept/")


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shop]:
    with two_sellers(django_db_blocker) as shop:
        yield shop


# --- In the path --------------------------------------------------------------------------


def kinds(shop: Shop, operation: Operation, name: str) -> Iterator[tuple[str, str]]:
    """Each kind of foreign object that the parameter `name` can mean, and how it is called."""
    path = operation.template
    collection = path.split(f"/{{{name}}}")[0].rsplit("/", 1)[1]
    theirs = shop.vera.value(operation, name)
    yield "vera's", theirs
    if theirs in shop.ids:
        yield "vera's", str(shop.ids[theirs])
    if collection == "reviews":
        yield "bob's, of her goods", shop.bobs_review
    if path.startswith("/api/vendor/orders/"):
        status = STATES_OF_PARTS.get(path.split("/")[-2], Order.Status.PENDING)
        order = shop.alice.orders[status]
        other = order.parts.exclude(vendor=shop.alice.vendor).get()
        yield "of another seller in her order", other.number
        yield "of another seller in her order", str(other.pk)
        yield "her order, not a part", order.number
    goods = collection in ("products", "variants", "images")
    if goods or path.startswith("/api/vendor/"):
        for whose, things in (("the house's", shop.house), ("of a waiting one", shop.waiting)):
            if collection in things:
                yield whose, things[collection]


def may(operation: Operation, whose: str) -> bool:
    """Whether Alice may do that with something that is not hers."""
    if ACCESS[operation.name] == PUBLIC:
        return whose in ("vera's", "the house's", "bob's, of her goods")
    if ACCESS[operation.name] == EVERYBODY_FOR_THEMSELVES:
        # Reviews of what somebody else sells.
        return whose in ("vera's", "the house's")
    reads_warehouses = operation.name == "GET /api/vendor/inventory/warehouses/{id}/"
    return reads_warehouses and whose == "the house's"


@pytest.mark.parametrize(
    "operation",
    [one for one in NAMED if ACCESS[one.name].split()[1] == "2"],
    ids=lambda one: one.name,
)
def test_does_not_find_what_is_anothers(shop: Shop, operation: Operation) -> None:
    raw, media_type = shop.alice.content(operation)
    client, before, wrong = client_of(shop.alice.owner), state(), []
    for chosen in _each_not_all_hers(shop, operation):
        with undone():
            path = shop.alice.address(operation, **{name: named for name, _, named in chosen})
            response = send(client, operation.method, path, raw, content_type=media_type)
            owners = {whose for _, whose, _ in chosen}
            is_one = len(chosen) == len(operation.path_parameters) and len(owners) == 1
            if is_one and may(operation, owners.pop()):
                assert 200 <= response.status_code < 300, (chosen, response.content)
            elif problem := flaw_in(response, 404):
                wrong.append((chosen, problem))
            else:
                assert state() == before
    assert not wrong


def _each_not_all_hers(shop: Shop, operation: Operation) -> Iterator[list[tuple[str, str, str]]]:
    """(parameter, whose it is, its value) of what is not hers, in every combination."""
    choices = [
        [None, *((name, *kind) for kind in kinds(shop, operation, name))]
        for name in operation.path_parameters
    ]
    for combination in all_pairs(*choices):
        if chosen := [choice for choice in combination if choice]:
            yield chosen


@pytest.mark.parametrize("operation", NESTED, ids=lambda one: one.name)
def test_finds_nothing_under_the_parent_of_another(shop: Shop, operation: Operation) -> None:
    """Also staff, who may do it with both of them."""
    raw, media_type = shop.alice.content(operation)
    with undone():
        boss = root()
        make_member(shop.alice.vendor, user=boss)
        client, before = client_of(boss), state()
        for name in operation.path_parameters:
            path = shop.alice.address(operation, **{name: shop.vera.value(operation, name)})
            response = send(client, operation.method, path, raw, content_type=media_type)
            assert not (wrong := flaw_in(response, 404)), (name, wrong)
        assert state() == before


# --- In the header ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [one for one in BACK_OFFICE if one.template not in OF_NO_VENDOR],
    ids=lambda one: one.name,
)
def test_acts_for_no_other_vendor(shop: Shop, operation: Operation) -> None:
    raw, media_type = shop.alice.content(operation)
    client, before = client_of(shop.alice.owner), state()
    house = house_vendor()
    foreign = [shop.vera.vendor.slug, shop.vera.vendor.pk, house.slug, house.pk]
    for named, whose in all_pairs(foreign, (shop.alice, shop.vera)):
        more = {"content_type": media_type, "HTTP_X_VENDOR": str(named)}
        response = send(client, operation.method, whose.address(operation), raw, **more)
        assert not (wrong := flaw_in(response, 404)), (named, wrong)
    waiting = {"content_type": media_type, "HTTP_X_VENDOR": shop.alice.applicant.slug}
    response = send(client, operation.method, shop.alice.address(operation), raw, **waiting)
    assert codes(response) == ["vendor_not_approved"]
    assert state() == before


@pytest.mark.parametrize(
    "operation", [one for one in BACK_OFFICE if one.path_parameters], ids=lambda one: one.name
)
def test_does_not_mix_the_vendors_of_somebody_with_two(shop: Shop, operation: Operation) -> None:
    """Alice owns both; what belongs to one is not there when she acts for the other."""
    raw, media_type = shop.alice.content(operation)
    with undone():
        make_member(shop.vera.vendor, user=shop.alice.owner, role=VendorMember.Role.OWNER)
        client, before = client_of(shop.alice.owner), state()
        for named, other in (
            (shop.alice.vendor.slug, shop.vera),
            (shop.vera.vendor.slug, shop.alice),
        ):
            more = {"content_type": media_type, "HTTP_X_VENDOR": named}
            response = send(client, operation.method, other.address(operation), raw, **more)
            assert not (wrong := flaw_in(response, 404)), (named, wrong)
            assert codes(response) == ["not_found"]
        assert state() == before


# --- In answers ---------------------------------------------------------------------------

OWN_READS = [
    one
    for one in READS
    if ACCESS[one.name] != PUBLIC
    and ACCESS[one.name].split()[1] == "2"
    and not one.template.endswith(".pdf")
]


@pytest.mark.parametrize("operation", OWN_READS, ids=lambda one: one.name)
def test_shows_nothing_of_another(shop: Shop, operation: Operation) -> None:
    """All that Vera has bears her mark."""
    query = "?page_size=100" if "page_size" in operation.query else ""
    response = client_of(shop.alice.owner).get(shop.alice.address(operation) + query)
    assert response.status_code == 200
    assert MARK.encode() not in response.content
    hers = client_of(shop.vera.owner).get(shop.vera.address(operation) + query)
    assert hers.status_code == 200


def test_would_see_the_mark(shop: Shop) -> None:
    """What Vera reads at the same addresses bears it: the test above can fail."""
    bearing = set()
    for operation in OWN_READS:
        response = client_of(shop.vera.owner).get(shop.vera.address(operation))
        bearing |= {operation.name} if MARK.encode() in response.content else set()
    assert bearing >= {
        "GET /api/store/orders/",
        "GET /api/vendor/inventory/",
        "GET /api/vendor/orders/",
        "GET /api/vendor/orders/{id}/",
        "GET /api/vendor/products/",
    }

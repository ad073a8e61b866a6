"""Nobody gets at what is another's: every operation, with every kind of foreign object.

Alice and Vera have the same: each shops, and owns a vendor. Alice does what she may do with
her own things, only that one of them, in the path, the body or the query, is not hers.
`tests/test_access.py` is the other half: there the things are Alice's and the callers differ.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as all_pairs
from typing import Any

import pytest

from shop.accounts.tests.make import make_user
from shop.inventory.models import Warehouse
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import make_order
from shop.products import services as products
from shop.products.models import Product
from shop.products.tests.make import house_vendor, make_product
from shop.reviews.tests.make import make_review
from shop.vendors.invitation_tokens import token_for
from shop.vendors.models import VendorMember
from shop.vendors.tests.make import make_member
from tests.api import body, client_of, codes
from tests.furnished_shop import STATES_OF_PARTS, Furnished, furnish
from tests.hostile import flaw_in, furnished, root, send, state, undone, unlimited
from tests.operations import OPERATIONS, READS, Operation
from tests.test_access import ACCESS, EVERYBODY_FOR_THEMSELVES, PUBLIC

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

MARK = "-of-vera"
NAMED = [
    one
    for one in OPERATIONS
    if one.path_parameters and one.template.startswith(("/api/store/", "/api/vendor/"))
]
NESTED = [one for one in NAMED if len(one.path_parameters) > 1]
BACK_OFFICE = [one for one in OPERATIONS if one.template.startswith("/api/vendor/")]
# Two doors for those who act for no vendor yet, or for several.
OF_NO_VENDOR = ("/api/vendor/memberships/", "/api/vendor/invitations/accept/")


@dataclass(frozen=True)
class Shop:
    alice: Furnished
    vera: Furnished
    house: dict[str, str]
    waiting: dict[str, str]
    bobs_review: str
    ids: dict[str, int]


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shop]:
    with furnished(django_db_blocker, lambda: make_user("alice@example.test")) as alice:
        vera = furnish(make_user("vera@example.test"), MARK)
        house = make_product("Hook", sizes=["S"])
        waiting = make_product("Apron", vendor=alice.applicant, sizes=["S"])
        of_house = _collections(house) | {
            "warehouses": Warehouse.objects.get(is_default=True).code,
            "orders": _part_of(make_order(make_user(), variants=[house.variants.get()])).number,
        }
        yield Shop(
            alice=alice,
            vera=vera,
            house=of_house,
            waiting=_collections(waiting),
            bobs_review=str(make_review(alice.product, user=make_user()).pk),
            ids=_ids(),
        )


def _collections(product: Product) -> dict[str, str]:
    image = products.add_image(product=product, remote_url="https://cdn.example.com/a.jpg")
    variant = str(product.variants.get().pk)
    return {"products": product.slug, "variants": variant, "images": str(image.pk)}


def _part_of(order: Order) -> VendorOrder:
    return order.parts.get()


def _ids() -> dict[str, int]:
    """The ids of what paths may also name by slug, code or number."""
    return {
        **{one.slug: one.pk for one in Product.objects.defer("search")},
        **{one.code: one.pk for one in Warehouse.objects.all()},
        **{one.number: one.pk for one in Order.objects.all()},
        **{one.number: one.pk for one in VendorOrder.objects.all()},
    }


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


# --- In the body --------------------------------------------------------------------------

# Fields that name an object; where they stand in a body is read from the document.
REFERENCES = {
    *("variant", "variants", "warehouse", "product", "vendor", "vendors"),
    *("item", "part", "order", "shipping_address", "billing_address", "token"),
}
EVERYBODY_BUYS_EVERYTHING = "what is on sale is for everybody"
STAFF = "staff may, for every vendor"
OPEN = {
    ("POST /api/store/cart-items/", "variant"): EVERYBODY_BUYS_EVERYTHING,
    ("POST /api/store/cart-items/", "product"): EVERYBODY_BUYS_EVERYTHING,
    ("POST /api/store/carts/add_item/", "variant"): EVERYBODY_BUYS_EVERYTHING,
    ("POST /api/store/carts/add_item/", "product"): EVERYBODY_BUYS_EVERYTHING,
    ("POST /api/store/wishlists/", "product"): EVERYBODY_BUYS_EVERYTHING,
    ("POST /api/store/stock/adjust/", "variant"): STAFF,
    ("POST /api/store/stock/adjust/", "warehouse"): STAFF,
    ("POST /api/store/stock/receive/", "variant"): STAFF,
    ("POST /api/store/stock/receive/", "warehouse"): STAFF,
    ("POST /api/store/warehouses/", "vendor"): STAFF,
    ("PATCH /api/store/warehouses/{id}/", "vendor"): STAFF,
    ("POST /api/store/adjustments/", "vendor"): STAFF,
    ("POST /api/store/commissions/", "vendor"): STAFF,
    ("POST /api/store/payouts/run/", "vendors"): STAFF,
    ("POST /api/store/products/", "variants"): "new ones, which have no id yet",
    ("POST /api/vendor/products/", "variants"): "new ones, which have no id yet",
}


def references_in(operation: Operation) -> list[tuple[str, ...]]:
    """Where the body of `operation` names objects."""

    def found(schema: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, field in schema.get("properties", {}).items():
            if name in REFERENCES:
                yield (*path, name)
            yield from found(field.get("items", {}), (*path, name))

    return sorted(set(found(operation.schema, ())))


IN_BODIES = [
    (operation, path)
    for operation in OPERATIONS
    if operation.template.startswith(("/api/store/", "/api/vendor/"))
    for path in references_in(operation)
]
ATTACKED = [
    (operation, path) for operation, path in IN_BODIES if (operation.name, path[-1]) not in OPEN
]


def foreign(shop: Shop, field: str) -> list[Any]:
    """What `field` may not mean for Alice, nor for staff in what is Alice's."""
    vera, house = shop.vera, house_vendor()
    line = vera.orders["PAID"].items.get(variant=vera.variant)
    part = vera.part_of(vera.orders["PAID"])
    hook = Product.objects.get(slug=shop.house["products"])
    values: dict[str, list[Any]] = {
        "variant": [vera.variant.sku, vera.variant.pk, hook.variants.get().sku],
        "warehouse": [vera.own_warehouse.code, vera.own_warehouse.pk, vera.warehouse.code],
        "product": [vera.product.slug, vera.product.pk, hook.slug],
        "vendor": [vera.vendor.slug, vera.vendor.pk, house.slug, shop.alice.applicant.slug],
        "item": [line.pk],
        "part": [part.number, part.pk],
        "order": [vera.orders["PENDING"].number, vera.orders["PENDING"].pk],
        "shipping_address": [vera.address_entry.pk],
        "billing_address": [vera.address_entry.pk],
        "token": [token_for(vera.invited)],
    }
    return values[field]


ABSENT = {"token": "none", "order": 2**40, "part": 2**40}
# Staff hear why; and who was invited by mail is not guessed.
SAYS_MORE = {"product", "token"}


def test_knows_every_reference_that_a_body_has() -> None:
    """The document names them; what is not attacked has a reason, and no reason is left over."""
    assert OPEN.keys() <= {(operation.name, path[-1]) for operation, path in IN_BODIES}
    assert {path[-1] for _, path in ATTACKED} <= {*REFERENCES} - {"vendors", "variants"}


@pytest.mark.parametrize(
    ("operation", "field"), ATTACKED, ids=lambda one: getattr(one, "name", None) or ".".join(one)
)
def test_takes_nothing_of_another_in_a_body(
    shop: Shop, operation: Operation, field: tuple[str, ...]
) -> None:
    """And says what it says of something that does not exist."""
    honest, is_hers = shop.alice.body(operation), ACCESS[operation.name].split()[1] == "2"
    if field[-1] in ("product", "part"):
        # Instead of what else the request would be about.
        honest = {name: honest[name] for name in honest.keys() - {"category", "items"}}
    path, name = shop.alice.address(operation), field[-1]
    with undone():
        client, answers = client_of(shop.alice.owner if is_hers else root()), []
        before = state()
        for value in [ABSENT.get(name, 2**40), *foreign(shop, name)]:
            raw = json.dumps(_with(honest, field, value)).encode()
            response = send(client, operation.method, path, raw)
            assert not (wrong := flaw_in(response)), (value, wrong)
            answers.append((response.status_code, codes(response)))
        assert state() == before
    if name not in SAYS_MORE:
        assert {str(answer) for answer in answers} == {str(answers[0])}


def _with(honest: dict[str, Any], field: tuple[str, ...], value: Any) -> dict[str, Any]:
    if len(field) == 1:
        return honest | {field[0]: value}
    (row, *_) = honest[field[0]]
    return honest | {field[0]: [_with(row, field[1:], value)]}


def test_imports_for_no_other_vendor(shop: Shop) -> None:
    operation = next(one for one in BACK_OFFICE if one.template == "/api/vendor/import/")
    theirs = shop.vera.product.slug
    form = shop.alice.form(operation).replace(b"rain-hat", theirs.encode())
    asked = b'--cut\r\nContent-Disposition: form-data; name="vendor"\r\n\r\n%b\r\n'
    form = asked % shop.vera.vendor.slug.encode() + form
    client, before = client_of(shop.alice.owner), state()
    response = send(
        client, "POST", operation.template, form, content_type="multipart/form-data; boundary=cut"
    )
    report = body(response)
    assert (report["created"], report["updated"], report["refused"]) == (0, 0, 1)
    assert MARK not in json.dumps(report).replace(theirs, "")
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


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (one, name)
        for one in BACK_OFFICE
        for name in sorted({*one.query} & {"product", "variant", "warehouse", "sku", "search"})
    ],
    ids=lambda one: getattr(one, "name", one),
)
def test_filters_by_nothing_of_another(shop: Shop, operation: Operation, name: str) -> None:
    vera, client = shop.vera, client_of(shop.alice.owner)
    part = vera.part_of(vera.orders["PAID"])
    by_name: dict[str, list[Any]] = {
        "product": [vera.product.slug, vera.product.pk],
        "variant": [vera.variant.sku, vera.variant.pk],
        "warehouse": [vera.own_warehouse.code, vera.warehouse.pk],
        "sku": [vera.variant.sku],
        "search": [part.number, part.number.rpartition("-")[0], MARK],
    }
    for value in by_name[name]:
        response = client.get(operation.template, {name: value, "page_size": 100})
        if response.status_code == 200:
            # Words that Vera's goods are found by may be in Alice's, too.
            found = body(response)["results"]
            assert found == [] or (name == "search" and "/products/" in operation.template)
            assert MARK.encode() not in response.content
        else:
            assert not flaw_in(response, 400, 404)

"""What names another's thing in a body or a query is refused, as if there were no such thing.

Where a body names something is read from the API's document.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shop.products.models import Product
from shop.products.tests.make import house_vendor
from shop.vendors.invitation_tokens import token_for
from tests.api import body, client_of, codes
from tests.hostile import flaw_in, root, send, state, undone, unlimited
from tests.operations import OPERATIONS, READS, UPLOADS, Operation
from tests.test_access import ACCESS
from tests.two_sellers import MARK, Shop, two_sellers

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Shop]:
    with two_sellers(django_db_blocker) as shop:
        yield shop


# What takes an integer takes an id, unless it is one of these.
COUNTS = {
    *("change", "low_stock_threshold", "on_hand", "position", "quantity", "rating", "stock"),
    "weight_grams",
}
# What names an object and takes texts only.
TEXTS = {"vendor", "vendors", "product", "token"}
FOR_ALL = {"category", "parent"}
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
    ("POST /api/store/stock/bulk/", "variant"): STAFF,
    ("POST /api/store/stock/bulk/", "warehouse"): STAFF,
    ("POST /api/store/warehouses/", "vendor"): STAFF,
    ("PATCH /api/store/warehouses/{id}/", "vendor"): STAFF,
    ("POST /api/store/adjustments/", "vendor"): STAFF,
    ("POST /api/store/commissions/", "vendor"): STAFF,
    ("POST /api/store/payouts/run/", "vendors"): STAFF,
}


def references_in(operation: Operation) -> list[tuple[str, ...]]:
    """Where the body of `operation` names objects."""

    def found(schema: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, field in schema.get("properties", {}).items():
            if name in TEXTS or (name not in COUNTS | FOR_ALL and "integer" in _types(field)):
                yield (*path, name)
            yield from found(field.get("items", {}), (*path, name))

    return sorted(set(found(operation.schema, ())))


def _types(field: dict[str, Any]) -> set[str]:
    own = field.get("type", [])
    types = {own} if isinstance(own, str) else {*own}
    return types.union(*(_types(one) for one in field.get("oneOf", [])))


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
    found: dict[str, list[Any]] = {
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
    return found[field]


ABSENT = {"token": "none", "order": 2**40, "part": 2**40}
# Staff hear why; and who was invited by mail is not guessed.
SAYS_MORE = {"product", "token"}


def test_has_no_reason_left_over() -> None:
    assert OPEN.keys() <= {(operation.name, path[-1]) for operation, path in IN_BODIES}


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
    operation = next(one for one in UPLOADS if one.template == "/api/vendor/import/")
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


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (one, name)
        for one in READS
        if one.template.startswith("/api/vendor/")
        for name in sorted({*one.query} & {"product", "variant", "warehouse", "sku", "search"})
    ],
    ids=lambda one: getattr(one, "name", one),
)
def test_filters_by_nothing_of_another(shop: Shop, operation: Operation, name: str) -> None:
    vera, client = shop.vera, client_of(shop.alice.owner)
    part = vera.part_of(vera.orders["PAID"])
    foreign_values: dict[str, list[Any]] = {
        "product": [vera.product.slug, vera.product.pk],
        "variant": [vera.variant.sku, vera.variant.pk],
        "warehouse": [vera.own_warehouse.code, vera.warehouse.pk],
        "sku": [vera.variant.sku],
        "search": [part.number, part.number.rpartition("-")[0], MARK],
    }
    for value in foreign_values[name]:
        asked = {name: value, "page_size": 100, "file_format": "json"}
        response = client.get(operation.template, asked)
        if response.status_code == 200:
            # Words that Vera's goods are found by may be in Alice's, too.
            answer = body(response)
            found = answer if "file_format" in operation.query else answer["results"]
            assert found == [] or (name == "search" and "/products/" in operation.template)
            assert MARK.encode() not in response.content
        else:
            assert not flaw_in(response, 400, 404)

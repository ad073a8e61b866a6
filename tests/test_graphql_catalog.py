"""The catalogue by GraphQL, as staff and sellers change it, and what it refuses."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.graphql.inputs import global_id
from shop.orders.tests.make import make_order
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.tests.make import house_vendor, make_category, make_product, make_seller
from shop.products.tests.pictures import upload
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of
from tests.graphql_door import ask, data, problem

pytestmark = pytest.mark.django_db

FIELDS = """pk name slug status price compareAtPrice stock inStock submittedAt declineReason tags description
  category { slug } vendor { slug } variants { pk sku price stock isActive options { name value } } images { pk image isMain altText }"""
CREATE = f"mutation($input: ProductInput!) {{ createProduct(input: $input) {{ product {{ {FIELDS} }} }} }}"
UPDATE = f"mutation($id: ID!, $input: ProductChanges!) {{ updateProduct(product: $id, input: $input) {{ product {{ {FIELDS} }} }} }}"
DELETE = "mutation($id: ID!) { deleteProduct(product: $id) { isGone } }"
APPROVE = "mutation($id: ID!) { approveProduct(product: $id) { product { status submittedAt } } }"
DECLINE = "mutation($id: ID!, $reason: String!) { declineProduct(product: $id, input: {reason: $reason}) { product { status submittedAt declineReason } } }"
CREATE_VARIANT = "mutation($id: ID!, $input: VariantInput!) { createVariant(product: $id, input: $input) { variant { pk sku price stock isActive currency } product { price stock variants { pk } } } }"
UPDATE_VARIANT = "mutation($id: ID!, $input: VariantChanges!) { updateVariant(variant: $id, input: $input) { variant { pk sku price stock isActive inStock } product { price stock variants { pk } } } }"
DELETE_VARIANT = "mutation($id: ID!) { deleteVariant(variant: $id) { isGone } }"
ADD_IMAGE = "mutation($id: ID!, $input: ImageInput!) { addImage(product: $id, input: $input) { image { pk image isMain position altText thumbnails { small } } product { image } } }"
UPDATE_IMAGE = "mutation($id: ID!, $input: ImageChanges!) { updateImage(image: $id, input: $input) { image { isMain altText position } product { images { pk isMain } } } }"
DELETE_IMAGE = "mutation($id: ID!) { deleteImage(image: $id) { done } }"
CREATE_CATEGORY = "mutation($input: CategoryInput!) { createCategory(input: $input) { category { pk name slug position parent { slug } children { slug } } } }"
UPDATE_CATEGORY = "mutation($id: ID!, $input: CategoryChanges!) { updateCategory(category: $id, input: $input) { category { name slug image parent { slug } } } }"
DELETE_CATEGORY = "mutation($id: ID!) { deleteCategory(category: $id) { done } }"
PICTURE = "https://pictures.example/front.png"


def curator() -> Any:
    return client_of(make_staff("catalog managers"))


def seller_of(vendor: Vendor, role: VendorMember.Role = VendorMember.Role.MANAGER) -> Any:
    return client_of(make_seller(vendor, role=role))


def an_image(product: Product) -> ProductImage:
    return ProductImage.objects.create(product=product, remote_url=PICTURE, is_main=True)


# --- Products -------------------------------------------------------------------------------


def test_staff_create_a_product_with_variants_as_rest_shows_it() -> None:
    category = make_category("Tees")
    new = {
        "name": "Oak tee",
        "category": global_id("Category", category.pk),
        "price": "20.00",
        "description": "<b>Soft</b><script>x</script>",
        "tags": ["soft", "soft"],
        "compareAtPrice": "25.00",
        "variants": [
            {"options": [{"name": "size", "value": "M"}], "price": "18.00", "stock": 3},
            {"size": "S", "sku": "OAK-S", "weightGrams": 200, "lowStockThreshold": 1},
        ],
    }
    client = curator()
    made = data(client, CREATE, {"input": new})["createProduct"]["product"]
    assert (made["status"], made["price"], made["compareAtPrice"]) == ("ACTIVE", "18.00", "25.00")
    assert (made["vendor"]["slug"], made["tags"]) == (house_vendor().slug, ["soft"])
    assert [one["price"] for one in made["variants"]] == ["20.00", "18.00"]
    rest = body(client.get(f"/api/store/products/{made['pk']}/"))
    assert rest["description"] == made["description"] == "<b>Soft</b>"
    assert [(one["id"], one["price"], one["stock"]) for one in rest["variants"]] == [
        (one["pk"], one["price"], one["stock"]) for one in made["variants"]
    ]
    small = Variant.objects.get(sku="OAK-S")
    assert (small.weight_grams, small.low_stock_threshold) == (200, 1)


def test_a_seller_creates_goods_of_the_only_vendor_that_she_manages() -> None:
    vendor, category = make_vendor("Vases"), make_category()
    new = {"name": "Vase", "category": category.slug, "price": "5.00", "stock": 4, "sku": "V-1"}
    made = data(seller_of(vendor), CREATE, {"input": new})["createProduct"]["product"]
    assert (made["vendor"]["slug"], made["stock"], made["inStock"]) == ("vases", 4, True)
    assert Variant.objects.get(product_id=made["pk"]).sku == "V-1"


def test_a_seller_of_two_vendors_names_one_of_them() -> None:
    vases, pots, category = make_vendor("Vases"), make_vendor("Pots"), make_category()
    vera = make_seller(vases)
    VendorMember.objects.create(vendor=pots, user=vera, role=VendorMember.Role.OWNER)
    new = {"name": "Vase", "category": category.slug, "price": "5.00"}
    client = client_of(vera)
    assert problem(ask(client, CREATE, {"input": new})) == ("required", "vendor", 400)
    made = data(client, CREATE, {"input": new | {"vendor": "pots"}})["createProduct"]["product"]
    assert made["vendor"]["slug"] == "pots"
    other = new | {"vendor": make_vendor("Others").slug}
    assert problem(ask(client, CREATE, {"input": other})) == ("does_not_exist", "vendor", 400)
    move = {"id": made["pk"], "input": {"vendor": "others"}}
    assert problem(ask(client, UPDATE, move)) == ("does_not_exist", "vendor", 400)
    assert Product.objects.get().vendor == pots


def test_a_change_leaves_what_it_does_not_name() -> None:
    product = make_product("Tee", price="10.00", stock=3, compare_at_price="12.00")
    client = curator()
    changes = {"name": "Oak tee", "slug": "oak-tee", "price": "9.00", "stock": 7}
    asked = {"id": global_id("Product", product.pk), "input": changes}
    changed = data(client, UPDATE, asked)["updateProduct"]["product"]
    assert (changed["name"], changed["price"], changed["stock"]) == ("Oak tee", "9.00", 7)
    assert changed["compareAtPrice"] == "12.00"
    assert client.get(f"/api/store/products/{product.slug}/").status_code == 301
    none = data(client, UPDATE, {"id": "oak-tee", "input": {"compareAtPrice": None}})
    assert none["updateProduct"]["product"]["compareAtPrice"] is None


def test_a_product_is_created_once_under_one_key() -> None:
    new = {"name": "Tee", "category": make_category().slug, "price": "5.00"}
    client, key = curator(), {"Idempotency-Key": "tee-1"}
    first, second = (data(client, CREATE, {"input": new}, **key) for _ in range(2))
    assert first == second
    assert Product.objects.count() == 1


def test_refusals_name_the_field_as_rest_does() -> None:
    category, taken = make_category(), make_product(slug="taken")
    client = curator()
    new: dict[str, Any] = {"name": "Tee", "category": category.slug, "price": "5.00"}
    refusals: list[tuple[dict[str, Any], tuple[str, str, int]]] = [
        ({"category": "nowhere"}, ("does_not_exist", "category", 400)),
        ({"price": "-1"}, ("min_value", "price", 400)),
        ({"price": "much"}, ("invalid", "price", 400)),
        ({"metaTitle": "x" * 201}, ("max_length", "metaTitle", 400)),
        ({"slug": None}, ("null", "slug", 400)),
        ({"slug": taken.slug}, ("slug_taken", "slug", 409)),
        ({"sku": taken.variants.get().sku}, ("sku_taken", "sku", 409)),
        ({"variants": [{}]}, ("required", "variants.0.options", 400)),
        ({"variants": [{"size": "S"}] * 2}, ("duplicate_options", "variants.1.options", 409)),
        ({"variants": [{"size": "S"}], "stock": 1}, ("has_variants", "stock", 409)),
    ]
    for change, expected in refusals:
        answer = ask(client, CREATE, {"input": new | change})
        assert (answer["data"], problem(answer)) == ({"createProduct": None}, expected)
    assert Product.objects.count() == 1


def test_what_was_ordered_is_archived_and_the_rest_is_gone() -> None:
    vendor = make_vendor()
    ordered, unloved = make_product(vendor=vendor), make_product(vendor=vendor)
    make_order(make_user(), variants=[ordered.variants.get()])
    client = seller_of(vendor)
    assert data(client, DELETE, {"id": ordered.slug})["deleteProduct"] == {"isGone": False}
    assert data(client, DELETE, {"id": unloved.slug})["deleteProduct"] == {"isGone": True}
    assert Product.objects.get().status == Product.Status.INACTIVE
    assert problem(ask(client, DELETE, {"id": unloved.slug})) == ("not_found", None, 404)


# --- Approval -------------------------------------------------------------------------------


def test_new_goods_wait_for_staff_and_their_seller_reads_why_not() -> None:
    vendor, category = make_vendor(), make_category()
    Vendor.objects.filter(pk=vendor.pk).update(products_need_approval=True)
    seller, staff = seller_of(vendor), curator()
    new = {"name": "Vase", "category": category.slug, "price": "5.00"}
    made = data(seller, CREATE, {"input": new})["createProduct"]["product"]
    assert (made["status"], made["declineReason"]) == ("DRAFT", "")
    assert made["submittedAt"].endswith("Z")
    pk = made["pk"]
    no = data(staff, DECLINE, {"id": pk, "reason": "No pictures."})["declineProduct"]["product"]
    assert no == {"status": "DRAFT", "submittedAt": None, "declineReason": "No pictures."}
    own = data(seller, f"{{ product(id: {pk}) {{ declineReason }} }}")["product"]
    assert own["declineReason"] == "No pictures."
    assert problem(ask(staff, APPROVE, {"id": pk})) == ("not_submitted", None, 409)
    again = data(seller, UPDATE, {"id": pk, "input": {"status": "ACTIVE"}})
    assert again["updateProduct"]["product"]["submittedAt"]
    waiting = "{ products(filter: {submitted: true}) { edges { node { pk submittedAt } } } }"
    (edge,) = data(staff, waiting)["products"]["edges"]
    assert (edge["node"]["pk"], bool(edge["node"]["submittedAt"])) == (pk, True)
    yes = data(staff, APPROVE, {"id": pk})["approveProduct"]["product"]
    assert yes == {"status": "ACTIVE", "submittedAt": None}
    refused = ask(staff, DECLINE, {"id": pk, "reason": ""})
    assert problem(refused) == ("blank", "reason", 400)


def test_others_are_not_told_what_staff_said_of_it() -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor, decline_reason="Blurred pictures.")
    query = f"{{ product(id: {product.pk}) {{ submittedAt declineReason }} }}"
    hidden = {"submittedAt": None, "declineReason": None}
    for somebody in (None, make_user(), make_seller(make_vendor())):
        assert data(client_of(somebody), query)["product"] == hidden
    for somebody in (make_seller(vendor), make_staff("support")):
        told = data(client_of(somebody), query)["product"]
        assert told["declineReason"] == "Blurred pictures."


def test_what_others_said_of_many_vendors_goods_takes_one_statement() -> None:
    for _ in range(5):
        make_product(vendor=make_vendor())
    client = seller_of(make_vendor())
    query = (
        "query($n: Int) { products(first: $n) { edges { node { declineReason submittedAt } } } }"
    )
    counts = []
    for first in (1, 5):
        with CaptureQueriesContext(connection) as captured:
            assert len(data(client, query, {"n": first})["products"]["edges"]) == first
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Variants -------------------------------------------------------------------------------


def test_a_variant_is_added_changed_and_taken_off_the_shelf() -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor, sizes=["S"], price="10.00", stock=1)
    client = seller_of(vendor)
    new = {"size": "M", "price": "8.00", "stock": 5}
    added = data(client, CREATE_VARIANT, {"id": product.slug, "input": new})["createVariant"]
    pk = added["variant"]["pk"]
    assert (added["variant"]["price"], added["variant"]["stock"]) == ("8.00", 5)
    assert (added["product"]["price"], added["product"]["stock"]) == ("8.00", 6)
    asked = {"id": pk, "input": {"price": None, "isActive": False, "sku": "OAK-M"}}
    changed = data(client, UPDATE_VARIANT, asked)["updateVariant"]
    assert changed["variant"] == {
        "pk": pk,
        "sku": "OAK-M",
        "price": "10.00",
        "stock": 5,
        "isActive": False,
        "inStock": False,
    }
    assert (changed["product"]["stock"], len(changed["product"]["variants"])) == (1, 2)
    assert data(client, DELETE_VARIANT, {"id": pk})["deleteVariant"] == {"isGone": True}
    last = Variant.objects.get()
    assert problem(ask(client, DELETE_VARIANT, {"id": last.pk})) == ("last_variant", None, 409)
    twin = ask(client, CREATE_VARIANT, {"id": product.slug, "input": {"size": "S"}})
    assert problem(twin)[0] == "duplicate_options"
    for bad in ("x", "99999999999999999999", str(last.pk + 1)):
        assert problem(ask(client, DELETE_VARIANT, {"id": bad})) == ("not_found", None, 404)


# --- Images ---------------------------------------------------------------------------------


def test_pictures_kept_elsewhere_are_added_changed_and_deleted() -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor)
    client = seller_of(vendor)
    new = {"remoteUrl": PICTURE, "altText": "Front"}
    first = data(client, ADD_IMAGE, {"id": product.slug, "input": new})["addImage"]
    assert first["image"]["isMain"] is True
    assert first["image"]["thumbnails"]["small"] == first["product"]["image"] == PICTURE
    second = data(client, ADD_IMAGE, {"id": product.slug, "input": new})["addImage"]["image"]
    assert (second["isMain"], second["position"]) == (False, 1)
    asked = {"id": second["pk"], "input": {"isMain": True, "altText": "Back"}}
    changed = data(client, UPDATE_IMAGE, asked)["updateImage"]
    assert changed["image"] == {"isMain": True, "altText": "Back", "position": 1}
    assert [one["isMain"] for one in changed["product"]["images"]] == [False, True]
    assert data(client, DELETE_IMAGE, {"id": second["pk"]})["deleteImage"] == {"done": True}
    assert ProductImage.objects.get().is_main
    bad = {"id": product.slug, "input": {"remoteUrl": "ftp://pictures.example/a.png"}}
    assert problem(ask(client, ADD_IMAGE, bad)) == ("invalid", "remoteUrl", 400)


# --- Categories -----------------------------------------------------------------------------


def test_staff_grow_move_and_prune_the_tree() -> None:
    client = curator()
    home = make_category("Home")
    new = {"name": "Lamps", "parent": global_id("Category", home.pk), "position": 3}
    made = data(client, CREATE_CATEGORY, {"input": new})["createCategory"]["category"]
    assert (made["slug"], made["position"], made["parent"]["slug"]) == ("lamps", 3, home.slug)
    assert problem(ask(client, DELETE_CATEGORY, {"id": home.slug}))[0] == "category_in_use"
    cycle = ask(client, UPDATE_CATEGORY, {"id": home.slug, "input": {"parent": "lamps"}})
    assert problem(cycle) == ("category_cycle", "parent", 409)
    moved = data(client, UPDATE_CATEGORY, {"id": "lamps", "input": {"parent": None}})
    assert moved["updateCategory"]["category"]["parent"] is None
    assert data(client, DELETE_CATEGORY, {"id": home.slug})["deleteCategory"] == {"done": True}
    assert Category.objects.get().slug == "lamps"


def test_a_category_loses_its_picture_only_when_that_is_asked_for() -> None:
    client = curator()
    category = make_category("Lamps")
    address = f"/api/store/categories/{category.slug}/"
    assert client.patch(address, {"image": upload()}, format="multipart").status_code == 200
    kept = data(client, UPDATE_CATEGORY, {"id": category.pk, "input": {"name": "Lights"}})
    assert kept["updateCategory"]["category"]["image"]
    asked = {"id": category.pk, "input": {"removeImage": True}}
    bare = data(client, UPDATE_CATEGORY, asked)["updateCategory"]["category"]
    assert (bare["image"], bare["name"]) == (None, "Lights")


# --- Who may --------------------------------------------------------------------------------

# Each row: nobody, bob (a customer), vera (who sells other things), a fulfiller, support staff.
STAFF_ONLY, SELLERS = [401, 403, 403, 403, 403], [401, 403, 404, 403, 403]
OPERATIONS: list[tuple[str, dict[str, Any], list[int]]] = [
    (
        CREATE,
        {"input": {"name": "A", "category": "{category}", "price": "1", "vendor": "{vendor}"}},
        [401, 403, 400, 403, 403],
    ),
    (UPDATE, {"id": "{product}", "input": {"name": "Mine"}}, SELLERS),
    (DELETE, {"id": "{product}"}, SELLERS),
    (CREATE_VARIANT, {"id": "{product}", "input": {"size": "XL"}}, SELLERS),
    (UPDATE_VARIANT, {"id": "{variant}", "input": {"price": "1"}}, SELLERS),
    (DELETE_VARIANT, {"id": "{variant}"}, SELLERS),
    (ADD_IMAGE, {"id": "{product}", "input": {"remoteUrl": PICTURE}}, SELLERS),
    (UPDATE_IMAGE, {"id": "{image}", "input": {"isMain": True}}, SELLERS),
    (DELETE_IMAGE, {"id": "{image}"}, SELLERS),
    (APPROVE, {"id": "{product}"}, STAFF_ONLY),
    (DECLINE, {"id": "{product}", "reason": "No."}, STAFF_ONLY),
    (CREATE_CATEGORY, {"input": {"name": "A"}}, STAFF_ONLY),
    (UPDATE_CATEGORY, {"id": "{category}", "input": {"name": "A"}}, STAFF_ONLY),
    (DELETE_CATEGORY, {"id": "{category}"}, STAFF_ONLY),
]


@pytest.mark.parametrize(("query", "variables", "expected"), OPERATIONS)
def test_only_staff_and_the_vendors_own_managers_may(
    query: str, variables: dict[str, Any], expected: list[int]
) -> None:
    vendor = make_vendor()
    product = make_product(vendor=vendor, sizes=["S", "M"])
    named = {
        "{product}": product.slug,
        "{variant}": str(product.variants.all()[0].pk),
        "{image}": str(an_image(product).pk),
        "{category}": product.category.slug,
        "{vendor}": vendor.slug,
    }
    callers = [
        client_of(),
        client_of(make_user()),
        seller_of(make_vendor()),
        seller_of(vendor, VendorMember.Role.FULFILLER),
        client_of(make_staff("support")),
    ]
    before = Product.objects.values().get()
    asked = _filled(variables, named)
    for caller, status in zip(callers, expected, strict=True):
        answer = ask(caller, query, asked)
        assert (problem(answer)[2] if "errors" in answer else 200) == status
    assert Product.objects.values().get() == before


def _filled(value: Any, named: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, named) for name, one in value.items()}
    return named.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("query", [query for query, _, _ in OPERATIONS if "$id" in query])
@pytest.mark.parametrize(
    "named", ["\0", "9" * 30, "\u2028", "", "UHJvZHVjdDo5OTk5OTk5OTk5OTk5OTk5OTk="]
)
def test_what_names_nothing_is_not_found(query: str, named: str) -> None:
    client = client_of(make_user(is_staff=True, is_superuser=True))
    VendorMember.objects.create(
        vendor=make_vendor(), user=User.objects.get(), role=VendorMember.Role.OWNER
    )
    variables: dict[str, Any] = {"id": named, "reason": "No.", "input": {}}
    if "ImageInput" in query:
        variables["input"] = {"remoteUrl": PICTURE}
    if "VariantInput" in query:
        variables["input"] = {"size": "M"}
    response = client.post("/graphql/", {"query": query, "variables": variables}, format="json")
    (error,) = body(response)["errors"]
    assert error["extensions"]["status"] in {400, 404}
    assert error["extensions"]["code"] in {"not_found", "parse_error"}

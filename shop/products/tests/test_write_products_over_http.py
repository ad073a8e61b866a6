"""POST, PUT, PATCH and DELETE /api/store/products/: who may, and what it answers."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.products.models import Product
from shop.products.tests.make import house_vendor, make_category, make_product
from shop.vendors.models import Vendor, VendorMember
from shop.vendors.tests.make import make_vendor
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/products/"


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def shop_of_vera(vera: User) -> Vendor:
    return make_vendor("Vera's shop", owner=vera)


@pytest.fixture
def staff() -> User:
    return make_staff("catalog managers")


def new(**fields: Any) -> dict[str, Any]:
    category = Product.objects.values_list("category__slug", flat=True).first()
    return {"name": "Lamp", "price": "10.00", "category": category or make_category().slug} | fields


def problems(response: Any) -> dict[str, str]:
    assert codes(response)
    return {error["attr"]: error["code"] for error in body(response)["errors"]}


def test_creates_a_product_and_answers_its_page(staff: User) -> None:
    variants = [
        {"sku": "LAMP-M", "size": "M", "stock": 2},
        {"sku": "LAMP-L", "options": {"size": "L", "color": "Blue"}, "price": "12.00"},
    ]
    response = client_of(staff).post(URL, new(variants=variants, tags=["new"]))

    assert response.status_code == 201, response.content
    created = body(response)
    assert (created["slug"], created["vendor"]["slug"]) == ("lamp", house_vendor().slug)
    assert (created["stock"], created["price"], created["tags"]) == (2, "10.00", ["new"])
    sold = [(each["sku"], each["price"], each["stock"]) for each in created["variants"]]
    assert sold == [("LAMP-M", "10.00", 2), ("LAMP-L", "12.00", 0)]
    assert body(client_of().get(f"{URL}lamp/")) == created


def test_creates_a_simple_product_with_its_stock(staff: User) -> None:
    created = body(client_of(staff).post(URL, new(stock=7, sku="LAMP")))
    assert [(each["sku"], each["stock"]) for each in created["variants"]] == [("LAMP", 7)]


def test_remembers_nothing_of_the_bodies_before(staff: User) -> None:
    client = client_of(staff)
    variants = [{"size": "M", "stock": 2}, {"size": "L"}]
    assert client.post(URL, new(variants=variants, tags=["new"])).status_code == 201
    assert client.post(URL, new(price="wrong", tags=["bad"])).status_code == 400
    created = body(client.post(URL, new()))
    assert (created["tags"], len(created["variants"]), created["stock"]) == ([], 1, 0)
    assert client.patch(f"{URL}lamp/", {"name": "Light", "tags": ["old"]}).status_code == 200
    changed = body(client.patch(f"{URL}lamp/", {"price": "8.00"}))
    assert (changed["name"], changed["tags"]) == ("Light", ["old"])
    missing = problems(client.post(URL, {}))
    assert missing == dict.fromkeys(("name", "category", "price"), "required")


def test_answers_staff_with_the_draft_that_they_made(staff: User) -> None:
    response = client_of(staff).post(URL, new(status="draft"))
    assert (response.status_code, body(response)["status"]) == (201, "draft")
    assert client_of().get(f"{URL}lamp/").status_code == 404


def test_changes_a_product_and_leaves_a_redirect(staff: User) -> None:
    make_product(slug="lamp", price="10.00")
    response = client_of(staff).patch(f"{URL}lamp/", {"price": "8.00", "slug": "lights"})
    assert response.status_code == 200, response.content
    assert (body(response)["price"], body(response)["slug"]) == ("8.00", "lights")
    assert client_of().get(f"{URL}lamp/")["Location"] == f"{URL}lights/"


def test_replaces_a_product_only_as_a_whole(staff: User) -> None:
    make_product(slug="lamp")
    response = client_of(staff).put(f"{URL}lamp/", {"name": "Light"})
    assert problems(response) == {"category": "required", "price": "required"}
    response = client_of(staff).put(f"{URL}lamp/", new(name="Light", price="9.00"))
    assert (body(response)["name"], body(response)["price"]) == ("Light", "9.00")


def test_deletes_a_product(staff: User) -> None:
    make_product(slug="lamp")
    response = client_of(staff).delete(f"{URL}lamp/")
    assert (response.status_code, response.content) == (204, b"")
    assert client_of().get(f"{URL}lamp/").status_code == 404
    assert client_of(staff).delete(f"{URL}lamp/").status_code == 404


def test_gives_a_sellers_product_to_her_vendor(vera: User, shop_of_vera: Vendor) -> None:
    created = body(client_of(vera).post(URL, new()))
    assert created["vendor"]["id"] == shop_of_vera.pk
    changed = client_of(vera).patch(f"{URL}lamp/", {"name": "Light", "stock": 3})
    assert (body(changed)["name"], body(changed)["stock"]) == ("Light", 3)
    assert client_of(vera).delete(f"{URL}lamp/").status_code == 204


def test_asks_who_sells_for_several_vendors_which_one(vera: User, shop_of_vera: Vendor) -> None:
    second = make_vendor("Second", owner=vera)
    assert problems(client_of(vera).post(URL, new())) == {"vendor": "required"}
    created = body(client_of(vera).post(URL, new(vendor="second")))
    assert created["vendor"]["id"] == second.pk


def test_refuses_to_sell_for_another_vendor(vera: User, shop_of_vera: Vendor) -> None:
    other = make_vendor("Other")
    for vendor in ("other", other.pk, "nobody", 2**63, house_vendor().slug):
        response = client_of(vera).post(URL, new(vendor=vendor))
        assert response.status_code == 400, vendor
        assert problems(response) == {"vendor": "does_not_exist"}
    make_product(slug="hers", vendor=shop_of_vera)
    response = client_of(vera).patch(f"{URL}hers/", {"vendor": "other"})
    assert problems(response) == {"vendor": "does_not_exist"}
    assert set(Product.objects.values_list("vendor", flat=True)) == {shop_of_vera.pk}


def test_lets_staff_write_for_any_vendor(staff: User, shop_of_vera: Vendor) -> None:
    created = body(client_of(staff).post(URL, new(vendor=shop_of_vera.slug)))
    assert created["vendor"]["id"] == shop_of_vera.pk
    moved = client_of(staff).patch(f"{URL}lamp/", {"vendor": house_vendor().slug})
    assert body(moved)["vendor"]["id"] == house_vendor().pk


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_hides_the_goods_of_others_from_sellers(
    method: str, vera: User, shop_of_vera: Vendor
) -> None:
    product = make_product("Rug", vendor=make_vendor())
    response = getattr(client_of(vera), method)(f"{URL}{product.slug}/", {"name": "Mine"})
    assert (response.status_code, codes(response)) == (404, ["not_found"])
    product.refresh_from_db()
    assert product.name == "Rug"


def everybody_else() -> dict[str, tuple[User | None, int]]:
    """People who may not write the house's goods, nor add any, with the status they get."""
    suspended, fulfiller = make_user(), make_user()
    make_vendor(owner=suspended, status=Vendor.Status.SUSPENDED)
    VendorMember.objects.create(
        vendor=make_vendor(), user=fulfiller, role=VendorMember.Role.FULFILLER
    )
    return {
        "nobody": (None, 401),
        "a customer": (make_user(), 403),
        "support": (make_staff("support"), 403),
        "a suspended vendor": (suspended, 403),
        "a fulfiller": (fulfiller, 403),
    }


def test_refuses_everybody_else() -> None:
    product = make_product("Rug", slug="rug")
    before = Product.objects.values().get()
    for who, (user, status) in everybody_else().items():
        client = client_of(user)
        for response in (
            client.post(URL, {"name": "Lamp", "price": "1", "category": product.category.slug}),
            client.put(f"{URL}rug/", {"name": "Mine"}),
            client.patch(f"{URL}rug/", {"name": "Mine"}),
            client.delete(f"{URL}rug/"),
        ):
            assert response.status_code == status, who
            assert codes(response)
    assert Product.objects.values().get() == before


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": 5},
        {"name": None},
        {"name": "x" * 201},
        {"name": "a\0b"},
        {"price": "-1"},
        {"price": "NaN"},
        {"price": 10**12},
        {"price": "1.001"},
        {"price": True},
        {"category": "none"},
        {"category": 2**63},
        {"category": []},
        {"category": None},
        {"status": "sold"},
        {"stock": -1},
        {"stock": "1e3"},
        {"stock": 2**63},
        {"tags": "new"},
        {"tags": [1]},
        {"slug": "123"},
        {"slug": "a b"},
        {"vendor": {}},
        {"description": 1},
    ],
)
def test_refuses_a_bad_body_and_changes_nothing(bad: dict[str, Any], staff: User) -> None:
    make_product("Rug", slug="rug")
    before = Product.objects.values().get()
    for response in (
        client_of(staff).post(URL, new(**bad)),
        client_of(staff).patch(f"{URL}rug/", bad),
    ):
        assert response.status_code == 400, response.content
        assert codes(response)
    assert Product.objects.values().get() == before


def test_names_the_bad_line_of_the_variants(staff: User) -> None:
    variants = [{"size": "M"}, {"size": "L", "price": "x"}]
    assert problems(client_of(staff).post(URL, new(variants=variants))) == {
        "variants.1.price": "invalid"
    }
    assert not Product.objects.exists()


@pytest.mark.parametrize("raw", ["null", "[]", '"x"', "{", "", '{"name": "a", "name": "b"}'])
def test_refuses_bodies_that_are_no_object(raw: str, staff: User) -> None:
    response = client_of(staff).post(URL, raw, content_type="application/json")
    assert response.status_code == 400
    assert codes(response)


def test_takes_json_only(staff: User) -> None:
    response = client_of(staff).post(URL, {"name": "Lamp"}, format="multipart")
    assert (response.status_code, codes(response)) == (415, ["unsupported_media_type"])


def test_refuses_a_slug_or_sku_that_is_taken(staff: User) -> None:
    taken = make_product(slug="rug").variants.get().sku
    for fields, code in (({"slug": "rug"}, "slug_taken"), ({"sku": taken}, "sku_taken")):
        response = client_of(staff).post(URL, new(**fields))
        assert (response.status_code, codes(response)) == (409, [code])
    assert Product.objects.count() == 1


def test_ignores_what_only_the_shop_decides(staff: User) -> None:
    fields = {"id": 77, "average_rating": "5.00", "review_count": 9, "currency": "EUR"}
    created = body(client_of(staff).post(URL, new(**fields)))
    assert created["id"] != 77
    assert (created["average_rating"], created["review_count"]) == (0, 0)
    assert created["currency"] == "USD"


def test_knows_no_other_method(staff: User) -> None:
    response = client_of(staff).patch(URL, {})
    assert (response.status_code, codes(response)) == (405, ["method_not_allowed"])

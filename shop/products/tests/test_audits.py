import pytest

from shop.core.tests.plant import plant, told
from shop.products import audits, services
from shop.products.tests.make import make_category, make_product

pytestmark = pytest.mark.django_db


def test_finds_a_product_that_nobody_can_buy() -> None:
    product = make_product("Coat", sizes=["S"])
    assert told(audits.variants) == []
    plant("DELETE FROM inventory_stockmovement", "DELETE FROM inventory_stocklevel")
    plant("DELETE FROM products_variant")
    assert told(audits.variants) == [f"Product {product.pk} (coat): it has no variant"]


def test_finds_a_price_that_is_not_the_lowest() -> None:
    product = make_product("Coat", sizes=["S", "M"], price="10.00")
    cheap, _ = product.variants.all()
    services.update_variant(variant=cheap, changes={"price": 8})
    assert told(audits.prices) == []
    plant("UPDATE products_variant SET is_active = FALSE WHERE own_price = 8")
    assert told(audits.prices) == [
        f"Product {product.pk} (coat): price is 8.000, the lowest of its active variants is 10.000"
    ]


def test_finds_a_product_whose_main_image_is_gone() -> None:
    product = make_product("Coat")
    for name in ("front", "back"):
        services.add_image(product=product, remote_url=f"https://cdn.example.com/{name}.jpg")
    assert told(audits.main_images) == []
    plant("UPDATE products_productimage SET is_main = FALSE")
    assert told(audits.main_images) == [
        f"Product {product.pk} (coat): of its 2 images 0 are the main one"
    ]
    plant(
        "DROP INDEX product_one_main_image",
        "UPDATE products_productimage SET is_main = TRUE",
    )
    assert told(audits.main_images) == [
        f"Product {product.pk} (coat): of its 2 images 2 are the main one"
    ]


def test_finds_a_circle_of_categories_and_what_hangs_from_it() -> None:
    top = make_category("Clothes")
    coats = make_category("Coats", parent=top)
    parkas = make_category("Parkas", parent=coats)
    red = make_category("Red parkas", parent=parkas)
    assert told(audits.category_tree) == []
    plant(f"UPDATE products_category SET parent_id = {parkas.pk} WHERE id = {coats.pk}")
    why = "from its parent {} no way leads to the top of the tree"
    assert told(audits.category_tree) == [
        f"Category {coats.pk} (coats): {why.format(parkas.pk)}",
        f"Category {parkas.pk} (parkas): {why.format(coats.pk)}",
        f"Category {red.pk} (red-parkas): {why.format(parkas.pk)}",
    ]

"""services.update_product."""

from decimal import Decimal
from typing import Any

import pytest

from shop.accounts.tests.make import make_user
from shop.core.errors import NotFound
from shop.core.models import OutboxEvent
from shop.inventory.models import StockMovement
from shop.products import services
from shop.products.errors import HasVariants, SkuTaken, SlugTaken
from shop.products.models import Product, SlugRedirect, Variant
from shop.products.tests.make import make_category, make_product

pytestmark = pytest.mark.django_db


def update(product: Product, **changes: Any) -> Product:
    services.update_product(product=product, changes=changes)
    return Product.objects.get(pk=product.pk)


def test_changes_what_is_named_and_nothing_else() -> None:
    product = make_product(description="old", meta_title="kept")
    category = make_category()
    changed = update(
        product, name="New", category=category, description="<i>x</i><script>", tags=["a"]
    )
    assert (changed.name, changed.category, changed.tags) == ("New", category, ["a"])
    assert (changed.description, changed.meta_title) == ("<i>x</i>", "kept")
    assert changed.slug == product.slug
    assert changed.updated_at > product.updated_at


def test_writes_the_row_as_it_is_now_not_the_instance_that_was_given() -> None:
    stale = make_product()
    update(Product.objects.get(pk=stale.pk), name="By somebody else")
    assert update(stale, meta_title="Mine").name == "By somebody else"


def test_returns_the_fresh_price() -> None:
    product = make_product(sizes=["S", "M"], price="10.00")
    services.update_variant(variant=product.variants.all()[0], changes={"price": Decimal(4)})
    answer = services.update_product(product=product, changes={"price": Decimal(3)})
    assert (answer.base_price, answer.price) == (Decimal(3), Decimal(3))
    assert update(product, price=Decimal(50)).price == Decimal(4)


def test_leaves_a_redirect_at_the_old_slug() -> None:
    product = make_product(slug="old")
    update(product, slug="newer")
    update(product, slug="newest")
    assert set(SlugRedirect.objects.values_list("slug", "product")) == {
        ("old", product.pk),
        ("newer", product.pk),
    }


def test_coming_back_to_an_old_slug_frees_its_redirect() -> None:
    product = make_product(slug="old")
    update(product, slug="newer")
    assert update(product, slug="old").slug == "old"
    assert list(SlugRedirect.objects.values_list("slug", flat=True)) == ["newer"]


def test_takes_over_the_old_slug_of_another_product() -> None:
    moved, other = make_product(slug="old"), make_product()
    update(moved, slug="newer")
    update(other, slug="old")
    assert SlugRedirect.objects.get().product == other


def test_leaves_the_redirects_of_categories_alone() -> None:
    category = make_category("Old")
    services.update_category(category=category, changes={"slug": "newer"})
    update(make_product(), slug="old")
    assert SlugRedirect.objects.get(slug="old").category == category


def test_refuses_a_slug_that_is_taken_and_changes_nothing() -> None:
    make_product(slug="taken")
    product = make_product("Mine")
    with pytest.raises(SlugTaken):
        update(product, slug="taken", name="Other")
    product.refresh_from_db()
    assert product.name == "Mine"
    assert not SlugRedirect.objects.exists()


def test_sets_stock_and_sku_of_the_only_variant() -> None:
    product, staff = make_product(stock=10), make_user()
    services.update_product(product=product, changes={"stock": 4, "sku": "NEW"}, actor=staff)
    variant = product.variants.get()
    assert (variant.sku, variant.stock_levels.get().available) == ("NEW", 4)
    movement = StockMovement.objects.latest("id")
    assert (movement.quantity, movement.actor) == (-6, staff)
    event = OutboxEvent.objects.get(name="product.updated")
    assert event.payload == {"product_id": product.pk, "actor_id": staff.pk}


@pytest.mark.parametrize("changes", [{"stock": 4}, {"sku": "NEW"}])
def test_refuses_stock_and_sku_of_a_product_with_several_variants(changes: dict[str, Any]) -> None:
    with pytest.raises(HasVariants):
        update(make_product(sizes=["S", "M"]), name="Other", **changes)
    assert not Product.objects.filter(name="Other").exists()


def test_refuses_a_sku_that_is_taken() -> None:
    taken = Variant.objects.get(product=make_product()).sku
    with pytest.raises(SkuTaken):
        update(make_product(), sku=taken)


def test_refuses_a_product_that_is_gone() -> None:
    product = make_product()
    Product.objects.all().delete()
    with pytest.raises(NotFound):
        update(product, name="Ghost")

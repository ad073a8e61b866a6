"""services.create_category, update_category, delete_category."""

import pytest
from django.core.files.storage import default_storage
from pytest_django import DjangoCaptureOnCommitCallbacks

from shop.core.errors import NotFound
from shop.products import services
from shop.products.errors import CategoryCycle, CategoryInUse, CategoryIsGone, SlugTaken
from shop.products.models import Category, Product, SlugRedirect
from shop.products.tests.make import make_category, make_product
from shop.products.tests.pictures import upload

pytestmark = pytest.mark.django_db


def move(category: Category, parent: Category | None) -> Category:
    return services.update_category(category=category, changes={"parent": parent})


def test_creates_below_its_parent_with_a_slug_of_its_own() -> None:
    home = make_category("Home")
    first = make_category("Tables", parent=home)
    second = make_category("Tables")
    assert (first.slug, second.slug, first.parent) == ("tables", "tables-2", home)


def test_refuses_a_slug_that_is_taken() -> None:
    make_category("Home")
    with pytest.raises(SlugTaken):
        services.create_category(name="Other", slug="home")


def test_refuses_a_parent_that_was_deleted_meanwhile() -> None:
    parent = make_category()
    Category.objects.all().delete()
    with pytest.raises(CategoryIsGone):
        make_category(parent=parent)


def test_moves_with_everything_below() -> None:
    home, garden = make_category("Home"), make_category("Garden")
    tables = make_category("Tables", parent=home)
    oak = make_category("Oak", parent=tables)
    assert move(tables, garden).parent == garden
    oak.refresh_from_db()
    assert oak.parent == tables
    assert move(tables, None).parent is None


def test_refuses_a_place_below_itself() -> None:
    home = make_category()
    tables = make_category(parent=home)
    oak = make_category(parent=tables)
    for below in (home, tables, oak):
        with pytest.raises(CategoryCycle):
            move(home, below)
    home.refresh_from_db()
    assert home.parent is None


def test_a_changed_slug_leaves_a_redirect() -> None:
    category = make_category("Home")
    services.update_category(category=category, changes={"slug": "house", "name": "House"})
    redirect = SlugRedirect.objects.get()
    assert (redirect.slug, redirect.category, redirect.product) == ("home", category, None)


def test_deletes_an_empty_one() -> None:
    services.delete_category(category=make_category())
    assert not Category.objects.exists()


def test_keeps_one_with_subcategories() -> None:
    home = make_category()
    make_category(parent=home)
    with pytest.raises(CategoryInUse):
        services.delete_category(category=home)


def test_keeps_one_with_products_whatever_their_status() -> None:
    category = make_category()
    make_product(category=category, status=Product.Status.DRAFT)
    with pytest.raises(CategoryInUse):
        services.delete_category(category=category)


def test_is_not_deleted_twice() -> None:
    category = make_category()
    stale = Category.objects.get(pk=category.pk)
    services.delete_category(category=category)
    with pytest.raises(NotFound):
        services.delete_category(category=stale)


def test_an_image_is_replaced_and_removed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    category = services.create_category(name="Home", image=upload())
    first = category.image.name or ""
    with django_capture_on_commit_callbacks(execute=True):
        category = services.update_category(category=category, changes={"image": upload("JPEG")})
    second = category.image.name or ""
    assert not default_storage.exists(first)
    assert default_storage.exists(second)
    with django_capture_on_commit_callbacks(execute=True):
        category = services.update_category(category=category, changes={"image": None})
    assert not category.image
    assert not default_storage.exists(second)

"""manage.py import_products with the files that shops really have, where this machine has them."""

import subprocess
import sys
from pathlib import Path

import pytest

from shop.inventory.models import StockLevel
from shop.products.models import Category, Product, Variant
from shop.products.tests.imports import SHARED, counts, run_import, without

pytestmark = pytest.mark.django_db


@without("data/shopify")
def test_loads_both_shopify_exports_completely() -> None:
    apparel = SHARED / "data/shopify/apparel.csv"
    home = SHARED / "data/shopify/home-and-garden.csv"

    assert run_import(apparel).counts == counts(created=20)
    assert run_import(home).counts == counts(created=20)

    assert (Product.objects.count(), Variant.objects.count()) == (40, 43)
    assert set(Category.objects.values_list("name", flat=True)) == {
        *("Men", "Women", "Indoor", "Outdoor"),
    }
    top = Product.objects.get(slug="classic-varsity-top")
    assert [v.size for v in top.variants.all()] == ["Small", "Medium", "Large"]
    assert top.variants.filter(sku="classic-varsity-top.small").exists()
    pot = Product.objects.get(slug="clay-plant-pot")
    assert (str(pot.price), pot.images.count(), pot.tags) == ("9.99", 2, ["Pot", "Plants"])
    lamp = Product.objects.get(slug="copper-light")
    assert (str(lamp.price), str(lamp.compare_at_price)) == ("59.99", "75.00")
    assert run_import(apparel).counts == counts(skipped=20)
    assert run_import(home).counts == counts(skipped=20)


@without("bench/catalogue.py")
def test_loads_the_generators_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.jsonl"
    with path.open("wb") as file:
        command = [sys.executable, str(SHARED / "bench/catalogue.py"), "600"]
        subprocess.run(command, stdout=file, check=True)

    assert run_import(path).counts == counts(created=600)

    assert Category.objects.filter(parent=None).count() == 10
    assert Category.objects.filter(parent__parent=None).exclude(parent=None).count() == 40
    assert Category.objects.filter(parent__parent__parent=None).count() == 210
    assert Variant.objects.count() == StockLevel.objects.count() > 1200
    assert StockLevel.objects.filter(on_hand__lt=1000).count() == 0
    assert run_import(path).counts == counts(skipped=600)

"""Goods in answers about other things, and what can be added to lists of them."""

from shop.core.shaping import Expansion
from shop.products import answers, category_answers
from shop.products.outputs import CategoryOutput, ImageOutput, ProductOutput, VariantOutput
from shop.vendors.expansions import VENDOR

CATEGORY = Expansion(category_answers.by_id, CategoryOutput)
PRODUCT = Expansion(answers.products_by_id, ProductOutput)
OF_PRODUCTS = {"category": CATEGORY, "vendor": VENDOR}
OF_PRODUCT_LISTS = OF_PRODUCTS | {
    "variants": Expansion(answers.variants_by_product, VariantOutput, found_by="id"),
    "images": Expansion(answers.images_by_product, ImageOutput, found_by="id"),
}

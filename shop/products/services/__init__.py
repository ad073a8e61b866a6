"""Everything that changes the catalogue.

Locks are taken in one order: category tree, product, variants, images, stock. A
service looks at the row as it is after the lock, not at the instance that it was given,
and returns that fresh row.
"""

from shop.products.services.approval import approve_product, decline_product
from shop.products.services.bulk import Archive, Change, Create, Update, change_products
from shop.products.services.categories import create_category, delete_category, update_category
from shop.products.services.creating import NewProduct, create_product
from shop.products.services.deleting import delete_product
from shop.products.services.figures import refresh_price, set_rating
from shop.products.services.images import add_image, delete_image, update_image
from shop.products.services.locks import hold_category, hold_goods
from shop.products.services.updating import update_product
from shop.products.services.variants import (
    NewVariant,
    create_variant,
    delete_variant,
    update_variant,
)

__all__ = [
    "Archive",
    "Change",
    "Create",
    "NewProduct",
    "NewVariant",
    "Update",
    "add_image",
    "approve_product",
    "change_products",
    "create_category",
    "create_product",
    "create_variant",
    "decline_product",
    "delete_category",
    "delete_image",
    "delete_product",
    "delete_variant",
    "hold_category",
    "hold_goods",
    "refresh_price",
    "set_rating",
    "update_category",
    "update_image",
    "update_product",
    "update_variant",
]

"""Changes of a product's own fields."""

from collections.abc import Mapping
from typing import Any

from shop.accounts.models import User
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.products.errors import HasVariants
from shop.products.events import ProductUpdated
from shop.products.html import sanitize
from shop.products.models import Product, Variant
from shop.products.services.approval import becomes_public, is_held_back, status_columns
from shop.products.services.conflicts import naming_conflicts
from shop.products.services.figures import refresh_price
from shop.products.services.locks import keep_category, lock_product
from shop.products.services.slugs import redirect_slug, refuse_reserved
from shop.products.services.variants import update_variant

_OF_PRODUCT = {
    "name": "name",
    "slug": "slug",
    "category": "category",
    "vendor": "vendor",
    "description": "description",
    "status": "status",
    "price": "base_price",
    "compare_at_price": "compare_at_price",
    "tags": "tags",
    "meta_title": "meta_title",
    "meta_description": "meta_description",
}
_OF_VARIANT = {"sku", "stock"}


@retry_on_conflict
@atomic
def update_product(
    *, product: Product, changes: Mapping[str, Any], actor: User | None = None
) -> Product:
    """Set the named fields, as `create_product` takes them; variants have services of their own.

    `sku` and `stock` go to the variant of a product that has a single active one, else
    `HasVariants`. A changed slug leaves a redirect. What `actor` may not put on sale becomes
    a draft that waits for approval. Raises `SlugTaken`, `SkuTaken`, `CategoryIsGone`.
    """
    of_variant = {name: changes[name] for name in _OF_VARIANT & changes.keys()}
    values = {
        _OF_PRODUCT[name]: value for name, value in changes.items() if name not in _OF_VARIANT
    }
    if "description" in values:
        values["description"] = sanitize(values["description"])
    refuse_reserved(changes.get("slug"))
    keep_category(values.get("category"))
    product = lock_product(product.pk)
    old_slug = product.slug
    if values.keys() & {"status", "vendor"}:
        values |= _status_columns(product, values, actor)
    for field, value in values.items():
        setattr(product, field, value)
    with naming_conflicts():
        product.save(update_fields=[*values, "updated_at"])
    if product.slug != old_slug:
        redirect_slug(row=product, old=old_slug)
    if of_variant:
        update_variant(variant=_only_variant(product, of_variant), changes=of_variant, actor=actor)
    else:
        if "base_price" in values:
            refresh_price(product_ids=[product.pk])
        publish(ProductUpdated(product_id=product.pk, actor_id=actor.pk if actor else None))
    # Django reads them again when somebody asks.
    del product.price, product.updated_at
    return product


def _status_columns(
    product: Product, values: Mapping[str, Any], actor: User | None
) -> dict[str, Any]:
    wanted, vendor = values.get("status", product.status), values.get("vendor")
    before = None if vendor is not None and vendor.pk != product.vendor_id else product
    # Only then does it matter whose it is.
    is_held = becomes_public(wanted=wanted, before=before) and is_held_back(
        vendor=vendor or product.vendor, actor=actor
    )
    return status_columns(wanted=wanted, before=before, is_held=is_held)


def _only_variant(product: Product, of_variant: Mapping[str, Any]) -> Variant:
    active = Variant.objects.filter(product=product, is_active=True)[:2]
    if len(active) != 1:
        raise HasVariants(attr=min(of_variant))
    return active[0]

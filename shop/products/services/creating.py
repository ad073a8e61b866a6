"""New products."""

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings

from shop.accounts.models import User
from shop.core.events import publish
from shop.core.transactions import atomic
from shop.products.errors import HasVariants
from shop.products.events import ProductCreated
from shop.products.html import sanitize
from shop.products.models import Category, Product
from shop.products.services.approval import is_held_back, status_columns
from shop.products.services.locks import keep_category
from shop.products.services.slugs import insert_with_slug
from shop.products.services.variants import NewVariant, insert_variants
from shop.vendors.models import Vendor


@atomic
def create_product(
    *,
    vendor: Vendor,
    name: str,
    category: Category,
    price: Decimal,
    description: str = "",
    slug: str | None = None,
    status: str = Product.Status.ACTIVE,
    compare_at_price: Decimal | None = None,
    sku: str | None = None,
    stock: int | None = None,
    tags: Sequence[str] = (),
    meta_title: str = "",
    meta_description: str = "",
    variants: Sequence[NewVariant] = (),
    actor: User | None = None,
) -> Product:
    """A product with its variants and their stock.

    Without `variants` it gets one, which takes `sku` and `stock`; with them these two
    are refused (`HasVariants`). `description` is HTML and sanitized. What `actor` may not
    put on sale becomes a draft that waits for approval. Raises `SlugTaken`, `SkuTaken`,
    `DuplicateOptions`, `OptionsNotAcceptable`, `CategoryIsGone`.
    """
    if variants and not (sku is None and stock is None):
        raise HasVariants(attr="stock" if sku is None else "sku")
    variants = variants or [NewVariant(options={}, sku=sku, stock=stock or 0)]
    keep_category(category)
    is_held = is_held_back(vendor=vendor, actor=actor)
    product = Product(
        vendor=vendor,
        category=category,
        name=name,
        description=sanitize(description),
        **status_columns(wanted=status, before=None, is_held=is_held),
        base_price=price,
        price=min(price if new.price is None else new.price for new in variants),
        compare_at_price=compare_at_price,
        currency=settings.SHOP_CURRENCY,
        tags=list(tags),
        meta_title=meta_title,
        meta_description=meta_description,
    )
    insert_with_slug(row=product, slug=slug)
    insert_variants(product=product, variants=variants, first_position=0, actor=actor)
    publish(ProductCreated(product_id=product.pk, actor_id=actor.pk if actor else None))
    return product

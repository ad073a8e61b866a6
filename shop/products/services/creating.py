"""New products."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from shop.products.services.slugs import insert_with_slug, refuse_reserved
from shop.products.services.variants import NewVariant, insert_variants
from shop.vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class NewProduct:
    """A product to be, as `create_product` takes it."""

    vendor: Vendor
    name: str
    category: Category
    price: Decimal
    description: str = ""
    slug: str | None = None
    status: str = Product.Status.ACTIVE
    compare_at_price: Decimal | None = None
    sku: str | None = None
    stock: int | None = None
    tags: Sequence[str] = ()
    meta_title: str = ""
    meta_description: str = ""
    variants: Sequence[NewVariant] = ()

    @property
    def all_variants(self) -> Sequence[NewVariant]:
        """At least one, which takes `sku` and `stock`. Raises `HasVariants`."""
        if not self.variants:
            return [NewVariant(options={}, sku=self.sku, stock=self.stock or 0)]
        if not (self.sku is None and self.stock is None):
            raise HasVariants(attr="stock" if self.sku is None else "sku")
        return self.variants


def unsaved_product(*, new: NewProduct, actor: User | None) -> Product:
    """The row for `new`, without its slug. Raises `HasVariants`."""
    is_held = is_held_back(vendor=new.vendor, actor=actor)
    return Product(
        vendor=new.vendor,
        category=new.category,
        name=new.name,
        description=sanitize(new.description),
        **status_columns(wanted=new.status, before=None, is_held=is_held),
        base_price=new.price,
        price=min(new.price if one.price is None else one.price for one in new.all_variants),
        compare_at_price=new.compare_at_price,
        currency=settings.SHOP_CURRENCY,
        tags=list(new.tags),
        meta_title=new.meta_title,
        meta_description=new.meta_description,
    )


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
    new = NewProduct(
        vendor=vendor,
        name=name,
        category=category,
        price=price,
        description=description,
        slug=slug,
        status=status,
        compare_at_price=compare_at_price,
        sku=sku,
        stock=stock,
        tags=tags,
        meta_title=meta_title,
        meta_description=meta_description,
        variants=variants,
    )
    refuse_reserved(slug)
    product = unsaved_product(new=new, actor=actor)
    keep_category(category)
    insert_with_slug(row=product, slug=slug)
    insert_variants(product=product, variants=new.all_variants, first_position=0, actor=actor)
    publish(ProductCreated(product_id=product.pk, actor_id=actor.pk if actor else None))
    return product

"""Many new products at once: a few statements for all that can be made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.db import transaction

from shop.accounts.models import User
from shop.core.bulk import Fates
from shop.core.errors import DomainError
from shop.core.events import publish
from shop.core.transactions import atomic
from shop.products.errors import CategoryIsGone, SkuTaken, SlugTaken
from shop.products.events import ProductCreated
from shop.products.models import Product, SlugRedirect, Variant
from shop.products.services.conflicts import naming_conflicts
from shop.products.services.creating import NewProduct, create_product, unsaved_product
from shop.products.services.locks import keep_categories
from shop.products.services.slugs import give_slugs, refuse_reserved
from shop.products.services.variants import save_variants, unsaved_variants


@dataclass(frozen=True)
class _Made:
    """The rows of a product that are not in the database yet."""

    new: NewProduct
    product: Product
    variants: list[Variant]

    def attr_of_sku(self, variant: Variant) -> str:
        return f"variants.{variant.position}.sku" if self.new.variants else "sku"


@atomic
def create_products(*, new: Mapping[int, NewProduct], actor: User | None = None) -> Fates[Product]:
    """As `create_product` for each; answers the product, or why there is none.

    What is refused undoes nothing of the others. The statements do not grow with the products.
    """
    fates: Fates[Product] = {}
    made: dict[int, _Made] = {}
    for index, one in new.items():
        try:
            made[index] = _made(one, actor)
        except DomainError as refusal:
            fates[index] = refusal
    fates |= _without_category(made)
    fates |= _taken({index: one for index, one in made.items() if index not in fates})
    left = {index: one for index, one in made.items() if index not in fates}
    try:
        with transaction.atomic():
            _insert(list(left.values()), actor)
    except DomainError:
        # Somebody took a slug or a sku between the look and the insert.
        return fates | {index: _created(one.new, actor) for index, one in left.items()}
    return fates | {index: one.product for index, one in left.items()}


def _made(new: NewProduct, actor: User | None) -> _Made:
    refuse_reserved(new.slug)
    product = unsaved_product(new=new, actor=actor)
    variants = unsaved_variants(product=product, variants=new.all_variants, first_position=0)
    return _Made(new, product, variants)


def _without_category(made: Mapping[int, _Made]) -> dict[int, DomainError]:
    kept = keep_categories({one.product.category_id for one in made.values()})
    return {
        index: CategoryIsGone(attr="category")
        for index, one in made.items()
        if one.product.category_id not in kept
    }


def _taken(made: Mapping[int, _Made]) -> dict[int, DomainError]:
    """Those whose slug or sku another product has, or an earlier one of these."""
    slugs = _slugs_in_use(made)
    wanted = [variant.sku for one in made.values() for variant in one.variants]
    skus = set(Variant.objects.filter(sku__in=wanted).values_list("sku", flat=True))
    refused: dict[int, DomainError] = {}
    for index, one in made.items():
        twin = next((variant for variant in one.variants if variant.sku in skus), None)
        if one.new.slug in slugs:
            refused[index] = SlugTaken(attr="slug")
        elif twin is not None:
            refused[index] = SkuTaken(attr=one.attr_of_sku(twin))
        else:
            skus |= {variant.sku for variant in one.variants}
            slugs |= {one.new.slug} if one.new.slug else set()
    return refused


def _slugs_in_use(made: Mapping[int, _Made]) -> set[str]:
    """Of products that are there; an old address of one may become another's."""
    wanted = [one.new.slug for one in made.values() if one.new.slug]
    return set(Product.objects.filter(slug__in=wanted).values_list("slug", flat=True))


def _insert(made: list[_Made], actor: User | None) -> None:
    if not made:
        return
    named = [one for one in made if one.new.slug]
    for one in named:
        one.product.slug = str(one.new.slug)
    others = [one.product for one in made if not one.new.slug]
    give_slugs(rows=others, besides=[one.product.slug for one in named])
    with naming_conflicts():
        Product.objects.bulk_create([one.product for one in made])
    old = SlugRedirect.objects.filter(product__isnull=False)
    old.filter(slug__in=[one.product.slug for one in named]).delete()
    save_variants(
        rows=[variant for one in made for variant in one.variants],
        stock=[variant.stock for one in made for variant in one.new.all_variants],
        actor=actor,
    )
    by = actor.pk if actor else None
    publish(*(ProductCreated(product_id=one.product.pk, actor_id=by) for one in made))


def _created(new: NewProduct, actor: User | None) -> Product | DomainError:
    given = {field.name: getattr(new, field.name) for field in fields(new)}
    try:
        with transaction.atomic():
            return create_product(actor=actor, **given)
    except DomainError as refusal:
        return refusal

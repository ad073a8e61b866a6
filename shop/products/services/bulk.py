"""Up to 1,000 changes of the catalogue in one request, each with a fate of its own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, ClassVar

from shop.accounts.models import User
from shop.core.bulk import Fates, change_in_chunks
from shop.core.errors import DomainError, NotFound
from shop.inventory import services as inventory
from shop.products.models import Product, Variant
from shop.products.services.creating import NewProduct
from shop.products.services.creating_many import create_products
from shop.products.services.deleting import archive_products
from shop.products.services.locks import hold_products, keep_categories
from shop.products.services.updating import update_product


@dataclass(frozen=True)
class Create:
    done: ClassVar[str] = "created"
    new: NewProduct


@dataclass(frozen=True)
class Update:
    """`changes` as `update_product` takes them."""

    done: ClassVar[str] = "updated"
    product: Product
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Archive:
    done: ClassVar[str] = "archived"
    product: Product


Change = Create | Update | Archive
_Changes = Mapping[int, Change]


def change_products(
    *, changes: Mapping[int, Change], all_or_nothing: bool = False, actor: User | None = None
) -> Fates[Product]:
    """Do them in their order; answers the product that each is about, or why it was refused.

    Each is all or nothing; with `all_or_nothing` all of them together are, and refusals are
    raised as one. Else 100 share a transaction.
    """
    return change_in_chunks(
        changes=changes, apply=partial(_apply, actor=actor), all_or_nothing=all_or_nothing
    )


def _apply(changes: _Changes, *, actor: User | None) -> Fates[Product]:
    _hold(changes.values())
    fates: Fates[Product] = {}
    for kind, run in groupby(changes.items(), key=lambda pair: type(pair[1])):
        fates |= _DO[kind](dict(run), actor)
    return fates


def _hold(changes: Iterable[Change]) -> None:
    """Lock all at once, in the order of everybody: those of a request come in any order."""
    changes = list(changes)
    updates = [change for change in changes if isinstance(change, Update)]
    filed = [change.new.category for change in changes if isinstance(change, Create)]
    filed += [change.changes["category"] for change in updates if "category" in change.changes]
    keep_categories({category.pk for category in filed})
    hold_products({change.product.pk for change in changes if not isinstance(change, Create)})
    stocked = {change.product.pk for change in updates if "stock" in change.changes}
    if stocked:
        variants = Variant.objects.filter(product__in=stocked).values_list("pk", flat=True)
        inventory.lock_levels(list(variants))


def _create(changes: Mapping[int, Any], actor: User | None) -> Fates[Product]:
    new = {index: change.new for index, change in changes.items()}
    return create_products(new=new, actor=actor)


def _update(changes: Mapping[int, Any], actor: User | None) -> Fates[Product]:
    fates: Fates[Product] = {}
    for index, change in changes.items():
        try:
            # Its savepoint is undone with it.
            fates[index] = update_product(
                product=change.product, changes=change.changes, actor=actor
            )
        except DomainError as refusal:
            fates[index] = refusal
    return fates


def _archive(changes: Mapping[int, Any], actor: User | None) -> Fates[Product]:
    found = archive_products(
        product_ids=[change.product.pk for change in changes.values()], actor=actor
    )
    return {
        index: change.product if change.product.pk in found else NotFound(attr="product")
        for index, change in changes.items()
    }


_Do = Callable[[Mapping[int, Any], User | None], Fates[Product]]
_DO: Mapping[type[Change], _Do] = {Create: _create, Update: _update, Archive: _archive}

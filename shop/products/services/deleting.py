"""The end of a product."""

from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.utils import timezone

from shop.accounts.models import User
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.inventory import services as inventory
from shop.products import images, rows
from shop.products.events import ProductArchived, ProductDeleted
from shop.products.models import Product
from shop.products.services.conflicts import delete_unless_protected
from shop.products.services.locks import hold_product, hold_products


@retry_on_conflict
@atomic
def delete_product(*, product: Product, actor: User | None = None) -> bool:
    """True when it is gone; False when it was ever ordered and is therefore archived.

    Archived means `inactive`: whoever deletes wants it out of the public's sight, and the
    page of a `discontinued` product would still answer. Orders keep their own copy of
    what they show, and go on naming the product.
    """
    product_id = product.pk
    hold_product(product_id)
    vendor_id = product.vendor_id
    actor_id = actor.pk if actor else None
    # Orders that are being placed hold these: afterwards it is certain whether it was ordered.
    inventory.lock_levels([variant["id"] for variant in rows.variants_of(product_id)])
    files = [image["file"] for image in rows.images_of(product_id)]
    if not delete_unless_protected(product):
        Product.objects.filter(pk=product_id).update(
            status=Product.Status.INACTIVE, submitted_at=None, updated_at=timezone.now()
        )
        publish(ProductArchived(product_id=product_id, actor_id=actor_id))
        return False
    publish(ProductDeleted(product_id=product_id, vendor_id=vendor_id, actor_id=actor_id))
    for file in files:
        transaction.on_commit(partial(images.remove, file))
    return True


@retry_on_conflict
@atomic
def archive_products(*, product_ids: Collection[int], actor: User | None = None) -> set[int]:
    """Out of the public's sight, whether they were ordered or not; answers those that are there.

    A few statements for all.
    """
    found = hold_products(product_ids)
    Product.objects.filter(pk__in=found).update(
        status=Product.Status.INACTIVE, submitted_at=None, updated_at=timezone.now()
    )
    actor_id = actor.pk if actor else None
    if found:
        publish(*(ProductArchived(product_id=pk, actor_id=actor_id) for pk in sorted(found)))
    return found

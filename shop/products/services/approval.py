"""New goods of vendors whose products staff look at first (`Vendor.products_need_approval`).

What a member of such a vendor puts on sale becomes a draft that is submitted instead,
through whichever door: `status_columns` is asked by all of them. Who may approve, and the
shop itself (no actor), need no approval.
"""

from typing import Any

from django.utils import timezone

from shop.accounts.models import User
from shop.core.events import publish
from shop.core.transactions import atomic, retry_on_conflict
from shop.products.errors import NotSubmitted
from shop.products.events import ProductUpdated
from shop.products.models import PUBLIC_STATUSES, Product
from shop.products.services.locks import lock_product
from shop.vendors import services as vendors
from shop.vendors.models import Vendor

PERMISSION = "products.change_product"


def is_held_back(*, vendor: Vendor, actor: User | None) -> bool:
    """Whether what `actor` puts on sale for `vendor` waits for staff."""
    return vendor.products_need_approval and actor is not None and not actor.has_perm(PERMISSION)


def status_columns(*, wanted: str, before: Product | None, is_held: bool) -> dict[str, Any]:
    """The columns of a product that is to have the status `wanted`, as it was `before`.

    None: it is new, or comes from another vendor. A draft that is submitted stays so until
    it gets another status, and keeps its place in the queue when it is submitted again.
    """
    if is_held and becomes_public(wanted=wanted, before=before):
        since = before and before.submitted_at
        return {
            "status": Product.Status.DRAFT,
            "submitted_at": since or timezone.now(),
            "decline_reason": "",
        }
    if before is not None and wanted == before.status:
        return {"status": wanted}
    return {"status": wanted, "submitted_at": None, "decline_reason": ""}


@retry_on_conflict
@atomic
def approve_product(*, product: Product, actor: User) -> Product:
    """The public sees it from now on. Raises `NotSubmitted`, `NotFound`."""
    return _decide(product, actor, "product_approved", status=Product.Status.ACTIVE)


@retry_on_conflict
@atomic
def decline_product(*, product: Product, reason: str, actor: User) -> Product:
    """It stays a draft; its vendor reads the `reason`. Raises `NotSubmitted`, `NotFound`."""
    return _decide(product, actor, "product_declined", decline_reason=reason)


def becomes_public(*, wanted: str, before: Product | None) -> bool:
    """An active product that is discontinued was public already; one on sale again was not."""
    if wanted not in PUBLIC_STATUSES or before is None:
        return wanted in PUBLIC_STATUSES
    was_enough = PUBLIC_STATUSES if wanted == Product.Status.DISCONTINUED else (wanted,)
    return before.status not in was_enough


def _decide(product: Product, actor: User, kind: str, **values: str) -> Product:
    product = lock_product(product.pk)
    if product.submitted_at is None:
        raise NotSubmitted
    product.submitted_at = None
    for name, value in values.items():
        setattr(product, name, value)
    product.save(update_fields=[*values, "submitted_at", "updated_at"])
    vendors.note_change(
        vendor=product.vendor,
        kind=kind,
        actor=actor,
        reason=product.decline_reason,
        details={"product": product.pk, "name": product.name},
    )
    publish(ProductUpdated(product_id=product.pk, actor_id=actor.pk))
    return product

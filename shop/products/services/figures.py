"""Numbers on a product that follow from other rows."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from shop.core.transactions import atomic
from shop.products.models import Product, Variant


@atomic
def refresh_price(*, product_ids: Collection[int]) -> None:
    """Set the price that lists show: the lowest of an active variant. One statement for all."""
    lowest = (
        Variant.objects.filter(product_id=OuterRef("pk"), is_active=True)
        .order_by()
        .values("product_id")
        .annotate(lowest=Min(Coalesce("own_price", OuterRef("base_price"))))
        .values("lowest")
    )
    Product.objects.filter(pk__in=product_ids).update(
        price=Coalesce(Subquery(lowest), F("base_price")), updated_at=timezone.now()
    )


@atomic
def set_rating(*, product_id: int, average: Decimal, count: int) -> None:
    """Keep what reviews say of a product: `average` from 0 to 5, of `count` reviews."""
    Product.objects.filter(pk=product_id).update(
        average_rating=average, review_count=count, updated_at=timezone.now()
    )

"""What a shopper is about to buy."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from shop.core.models import TimestampedModel

MAX_QUANTITY = 999


class Cart(TimestampedModel):
    """One open cart per user, kept for ever; placing the order closes it."""

    class Status(models.TextChoices):
        OPEN = "open"
        ORDERED = "ordered"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="carts"
    )
    status = models.CharField(max_length=7, choices=Status, default=Status.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(status="open"), name="cart_one_open_per_user"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "ordered"]), name="cart_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"cart {self.pk} of {self.user_id}"


class CartItem(TimestampedModel):
    """So many of one variant."""

    cart = models.ForeignKey(
        Cart,
        on_delete=models.CASCADE,
        related_name="items",
        db_index=False,  # cart_item_once_per_variant begins with it
    )
    variant = models.ForeignKey("products.Variant", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_item_once_per_variant"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(quantity__lte=MAX_QUANTITY),
                name="cart_item_quantity_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"

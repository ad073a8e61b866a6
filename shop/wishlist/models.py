"""What shoppers keep for later."""

from django.conf import settings
from django.db import models


class WishlistItem(models.Model):
    """A product that a person wants to find again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="wishlist_items",
        db_index=False,  # wishlist_once_per_product begins with it
    )
    product = models.ForeignKey("products.Product", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="wishlist_once_per_product"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} kept by {self.user_id}"

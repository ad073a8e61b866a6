"""What shoppers say of products."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from shop.core.models import TimestampedModel


class Review(TimestampedModel):
    """One person's rating of one product, 1 to 5, with words."""

    product = models.ForeignKey(
        "products.Product",
        on_delete=models.CASCADE,
        related_name="reviews",
        db_index=False,  # review_once_per_user begins with it
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews"
    )
    rating = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150, blank=True)
    body = models.TextField(max_length=5000, blank=True)
    verified_purchase = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "user"], name="review_once_per_user"),
            models.CheckConstraint(
                condition=Q(rating__gte=1) & Q(rating__lte=5), name="review_rating_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating}/5 by {self.user_id}"

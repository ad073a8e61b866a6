"""What the platform keeps of what vendors sell."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shop.core.money import MoneyField


class CommissionRule(models.Model):
    """A vendor's rate from `valid_from` on, for all it sells, a category and what is below it, or
    one product.

    The most special rule counts: product, then the nearest category, then the vendor's own; of
    several the one that began last. A rule that has begun is never changed, only ended. One
    without an end takes the place of the one before it; one with an end goes before it for a
    while.
    """

    vendor = models.ForeignKey(
        "vendors.Vendor",
        on_delete=models.CASCADE,
        related_name="commission_rules",
        db_index=False,  # commission_rule_once begins with it
    )
    category = models.ForeignKey(
        "products.Category", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(
        "products.Product", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    fee = MoneyField(default=0, validators=[MinValueValidator(0)], help_text="For each piece.")
    valid_from = models.DateTimeField(db_default=Now())
    valid_to = models.DateTimeField(null=True, blank=True)
    is_replaced = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It ends where another takes its place, unless that is withdrawn.",
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "category", "product", "valid_from"],
                nulls_distinct=False,
                name="commission_rule_once",
            ),
            models.CheckConstraint(
                condition=Q(category=None) | Q(product=None),
                name="commission_rule_one_target",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0) & Q(percent__lte=100) & Q(fee__gte=0),
                name="commission_rule_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="commission_rule_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(is_replaced=False) | Q(valid_to__isnull=False),
                name="commission_rule_replaced_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % and {self.fee}"

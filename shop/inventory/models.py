"""Where goods are, how many, and every change of that.

Goods are variants of products, named by foreign key only: this app answers "how
many of it are there?" for whatever stands above it (ADR 0003).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shop.core.models import TimestampedModel


class Warehouse(TimestampedModel):
    """A place that holds stock. A new shop has one; a vendor may have its own."""

    name = models.CharField(max_length=100)
    code = models.SlugField(max_length=50, unique=True)
    vendor = models.ForeignKey(
        "vendors.Vendor",
        on_delete=models.PROTECT,
        related_name="warehouses",
        null=True,
        blank=True,
        help_text="Empty: the shop's own.",
    )
    is_default = models.BooleanField(
        default=False, help_text="Receives stock when no warehouse is named."
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="warehouse_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockLevel(models.Model):
    """How many of a variant a warehouse holds, and how many of those are promised."""

    variant = models.ForeignKey(
        "products.Variant",
        on_delete=models.CASCADE,
        related_name="stock_levels",
        db_index=False,  # stock_level_once_per_warehouse begins with it
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["variant_id", "warehouse_id"]
        constraints = [
            # The last guard against overselling: whatever the code does, this holds.
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")),
                name="stock_reserved_within_on_hand",
            ),
            models.UniqueConstraint(
                fields=["variant", "warehouse"], name="stock_level_once_per_warehouse"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.on_hand} on hand, {self.reserved} reserved"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Reservation(models.Model):
    """Stock promised to somebody, named by `reference` (such as "order:123")."""

    class Status(models.TextChoices):
        HELD = "held"
        CONSUMED = "consumed"
        RELEASED = "released"

    level = models.ForeignKey(StockLevel, on_delete=models.CASCADE, related_name="reservations")
    reference = models.CharField(max_length=50)
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.HELD)
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference", "level"], name="reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="reservation_not_empty"),
            models.CheckConstraint(
                condition=Q(status__in=["held", "consumed", "released"]),
                name="reservation_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.reference} ({self.status})"


class StockMovement(models.Model):
    """One change of a stock level; never changed afterwards.

    `quantity` is signed. `on_hand` is the sum of the movements of the kinds in
    `ON_HAND`; reserve and release move `reserved` only.
    """

    class Kind(models.TextChoices):
        RECEIVE = "receive"
        ADJUST = "adjust"
        RETURN = "return"
        SELL = "sell"
        RESERVE = "reserve"
        RELEASE = "release"

    ON_HAND = (Kind.RECEIVE, Kind.ADJUST, Kind.RETURN, Kind.SELL)

    level = models.ForeignKey(StockLevel, on_delete=models.CASCADE, related_name="movements")
    kind = models.CharField(max_length=8, choices=Kind)
    quantity = models.IntegerField()
    reference = models.CharField(max_length=50, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_not_empty"),
            models.CheckConstraint(
                condition=Q(kind__in=["receive", "adjust", "return", "sell", "reserve", "release"]),
                name="movement_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"

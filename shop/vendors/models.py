"""Sellers and the people who act for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from shop.core.models import TimestampedModel


class Vendor(TimestampedModel):
    """A seller. The platform's own goods belong to the one house vendor."""

    class Status(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"
        SUSPENDED = "suspended"

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    is_house = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_house"], condition=Q(is_house=True), name="vendor_one_house"
            ),
            models.CheckConstraint(
                condition=~Q(slug__regex=r"^[0-9]+$"), name="vendor_slug_is_not_a_number"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "rejected", "suspended"]),
                name="vendor_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VendorMember(models.Model):
    """A person who acts for a vendor."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MANAGER = "manager"
        FULFILLER = "fulfiller"

    vendor = models.ForeignKey(
        Vendor,
        on_delete=models.CASCADE,
        related_name="members",
        db_index=False,  # vendor_member_once begins with it
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vendor_memberships"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MANAGER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "user"], name="vendor_member_once"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "manager", "fulfiller"]),
                name="vendor_member_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.vendor}"

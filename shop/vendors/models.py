"""Sellers and the people who act for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Now

from shop.core.models import TimestampedModel
from shop.core.money import MoneyField
from shop.core.searching import by_trigrams


class Vendor(TimestampedModel):
    """A seller. The platform's own goods belong to the one house vendor."""

    class Status(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"
        SUSPENDED = "suspended"

    class PayoutMethod(models.TextChoices):
        MANUAL = "manual"
        STRIPE = "stripe"

    class PayoutSchedule(models.TextChoices):
        DAILY = "daily"
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    logo = models.ImageField(upload_to="vendors/", blank=True)
    contact_email = models.EmailField(blank=True, help_text="For the shop; not public.")
    contact_phone = models.CharField(max_length=16, blank=True, help_text="E.164: +15550100")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 alpha-2")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    status_reason = models.CharField(
        max_length=500, blank=True, help_text="Why it was rejected or suspended."
    )
    is_house = models.BooleanField(default=False, editable=False)
    products_need_approval = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Staff look at each new product before the public sees it.",
    )
    payout_method = models.CharField(
        max_length=10, choices=PayoutMethod, default=PayoutMethod.MANUAL, db_default="manual"
    )
    payout_details = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        help_text="manual: account_holder, iban, bic, bank_name; stripe: account.",
    )
    payout_schedule = models.CharField(
        max_length=10, choices=PayoutSchedule, default=PayoutSchedule.WEEKLY, db_default="weekly"
    )
    payout_hold_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: the shop's own."
    )
    payout_minimum = MoneyField(null=True, blank=True, help_text="Empty: the shop's own.")

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_house"], condition=Q(is_house=True), name="vendor_one_house"
            ),
            models.UniqueConstraint(Lower("name"), name="vendor_name_once"),
            models.CheckConstraint(
                condition=~Q(slug__regex=r"^[0-9]+$"), name="vendor_slug_is_not_a_number"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "rejected", "suspended"]),
                name="vendor_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(payout_method__in=["manual", "stripe"])
                & Q(payout_schedule__in=["daily", "weekly", "monthly"]),
                name="vendor_payouts_are_known",
            ),
            models.CheckConstraint(
                condition=Q(payout_minimum=None) | Q(payout_minimum__gte=0),
                name="vendor_payout_minimum_not_negative",
            ),
        ]
        indexes = [by_trigrams("name", name="vendor_name_trigrams")]

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


class VendorInvitation(models.Model):
    """Somebody is asked by e-mail to act for a vendor; the token of the mail names this row."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=VendorMember.Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="vendor_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "manager", "fulfiller"]),
                name="vendor_invitation_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role} of {self.vendor}"


class VendorChange(models.Model):
    """Something that was changed of a vendor, its members or its terms; never changed afterwards.

    `kind` is a past-tense word such as "approved" or "member_added"; `details` what it was
    before and after, without bank details.
    """

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=30)
    reason = models.CharField(max_length=500, blank=True)
    details = models.JSONField(default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the shop itself.",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.vendor} {self.kind}"

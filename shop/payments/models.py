"""What was asked for, paid and refunded."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shop.core.models import TimestampedModel
from shop.core.money import MoneyField


class Payment(TimestampedModel):
    """One attempt to pay an order by one method."""

    class Method(models.TextChoices):
        CARD = "card"
        TEST = "test"
        CASH_ON_DELIVERY = "cash_on_delivery"
        BANK_TRANSFER = "bank_transfer"

    class Status(models.TextChoices):
        PENDING = "pending"
        REQUIRES_ACTION = "requires_action"
        SUCCEEDED = "succeeded"
        DECLINED = "declined"
        FAILED = "failed"
        CANCELLED = "cancelled"
        REFUNDED = "refunded"
        HELD = "held"  # another amount or currency came than was asked for: staff decide

    OPEN = (Status.PENDING, Status.REQUIRES_ACTION)

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=20, choices=Method)
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=15, choices=Status, default=Status.PENDING)
    amount = MoneyField()
    captured_amount = MoneyField(default=0, db_default=0, help_text="What really arrived.")
    captured_currency = models.CharField(max_length=3, blank=True, db_default="")
    refunded_amount = MoneyField(default=0)
    currency = models.CharField(max_length=3)
    instructions = models.CharField(max_length=1000, blank=True)
    failure_reason = models.CharField(max_length=200, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When its provider was last asked."
    )
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When its provider said how it ended for good."
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["checked_at", "id"],
                name="payment_to_reconcile",
                condition=Q(method="card", closed_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=["pending", "requires_action"]),
                name="payment_one_open_per_order",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status="succeeded"),
                name="payment_one_succeeded_per_order",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="payment_provider_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=F("captured_amount")),
                name="payment_refunds_within_captured",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "requires_action",
                        "succeeded",
                        "declined",
                        "failed",
                        "cancelled",
                        "refunded",
                        "held",
                    ]
                ),
                name="payment_status_is_known",
            ),
        ]

    @property
    def refund_currency(self) -> str:
        """That of what arrived, which staff may have accepted although it is another one."""
        return self.captured_currency or self.currency

    @property
    def refundable_amount(self) -> Decimal:
        """What arrived and was neither given back nor promised."""
        left: Decimal = self.captured_amount - self.refunded_amount
        return left

    def __str__(self) -> str:
        return f"{self.method} {self.amount} {self.currency} ({self.status})"


class Refund(models.Model):
    """Money given back out of one payment.

    FAILED with `succeeded_at` set: it had arrived, as far as the provider knew, and came back.
    HELD: the provider gave back more than the shop can account for; not counted, for staff.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        HELD = "held"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = MoneyField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    restock = models.BooleanField(
        default=False, help_text="Goods come back to the shelf: its items say which."
    )
    provider = models.CharField(max_length=20, help_text="The payment's.")
    provider_reference = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    succeeded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_not_empty"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "succeeded", "failed", "held"]),
                name="refund_status_is_known",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="refund_provider_reference_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="refund_unfinished", condition=Q(status__in=["pending", "held"])
            ),
        ]

    def __str__(self) -> str:
        return f"refund of {self.amount} ({self.status})"


class RefundItem(models.Model):
    """The goods that a refund is for: so many of one line of the order."""

    refund = models.ForeignKey(
        Refund,
        on_delete=models.CASCADE,
        related_name="items",
        db_index=False,  # refund_item_once_per_refund begins with it
    )
    order_item = models.ForeignKey(
        "orders.OrderItem", on_delete=models.PROTECT, related_name="refunds"
    )
    quantity = models.PositiveIntegerField()
    amount = MoneyField()
    restock = models.BooleanField(
        default=False, db_default=False, help_text="They come back to the shelf."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["refund", "order_item"], name="refund_item_once_per_refund"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(amount__gte=0), name="refund_item_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_item_id}"


class ProviderCustomer(models.Model):
    """What a provider calls one of our users, who pays by it again and again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # provider_customer_once begins with it
    )
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "provider"], name="provider_customer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.provider})"


class InboxEvent(models.Model):
    """What a provider told us, kept as it came; processed once, whenever and however often."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200, help_text="The provider's own name of it.")
    type = models.CharField(max_length=100)
    payload = models.JSONField()
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="told"
    )
    outcome = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    received_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="inbox_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["attempts", "id"], name="inbox_waiting", condition=Q(processed_at=None)
            ),
            models.Index(fields=["processed_at"], name="inbox_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class WebhookRefusal(models.Model):
    """How often something was turned away at the inbox; nothing else of it is kept."""

    provider = models.CharField(max_length=20)
    reason = models.CharField(max_length=50)
    count = models.PositiveBigIntegerField(default=1)
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "reason"], name="webhook_refusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.count}"


class Dispute(models.Model):
    """The payer's bank takes money back, until it is decided who is right."""

    class Status(models.TextChoices):
        OPEN = "open"
        WON = "won"
        LOST = "lost"
        CLOSED = "closed"  # an inquiry that came to nothing

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    reference = models.CharField(max_length=200, unique=True)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None)
                | Q(status__in=["won", "lost", "closed"], closed_at__isnull=False),
                name="dispute_is_closed_with_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount} {self.currency} ({self.status})"

"""Who is told of the shop's events over HTTP, and how each telling went."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from shop.core.models import OutboxEvent, TimestampedModel

MAX_URL = 500
ALL_EVENTS = "*"


class Endpoint(TimestampedModel):
    """An address that hears events: the shop's own, or a vendor's about its goods and orders.

    People switch it off and on (`is_active`); the shop pauses it when it does not answer.
    A paused endpoint's deliveries wait, for one that is off none are made.
    """

    vendor = models.ForeignKey(
        "vendors.Vendor",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="webhook_endpoints",
        help_text="Empty: the shop's own, told of everything.",
    )
    url = models.CharField(max_length=MAX_URL)
    events = ArrayField(
        models.CharField(max_length=100), help_text='Names of public events, or "*" for all.'
    )
    # Kept readable, because it signs; nobody is shown it a second time.
    secret = models.CharField(max_length=100, editable=False)
    previous_secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    pause_reason = models.CharField(max_length=200, blank=True, editable=False)
    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    # Positions of the outbox: it hears what comes after the first, and what it hears has not
    # been changed since the second, which is where an audit can begin.
    starts_after = models.BigIntegerField(default=0, editable=False)
    unchanged_after = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(events__len__gte=1), name="webhook_endpoint_hears_something"
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None, pause_reason="")
                | (Q(paused_at__isnull=False) & ~Q(pause_reason="")),
                name="webhook_endpoint_pause_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one endpoint. The receiver knows it by the event's id."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(
        Endpoint,
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_index=False,  # webhook_delivery_once begins with it
    )
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    next_attempt_at = models.DateTimeField(db_default=Now())
    # While a process sends it; one that died is followed by another when this is over.
    claimed_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_duration_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "delivered", "failed"]),
                name="webhook_delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at=None)),
                name="webhook_delivery_delivered_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at", "id"],
                name="webhook_delivery_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["endpoint"],
                name="webhook_delivery_on_its_way",
                condition=Q(claimed_until__isnull=False),
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log"),
            models.Index(fields=["created_at"], name="webhook_delivery_oldest"),
        ]

    def __str__(self) -> str:
        return f"event #{self.event_id} to endpoint #{self.endpoint_id}"


class DeliveryAttempt(models.Model):
    """One request that was made, and what came of it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    created_at = models.DateTimeField(db_default=Now())
    status_code = models.PositiveSmallIntegerField(null=True, help_text="Empty: no answer came.")
    error = models.CharField(max_length=300, blank=True)
    duration_ms = models.PositiveIntegerField()
    answer = models.CharField(max_length=1000, blank=True, help_text="How the answer began.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.status_code or self.error}"

"""Tables that every app needs: the outbox of events and the counters of rate limits."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class TimestampedModel(models.Model):
    created_at = models.DateTimeField(auto_now_add=True, db_index=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class OutboxEvent(models.Model):
    """A fact that was committed together with what it tells of, until all who hear it have."""

    name = models.CharField(max_length=100)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["available_at", "id"],
                name="outbox_pending",
                condition=Q(delivered_at=None, failed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class RateLimitCounter(models.Model):
    """How often `key` was seen in the window that began at `window_start`."""

    key = models.CharField(max_length=200)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "window_start"], name="rate_limit_unique_window"
            ),
        ]
        indexes = [models.Index(fields=["window_start"], name="rate_limit_oldest")]

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"

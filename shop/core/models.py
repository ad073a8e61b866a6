"""Tables that every app needs: the outbox and who heard it, rate limits, idempotency keys."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class TimestampedModel(models.Model):
    created_at = models.DateTimeField(auto_now_add=True, db_index=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class OutboxEvent(models.Model):
    """A fact that was committed together with what it tells of.

    `delivered_at` says that all who hear it were told, `failed_at` that they were told in
    vain too often. `position` is its place in the order in which the shop's events are told
    outside; the relay gives it after the commit, for ids may become visible out of order.
    """

    name = models.CharField(max_length=100)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    position = models.BigIntegerField(null=True, blank=True, unique=True)

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


class HandledEvent(models.Model):
    """`handler` heard `event`; written in the transaction of what it did."""

    event = models.ForeignKey(
        OutboxEvent,
        on_delete=models.CASCADE,
        related_name="handled",
        db_index=False,  # handled_event_once begins with it
    )
    handler = models.CharField(max_length=100)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="handled_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} heard #{self.event_id}"


class DeadLetter(models.Model):
    """An event that one of its handlers failed to take, until people see to it."""

    event = models.ForeignKey(
        OutboxEvent,
        on_delete=models.CASCADE,
        related_name="dead_letters",
        db_index=False,  # dead_letter_once begins with it
    )
    handler = models.CharField(max_length=100)
    error = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    retried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Given up again after a retry, it is the same letter.
            models.UniqueConstraint(fields=["event", "handler"], name="dead_letter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} of event #{self.event_id}"


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


class IdempotencyKey(models.Model):
    """A client's request and, once there is one, its answer: see `shop.core.idempotency`.

    Bodies hold passwords and answers hold tokens: `fingerprint` is a keyed hash, `answer` is
    encrypted. `steps` is what a request that is several transactions has done so far.
    """

    # The unique constraint below is its index too.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False, related_name="+"
    )
    route = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    steps = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "route", "key"],
                name="idempotency_key_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="idempotency_answer_is_whole",
                condition=Q(status=None, answer=None)
                | Q(status__isnull=False, answer__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_oldest")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"

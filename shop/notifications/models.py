"""What the shop writes to people: one row per mail, kept until it is sent and for a while after."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from shop.core.models import OutboxEvent


class Mail(models.Model):
    """A mail that an event gave cause for.

    Without a recipient it says that there was nobody to write to, or is no longer: so
    every event that mails tell of has a row.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        NOBODY = "nobody"

    event = models.ForeignKey(
        OutboxEvent,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # mail_once begins with it
    )
    kind = models.CharField(max_length=50)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose mail it is; forgotten with the account.",
    )
    recipient = models.EmailField(blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    has_secret = models.BooleanField(
        default=False, help_text="It carries a token, and is not kept once it is sent."
    )
    message_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    waiting_since = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind", "recipient"], name="mail_once"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(failed_at=None), name="mail_sent_or_failed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["available_at", "id"],
                name="mail_waiting",
                condition=Q(sent_at=None, failed_at=None) & ~Q(recipient=""),
            ),
            models.Index(fields=["created_at"], name="mail_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient or 'nobody'}"

    @property
    def state(self) -> State:
        if self.sent_at is not None:
            return self.State.SENT
        if self.failed_at is not None:
            return self.State.FAILED
        return self.State.WAITING if self.recipient else self.State.NOBODY

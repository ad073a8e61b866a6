"""What happened to webhooks. None of it is told outside, but for the test to its endpoint."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class WebhookTested(Event):
    """Somebody asked for a test; only this endpoint is told."""

    name: ClassVar[str] = "webhook.test"
    endpoint_id: int


@dataclass(frozen=True, kw_only=True)
class WebhookPaused(Event):
    """An endpoint failed too often; its deliveries wait until somebody resumes it."""

    name: ClassVar[str] = "webhook.paused"
    endpoint_id: int
    vendor_id: int | None = None

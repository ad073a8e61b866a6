"""Who hears what: making, changing, testing and resuming endpoints."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.accounts.models import User
from shop.core.errors import NotFound
from shop.core.events import publish
from shop.core.relay import hold_position
from shop.core.transactions import atomic, retry_on_conflict
from shop.vendors.models import Vendor
from shop.webhooks import catalogue
from shop.webhooks.destinations import check_url
from shop.webhooks.errors import EndpointIsSilent, NoSuchEvent, TooManyEndpoints
from shop.webhooks.events import WebhookTested
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.signing import new_secret

MAX_PER_OWNER = 20
# How long the old secret goes on signing, beside the new one.
OVERLAP = timedelta(hours=24)


@retry_on_conflict
@atomic
def create_endpoint(
    *, url: str, events: Sequence[str], vendor: Vendor | None = None, actor: User | None = None
) -> Endpoint:
    """Tell `url` of `events` from now on; without a vendor it is the shop's own.

    Its `secret` is to be shown to the caller now, and never again. Raises `AddressNotAllowed`,
    `NoSuchEvent`, `TooManyEndpoints`.
    """
    check_url(url)
    _check_events(events, for_vendor=vendor is not None)
    # Also makes those who create at the same moment queue up, so that the count holds.
    position = hold_position()
    if Endpoint.objects.filter(vendor=vendor).count() >= MAX_PER_OWNER:
        raise TooManyEndpoints
    return Endpoint.objects.create(
        url=url,
        events=_without_repeats(events),
        vendor=vendor,
        created_by=actor,
        secret=new_secret(),
        starts_after=position,
        unchanged_after=position,
    )


@retry_on_conflict
@atomic
def change_endpoint(
    *,
    endpoint_id: int,
    url: str | None = None,
    events: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> Endpoint:
    """Change what is given. Raises as `create_endpoint` does, and `NotFound`."""
    position = hold_position()
    endpoint = _locked(endpoint_id)
    if url is not None:
        check_url(url)
        endpoint.url = url
    if events is not None:
        _check_events(events, for_vendor=endpoint.vendor_id is not None)
        endpoint.events = _without_repeats(events)
        endpoint.unchanged_after = position
    if is_active is not None and is_active != endpoint.is_active:
        endpoint.is_active = is_active
        endpoint.unchanged_after = position
    endpoint.save()
    return endpoint


def hold_endpoint(*, endpoint_id: int) -> None:
    """Lock it as a change does, until the transaction ends. Raises `NotFound`."""
    hold_position()
    _locked(endpoint_id)


@retry_on_conflict
@atomic
def delete_endpoint(*, endpoint_id: int) -> None:
    """Tell it nothing more, and forget what it was told."""
    _locked(endpoint_id).delete()


@retry_on_conflict
@atomic
def rotate_secret(*, endpoint_id: int) -> Endpoint:
    """Give it a new secret, to be shown now; the old one signs as well for another 24 hours."""
    endpoint = _locked(endpoint_id)
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_secret_until = timezone.now() + OVERLAP
    endpoint.secret = new_secret()
    endpoint.save()
    return endpoint


@retry_on_conflict
@atomic
def resume_endpoint(*, endpoint_id: int) -> Endpoint:
    """End its pause: what waited is sent at once, with all its attempts before it."""
    endpoint = _locked(endpoint_id)
    endpoint.paused_at, endpoint.pause_reason = None, ""
    endpoint.consecutive_failures, endpoint.failing_since = 0, None
    endpoint.save()
    waiting = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING)
    waiting.filter(attempts__gt=0).update(attempts=0, next_attempt_at=Now())
    return endpoint


@atomic
def send_test(*, endpoint_id: int) -> None:
    """Have it told of a test as of everything else. Raises `EndpointIsSilent`, `NotFound`."""
    endpoint = _locked(endpoint_id)
    if endpoint.paused_at or not endpoint.is_active:
        raise EndpointIsSilent
    publish(WebhookTested(endpoint_id=endpoint_id))


@retry_on_conflict
@atomic
def redeliver(*, endpoint_id: int, delivery_id: int) -> Delivery:
    """Send it once more, also when it had arrived; receivers know it by its id.

    Raises `NotFound` for a delivery to somebody else.
    """
    found = Delivery.objects.select_for_update(no_key=True)
    delivery = found.filter(pk=delivery_id, endpoint=endpoint_id).first()
    if delivery is None:
        raise NotFound
    Delivery.objects.filter(pk=delivery_id).update(
        state=Delivery.State.WAITING,
        attempts=0,
        next_attempt_at=Now(),
        delivered_at=None,
        # Whoever sends it at this moment will find it changed, and leave it as it is.
        claimed_until=None,
    )
    delivery.refresh_from_db()
    return delivery


def _locked(endpoint_id: int) -> Endpoint:
    found = Endpoint.objects.select_for_update(of=("self",)).select_related("vendor")
    endpoint = found.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def _check_events(names: Sequence[str], *, for_vendor: bool) -> None:
    if not names:
        raise NoSuchEvent("Name at least one event.", attr="events")
    if unknown := catalogue.unknown(names, for_vendor=for_vendor):
        detail = _("Not an event to subscribe to: {name}.").format(name=unknown[0])
        raise NoSuchEvent(detail, attr="events")


def _without_repeats(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))

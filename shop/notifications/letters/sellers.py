"""Letters to those who act for a vendor: its owners about itself, its managers about orders."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from shop.ledger.models import Payout
from shop.notifications.letters import goods
from shop.notifications.letters.letter import Letter, money
from shop.orders import querysets as orders
from shop.orders.models import Order, VendorOrder
from shop.vendors import invitation_tokens
from shop.vendors.models import Vendor, VendorInvitation, VendorMember

Role, Status = VendorMember.Role, Order.Status


def vendor_approved(vendor_id: int) -> list[Letter]:
    vendor = Vendor.objects.get(pk=vendor_id)
    return _to_owners(vendor, f"{vendor.name} may sell at {settings.SHOP_NAME}")


def vendor_rejected(vendor_id: int) -> list[Letter]:
    vendor = Vendor.objects.get(pk=vendor_id)
    subject = f"Your application for {vendor.name} was declined"
    return _to_owners(vendor, subject, reason=_reason(vendor, Vendor.Status.REJECTED))


def vendor_suspended(vendor_id: int) -> list[Letter]:
    vendor = Vendor.objects.get(pk=vendor_id)
    subject = f"{vendor.name} is suspended"
    return _to_owners(vendor, subject, reason=_reason(vendor, Vendor.Status.SUSPENDED))


def member_invited(invitation_id: int) -> list[Letter]:
    """To the invited address, with the token that accepts; nobody once it is not open any more."""
    open_ones = VendorInvitation.objects.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=Now()
    )
    invitation = open_ones.select_related("vendor").filter(pk=invitation_id).first()
    if invitation is None:
        return []
    token = invitation_tokens.token_for(invitation)
    context = {
        "vendor": invitation.vendor.name,
        "role": invitation.role,
        "token": token,
        "link": f"{_shop()}/accept-invitation?{urlencode({'token': token})}",
        "api": f"{_shop()}/api/vendor/invitations/accept/",
        "until": invitation.expires_at,
    }
    subject = f"{invitation.vendor.name} invites you to its team at {settings.SHOP_NAME}"
    return [Letter(to=invitation.email, subject=subject, context=context, has_secret=True)]


def payout_settled(payout_id: int) -> list[Letter]:
    payout = Payout.objects.select_related("vendor").get(pk=payout_id)
    context = _payout(payout)
    return _to_owners(payout.vendor, f"Payout {payout.number}: {context['amount']}", **context)


def payout_failed(payout_id: int) -> list[Letter]:
    payout = Payout.objects.select_related("vendor").get(pk=payout_id)
    context = {**_payout(payout), "reason": payout.failure_reason}
    return _to_owners(payout.vendor, f"Payout {payout.number} failed", **context)


# --- Orders: each vendor reads of its own part only -------------------------------------------


def sale_paid(order_id: int) -> list[Letter] | None:
    """To the managers of every vendor with a part in the order: it is paid, and to be packed.

    Nothing when they know of it since before it was paid. None: no other seller than the house
    has a part in it.
    """
    return _sale(order_id, Status.PAID)


def sale_agreed(order_id: int) -> list[Letter] | None:
    """The same of an order that is to be packed before it is paid, such as at the door."""
    return _sale(order_id, Status.PROCESSING)


def sale_cancelled(order_id: int) -> list[Letter] | None:
    """To those who were told of it, when the whole order is cancelled with their part.

    None: no other seller than the house has a part in it.
    """
    parts = _parts_of_sellers(order_id)
    if not parts:
        return None
    order = parts[0].order
    # A part that was cancelled before had a letter of its own.
    gone = [part for part in parts if part.cancelled_at == order.cancelled_at is not None]
    return _about(gone, "Order {} is cancelled") if _begun_by(order) else []


def part_cancelled(vendor_order_id: int) -> list[Letter]:
    parts = VendorOrder.objects.filter(pk=vendor_order_id, vendor__is_house=False)
    return _about(_with_goods(parts), "Order {} is cancelled")


def _sale(order_id: int, move: Order.Status) -> list[Letter] | None:
    parts = _parts_of_sellers(order_id)
    if not parts:
        return None
    order = parts[0].order
    if _begun_by(order) != move:
        return []
    wanted = [part for part in parts if part.status not in (Status.CANCELLED, Status.REFUNDED)]
    context = {
        "is_paid": move == Status.PAID,
        "address": goods.address(order.shipping_address),
    }
    return _about(wanted, "New order {}", **context)


def _parts_of_sellers(order_id: int) -> list[VendorOrder]:
    return _with_goods(VendorOrder.objects.filter(order=order_id, vendor__is_house=False))


def _with_goods(parts: QuerySet[VendorOrder]) -> list[VendorOrder]:
    return list(parts.select_related("order", "vendor").prefetch_related("items").order_by("id"))


def _begun_by(order: Order) -> str | None:
    """By which move the order first became one to be packed; None: it never did."""
    moves = orders.history_of(order).filter(to_status__in=[Status.PAID, Status.PROCESSING])
    first = moves.first()
    return None if first is None else first.to_status


def _about(parts: Sequence[VendorOrder], subject: str, **context: Any) -> list[Letter]:
    """One letter for each manager of each part's vendor; `subject` takes the part's number."""
    managers = _managers([part.vendor_id for part in parts])
    return [
        _to(
            member,
            subject.format(part.number),
            number=part.number,
            vendor=part.vendor.name,
            link=f"{_shop()}/vendor/orders/{part.number}",
            **goods.of_part(part),
            **context,
        )
        for part in parts
        for member in managers[part.vendor_id]
    ]


def _managers(vendor_ids: Sequence[int]) -> Mapping[int, list[VendorMember]]:
    """Who decides for these vendors; nobody for one that is suspended."""
    found: dict[int, list[VendorMember]] = defaultdict(list)
    roles = [Role.OWNER, Role.MANAGER]
    members = VendorMember.objects.filter(vendor__in=vendor_ids, role__in=roles)
    members = members.filter(user__is_active=True, vendor__status=Vendor.Status.APPROVED)
    for member in members.select_related("user").order_by("id"):
        found[member.vendor_id].append(member)
    return found


def _to_owners(vendor: Vendor, subject: str, **context: Any) -> list[Letter]:
    """Whatever the vendor's state."""
    owners = vendor.members.filter(role=Role.OWNER, user__is_active=True).select_related("user")
    return [_to(one, subject, vendor=vendor.name, **context) for one in owners.order_by("id")]


def _to(member: VendorMember, subject: str, **context: Any) -> Letter:
    user = member.user
    return Letter(to=user.email, subject=subject, context={"name": user.first_name, **context})


def _reason(vendor: Vendor, status: Vendor.Status) -> str:
    """Why, unless staff have changed their minds since."""
    return vendor.status_reason if vendor.status == status else ""


def _payout(payout: Payout) -> dict[str, Any]:
    return {"number": payout.number, "amount": money(payout.amount, payout.currency)}


def _shop() -> str:
    return settings.SHOP_URL.rstrip("/")

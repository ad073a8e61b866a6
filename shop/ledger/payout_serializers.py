"""Payouts as JSON: what is accepted, and what is answered."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from rest_framework import serializers

from shop.accounts.fields import TextField
from shop.core.references import reference
from shop.inventory.serializers import ReferenceField
from shop.ledger import payout_querysets
from shop.ledger.due import Due, HeldBack
from shop.ledger.models import Payout
from shop.ledger.statements import masked
from shop.vendors.models import Vendor

Json = dict[str, Any]

MAX_VENDORS = 1000


class VendorsField(serializers.ListField):
    """Vendors by id or slug, without the house."""

    default_error_messages = {"does_not_exist": "There is no such vendor."}

    def __init__(self, **kwargs: Any) -> None:
        child = ReferenceField(max_length=100)
        super().__init__(child=child, allow_empty=False, max_length=MAX_VENDORS, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        wanted = Q(pk__in=[])
        names = {str(name) for name in super().to_internal_value(data)}
        for name in names:
            wanted |= reference(name)
        found = list(Vendor.objects.filter(wanted, is_house=False).order_by("id"))
        known = {str(vendor.pk) for vendor in found} | {vendor.slug for vendor in found}
        if names - known:
            self.fail("does_not_exist")
        return found


class RunInput(serializers.Serializer[Any]):
    on = serializers.DateField(required=False, help_text="Not in the future; else today (UTC).")
    vendors = VendorsField(
        required=False, help_text="Pay only these, by id or slug, whatever their schedule."
    )


class PreviewParameters(serializers.Serializer[Any]):
    on = serializers.DateField(required=False, help_text="Not in the future; else today (UTC).")


class PayoutParameters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Payout.Status.choices, required=False)


class StaffPayoutParameters(PayoutParameters):
    vendor = serializers.CharField(max_length=100, required=False, help_text="Slug or id.")


class SettleInput(serializers.Serializer[Any]):
    reference = TextField(
        max_length=200, required=False, allow_blank=True, help_text="The bank's name of it."
    )


class FailInput(serializers.Serializer[Any]):
    reason = TextField(max_length=500, help_text="The vendor reads it.")


class PayoutVendorOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class PayoutOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    status = serializers.ChoiceField(Payout.Status.choices)
    method = serializers.ChoiceField(Vendor.PayoutMethod.choices)
    destination = serializers.CharField(help_text="Enough of the account to know it again.")
    currency = serializers.CharField()
    amount = serializers.CharField()
    period_end = serializers.DateField(help_text="Delivered until then, holding period included.")
    reference = serializers.CharField(help_text="The bank's or Stripe's name of it; empty: none.")
    failure_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)


class StaffPayoutOutput(PayoutOutput):
    vendor = PayoutVendorOutput()


class DueOutput(serializers.Serializer[Any]):
    vendor = PayoutVendorOutput()
    currency = serializers.CharField()
    amount = serializers.CharField(help_text="What is due; negative: a debt.")
    balance = serializers.CharField(help_text="All that is payable, also what is not due yet.")
    minimum = serializers.CharField()
    entries = serializers.IntegerField(help_text="Of how many entries of the ledger.")
    method = serializers.ChoiceField(Vendor.PayoutMethod.choices)
    schedule = serializers.ChoiceField(Vendor.PayoutSchedule.choices)
    held_back = serializers.ChoiceField(
        [reason.value for reason in HeldBack], allow_null=True, help_text="Why it is not paid."
    )


class RunOutput(serializers.Serializer[Any]):
    payouts = StaffPayoutOutput(many=True)
    held_back = DueOutput(many=True, help_text="Who has something and was not paid.")


def payout_json(payout: Payout) -> Json:
    """In the shape of `PayoutOutput`."""
    return {
        "id": payout.pk,
        "number": payout.number,
        "status": payout.status,
        "method": payout.method,
        "destination": masked(payout),
        "currency": payout.currency,
        "amount": payout.amount,
        "period_end": payout.period_end,
        "reference": payout.reference,
        "failure_reason": payout.failure_reason,
        "created_at": payout.created_at,
        "sent_at": payout.sent_at,
        "settled_at": payout.settled_at,
        "failed_at": payout.failed_at,
    }


def staff_json(payout: Payout) -> Json:
    """`payout`, with its vendor, in the shape of `StaffPayoutOutput`."""
    vendor = payout.vendor
    named = {"id": vendor.pk, "name": vendor.name, "slug": vendor.slug}
    return {**payout_json(payout), "vendor": named}


def due_json(judged: tuple[Due, HeldBack | None]) -> Json:
    """In the shape of `DueOutput`."""
    due, reason = judged
    return {
        "vendor": {"id": due.vendor_id, "name": due.name, "slug": due.slug},
        "currency": due.currency,
        "amount": due.amount,
        "balance": due.balance,
        "minimum": due.minimum,
        "entries": due.entries,
        "method": due.method,
        "schedule": due.schedule,
        "held_back": None if reason is None else reason.value,
    }


def run_json(made: Sequence[Payout], held_back: Sequence[tuple[Due, HeldBack]]) -> Json:
    """In the shape of `RunOutput`."""
    rows = payout_querysets.payouts().filter(pk__in=[payout.pk for payout in made])
    return {
        "payouts": [staff_json(payout) for payout in rows],
        "held_back": [due_json(judged) for judged in held_back],
    }

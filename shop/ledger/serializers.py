"""The books as JSON: what is asked and accepted, and what is answered."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from shop.core.money import MAX_AMOUNT, quantize
from shop.ledger.models import Adjustment, Entry, Transaction
from shop.ledger.querysets import Balance
from shop.products.fields import TextField

Json = dict[str, Any]

_AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,3})?")


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,9}(\.[0-9]{1,3})?$"},
            {"type": "number", "minimum": -999_999_999, "maximum": 999_999_999},
        ]
    }
)
class SignedAmountField(serializers.DecimalField):
    """An amount that may be negative, as a string or a number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"min_value": -MAX_AMOUNT, "max_value": MAX_AMOUNT}
        super().__init__(max_digits=12, decimal_places=3, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | str | Decimal):
            self.fail("invalid")
        if not _AMOUNT.fullmatch(str(data)):
            self.fail("invalid")
        return Decimal(str(data))


class _PeriodParameters(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Transaction.Kind.choices, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    since = serializers.DateField(required=False, help_text="The first day, in UTC.")
    until = serializers.DateField(required=False, help_text="The last day, in UTC.")


class StatementParameters(_PeriodParameters):
    """Of the entries that one vendor asks for."""


class EntryParameters(_PeriodParameters):
    vendor = serializers.CharField(max_length=100, required=False, help_text="Slug or id.")
    order = serializers.CharField(max_length=20, required=False, help_text="Number or id.")
    account = serializers.ChoiceField(Entry.Account.choices, required=False)


class AdjustmentParameters(serializers.Serializer[Any]):
    vendor = serializers.CharField(max_length=100, required=False, help_text="Slug or id.")
    status = serializers.ChoiceField(Adjustment.Status.choices, required=False)


class ProposeInput(serializers.Serializer[Any]):
    vendor = TextField(max_length=100, help_text="Its slug, or its id as a text.")
    amount = SignedAmountField(help_text="Positive: credited to the vendor.")
    currency = TextField(max_length=3, required=False, help_text="Without it: the shop's.")
    reason = TextField(max_length=500)

    def validate(self, attrs: Json) -> Json:
        return {"currency": settings.SHOP_CURRENCY, **attrs}


class BalanceOutput(serializers.Serializer[Any]):
    currency = serializers.CharField()
    payable = serializers.CharField(help_text="Due, sooner or later; below zero a debt.")
    reserve = serializers.CharField(help_text="Held while a buyer's bank disputes it.")
    in_transit = serializers.CharField(help_text="In payouts that are on their way.")
    paid_out = serializers.CharField(help_text="What arrived by payouts.")
    is_debt = serializers.BooleanField()


@extend_schema_serializer(many=False)
class BalancesOutput(serializers.Serializer[Any]):
    balances = BalanceOutput(many=True, help_text="One for each currency.")


class StatementOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Transaction.Kind.choices)
    cause = serializers.CharField()
    amount = serializers.CharField(help_text="Positive: the vendor's; negative: taken from it.")
    currency = serializers.CharField()
    order = serializers.CharField(allow_null=True)
    part = serializers.CharField(allow_null=True)
    payout = serializers.CharField(allow_null=True, help_text="The payout that paid it out.")
    note = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class EntryVendorOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()


class EntryActorOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()


class EntryOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    transaction = serializers.IntegerField()
    kind = serializers.ChoiceField(Transaction.Kind.choices)
    cause = serializers.CharField()
    account = serializers.ChoiceField(Entry.Account.choices)
    provider = serializers.CharField(allow_blank=True)
    vendor = EntryVendorOutput(allow_null=True)
    amount = serializers.CharField(help_text="Debits are positive, credits negative.")
    currency = serializers.CharField()
    order = serializers.CharField(allow_null=True)
    part = serializers.CharField(allow_null=True)
    payout = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    actor = EntryActorOutput(allow_null=True)
    created_at = serializers.DateTimeField()


class BookAccountOutput(serializers.Serializer[Any]):
    account = serializers.ChoiceField(Entry.Account.choices)
    provider = serializers.CharField(allow_blank=True)
    currency = serializers.CharField()
    balance = serializers.CharField(help_text="Debits are positive, credits negative.")
    entries = serializers.IntegerField()


class AccountTotalOutput(serializers.Serializer[Any]):
    currency = serializers.CharField()
    balance = serializers.CharField(help_text="Zero: the books balance.")


class TrialBalanceOutput(serializers.Serializer[Any]):
    accounts = BookAccountOutput(many=True)
    totals = AccountTotalOutput(many=True)


class AdjustmentOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    vendor = EntryVendorOutput()
    amount = serializers.CharField(help_text="Positive: credited to the vendor.")
    currency = serializers.CharField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(Adjustment.Status.choices)
    proposed_by = EntryActorOutput()
    decided_by = EntryActorOutput(allow_null=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


def balances_json(balances: list[Balance]) -> Json:
    return {
        "balances": [
            {
                "currency": balance.currency,
                "payable": _text(balance.payable, balance.currency),
                "reserve": _text(balance.reserve, balance.currency),
                "in_transit": _text(balance.in_transit, balance.currency),
                "paid_out": _text(balance.paid_out, balance.currency),
                "is_debt": balance.is_debt,
            }
            for balance in balances
        ]
    }


def statement_json(row: Mapping[str, Any]) -> Json:
    """A row of `querysets.statement_of`; its signs are the vendor's."""
    part = row["vendor_order__number"]
    return {
        "id": row["id"],
        "kind": row["transaction__kind"],
        "cause": row["transaction__cause"],
        "amount": _text(-row["amount"], row["currency"]),
        "currency": row["currency"],
        # Behind the wall orders themselves are not to be seen.
        "order": part and part.rpartition("-")[0],
        "part": part,
        "payout": row["payout__number"],
        "note": row["transaction__note"],
        "created_at": row["transaction__created_at"],
    }


def entry_json(row: Mapping[str, Any]) -> Json:
    """A row of `querysets.entries`."""
    return {
        "id": row["id"],
        "transaction": row["transaction_id"],
        "kind": row["transaction__kind"],
        "cause": row["transaction__cause"],
        "account": row["account"],
        "provider": row["provider"],
        "vendor": row["vendor_id"]
        and {"id": row["vendor_id"], "name": row["vendor__name"], "slug": row["vendor__slug"]},
        "amount": _text(row["amount"], row["currency"]),
        "currency": row["currency"],
        "order": row["transaction__order__number"],
        "part": row["vendor_order__number"],
        "payout": row["payout__number"],
        "note": row["transaction__note"],
        "actor": row["transaction__actor_id"]
        and {"id": row["transaction__actor_id"], "email": row["transaction__actor__email"]},
        "created_at": row["transaction__created_at"],
    }


def trial_balance_json(rows: list[Mapping[str, Any]]) -> Json:
    """The rows of `querysets.accounts`, and their sums."""
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + row["balance"]
    return {
        "accounts": [{**row, "balance": _text(row["balance"], row["currency"])} for row in rows],
        "totals": [
            {"currency": currency, "balance": _text(total, currency)}
            for currency, total in totals.items()
        ],
    }


def adjustment_json(adjustment: Adjustment) -> Json:
    vendor = adjustment.vendor
    return {
        "id": adjustment.pk,
        "vendor": {"id": vendor.pk, "name": vendor.name, "slug": vendor.slug},
        "amount": _text(adjustment.amount, adjustment.currency),
        "currency": adjustment.currency,
        "reason": adjustment.reason,
        "status": adjustment.status,
        "proposed_by": _person(adjustment.proposed_by),
        "decided_by": adjustment.decided_by and _person(adjustment.decided_by),
        "created_at": adjustment.created_at,
        "decided_at": adjustment.decided_at,
    }


def _person(user: Any) -> Json:
    return {"id": user.pk, "email": user.email}


def _text(amount: Decimal, currency: str) -> str:
    return str(quantize(amount, currency))

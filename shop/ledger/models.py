"""The books of a shop of several sellers: who has what of each payment, and who was paid out.

Double entry: an entry is a debit (positive) or a credit (negative) of one account, and the
entries of a transaction sum to zero in each currency; a deferred trigger refuses everything
else. Entries and transactions are never changed. Only orders with another seller than the house
are in the books; a shop that sells its own goods only has none.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shop.core.money import MoneyField


class Transaction(models.Model):
    """Something that moved money between accounts, once: `cause` names what it was."""

    class Kind(models.TextChoices):
        SALE = "sale"
        REFUND = "refund"
        REFUND_PAID = "refund_paid"
        REFUND_REVERSED = "refund_reversed"
        DISPUTE = "dispute"
        DISPUTE_LOST = "dispute_lost"
        DISPUTE_RELEASED = "dispute_released"
        PAYOUT = "payout"
        PAYOUT_SETTLED = "payout_settled"
        PAYOUT_RETURNED = "payout_returned"
        ADJUSTMENT = "adjustment"

    kind = models.CharField(max_length=20, choices=Kind)
    cause = models.CharField(max_length=60, help_text="payment:12, refund:5:1")
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the shop itself.",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["cause"], name="ledger_transaction_once"),
        ]

    def __str__(self) -> str:
        return self.cause


class Payout(models.Model):
    """What a vendor is paid for all that was due on a day, out of the payable entries it holds."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled"
        SENT = "sent"
        SETTLED = "settled"
        FAILED = "failed"

    vendor = models.ForeignKey(
        "vendors.Vendor",
        on_delete=models.PROTECT,
        related_name="payouts",
        db_index=False,  # payout_of_vendor begins with it
    )
    number = models.CharField(max_length=20, help_text="PO-2026-000123")
    method = models.CharField(max_length=10, help_text="The vendor's payout method of that day.")
    status = models.CharField(max_length=10, choices=Status, default=Status.SCHEDULED)
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    period_end = models.DateField(help_text="Delivered up to this day, holding period included.")
    destination = models.JSONField(help_text="The vendor's payout details of that day.")
    reference = models.CharField(max_length=200, blank=True, help_text="The bank's or Stripe's.")
    failure_reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the schedule.",
    )
    attempted_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then a provider may have it."
    )
    refusals = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often the provider said no; it may be asked again."
    )
    checked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider was last asked for one that arrived."
    )
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "currency", "period_end"],
                condition=~Q(status="failed"),
                name="payout_once_per_period",
            ),
            models.UniqueConstraint(fields=["number"], name="payout_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_not_empty"),
            models.CheckConstraint(
                condition=Q(status__in=["scheduled", "sent", "settled", "failed"]),
                name="payout_status_is_known",
            ),
            models.UniqueConstraint(
                fields=["method", "reference"],
                condition=Q(method="stripe") & ~Q(reference=""),
                name="payout_reference_once",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-id"], name="payout_of_vendor"),
            models.Index(
                fields=["status", "id"],
                name="payout_unfinished",
                condition=Q(status__in=["scheduled", "sent"]),
            ),
            models.Index(
                fields=["settled_at"],
                name="payout_to_follow",
                condition=Q(status="settled", method="stripe"),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Entry(models.Model):
    """One debit (positive) or credit (negative) of an account.

    `payout` is written once, on entries of `vendor_payable`: the payout that pays them out. What
    is payable and has none is the vendor's balance; those of one payout, its own debit among
    them, sum to zero.
    """

    class Account(models.TextChoices):
        CLEARING = "clearing"  # at a provider of payments or payouts
        VENDOR_PAYABLE = "vendor_payable"  # owed to the vendor; a debit balance is its debt
        VENDOR_RESERVE = "vendor_reserve"  # the vendor's, held while a dispute is open
        VENDOR_IN_TRANSIT = "vendor_in_transit"  # in payouts that are on their way
        PLATFORM_COMMISSION = "platform_commission"
        HOUSE_SALES = "house_sales"  # the shop's own goods in orders of several sellers
        SHIPPING = "shipping"
        TAX = "tax"
        REFUNDS = "refunds"  # promised to buyers, not given back yet
        ADJUSTMENTS = "adjustments"  # the other side of what staff correct

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=20, choices=Account)
    vendor = models.ForeignKey(
        "vendors.Vendor",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # ledger_entry_of_vendor begins with it
    )
    provider = models.CharField(max_length=20, blank=True, help_text="Of clearing only.")
    currency = models.CharField(max_length=3)
    amount = MoneyField(help_text="Debits are positive, credits negative.")
    vendor_order = models.ForeignKey(
        "orders.VendorOrder", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_not_empty"),
            models.CheckConstraint(
                condition=Q(
                    account__in=["vendor_payable", "vendor_reserve", "vendor_in_transit"],
                    vendor__isnull=False,
                    provider="",
                )
                | Q(account="clearing", vendor=None) & ~Q(provider="")
                | Q(
                    account__in=[
                        "platform_commission",
                        "house_sales",
                        "shipping",
                        "tax",
                        "refunds",
                        "adjustments",
                    ],
                    vendor=None,
                    provider="",
                ),
                name="ledger_entry_account_is_known",
            ),
            models.CheckConstraint(
                condition=Q(payout=None) | Q(account__in=["vendor_payable", "vendor_in_transit"]),
                name="ledger_entry_payout_of_vendor",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-id"], name="ledger_entry_of_vendor"),
            models.Index(
                fields=["vendor", "currency"],
                include=["amount", "vendor_order"],
                name="ledger_entry_payable",
                condition=Q(account="vendor_payable", payout=None),
            ),
            models.Index(
                fields=["vendor", "currency"],
                include=["account", "amount"],
                name="ledger_entry_held",
                condition=Q(account__in=["vendor_reserve", "vendor_in_transit"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount} {self.currency}"


class Adjustment(models.Model):
    """A correction of a vendor's balance by hand: one of the staff proposes, another approves.

    Positive amounts are credited to the vendor.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REJECTED = "rejected"

    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.PROTECT, related_name="+")
    amount = MoneyField(help_text="Positive: credited to the vendor.")
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_not_empty"),
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(decided_by=F("proposed_by")),
                name="adjustment_needs_two",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by=None, decided_at=None)
                | Q(
                    status__in=["approved", "rejected"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="adjustment_is_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}: {self.reason}"

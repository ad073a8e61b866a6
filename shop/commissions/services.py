"""Rates of commission: agreed on from now on, never for what was sold."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shop.accounts.models import User
from shop.commissions.errors import (
    EndsBeforeItBegins,
    HouseHasNoCommission,
    OneTargetOnly,
    PastCommission,
    ProductOfAnother,
    RateBeginsThen,
    RateEndsSooner,
    RateHasBegun,
    RateHasNotBegun,
)
from shop.commissions.models import CommissionRule
from shop.core import sql
from shop.core.errors import NotFound
from shop.core.money import ZERO
from shop.core.transactions import atomic, retry_on_conflict
from shop.products.models import Category, Product
from shop.vendors import services as vendors
from shop.vendors.models import Vendor

# Sold goods name their vendor at the same time (FOR KEY SHARE), which this lets pass.
_LOCK_VENDOR = f"""
    SELECT id, is_house, statement_timestamp() AS now FROM {Vendor._meta.db_table}
    WHERE id = %s FOR NO KEY UPDATE
"""  # noqa: S608 (the name comes from the model)
_KEEP = "SELECT id FROM {table} WHERE id = %s FOR KEY SHARE"


@retry_on_conflict
@atomic
def set_rate(
    *,
    vendor: Vendor,
    percent: Decimal,
    fee: Decimal = ZERO,
    category: Category | None = None,
    product: Product | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    actor: User,
) -> CommissionRule:
    """From `valid_from` on (None: now) the platform keeps `percent` of each line and `fee` of
    each piece, of all that `vendor` sells, of a category and what is below it, or of a product.

    Without an end it takes the place of the open rate of the same goods, which ends where it
    begins; with one it goes before that for a while. Raises `OneTargetOnly`,
    `ProductOfAnother`, `EndsBeforeItBegins` (400), `HouseHasNoCommission`, `PastCommission`,
    `RateBeginsThen` (409), `NotFound`.
    """
    _check_target(vendor, category, product)
    now = _lock_vendor(vendor.pk, refuse_house=True)
    begins = now if valid_from is None else valid_from
    if begins < now:
        raise PastCommission(attr="valid_from")
    if valid_to is not None and valid_to <= begins:
        raise EndsBeforeItBegins(attr="valid_to")
    rule = CommissionRule(vendor=vendor, category=category, product=product)
    same = _same_goods(rule)
    if same.filter(valid_from=begins).exists():
        raise RateBeginsThen(attr="valid_from")
    rule.percent, rule.fee, rule.actor = percent, fee, actor
    rule.valid_from, rule.valid_to = begins, valid_to
    rule.save(force_insert=True)
    rule.refresh_from_db(fields=["percent", "fee", "created_at"])
    if valid_to is None:
        before = same.filter(valid_from__lt=begins, valid_to=None)
        before.update(valid_to=begins, is_replaced=True)
    _note(rule, "commission_set", actor=actor)
    return rule


@retry_on_conflict
@atomic
def end_rate(
    *, rule: CommissionRule, valid_to: datetime | None = None, actor: User
) -> CommissionRule:
    """Let it count until `valid_to` (None: now), and what is less special again from then on.

    Raises `PastCommission`, `RateHasNotBegun`, `RateEndsSooner` (409), `NotFound`.
    """
    now = _lock_vendor(rule.vendor_id)
    rule = _present(rule)
    ends = now if valid_to is None else valid_to
    if ends < now:
        raise PastCommission(attr="valid_to")
    if ends <= rule.valid_from:
        raise RateHasNotBegun(attr="valid_to")
    if rule.valid_to is not None and rule.valid_to <= ends:
        raise RateEndsSooner(attr="valid_to")
    rule.valid_to, rule.is_replaced = ends, False
    rule.save(update_fields=["valid_to", "is_replaced"])
    _note(rule, "commission_ended", actor=actor)
    return rule


@retry_on_conflict
@atomic
def withdraw_rate(*, rule: CommissionRule, actor: User) -> None:
    """Take back a rate that has not begun; the one whose place it was to take goes on.

    Raises `RateHasBegun` (409), `NotFound`.
    """
    now = _lock_vendor(rule.vendor_id)
    rule = _present(rule)
    if rule.valid_from <= now:
        raise RateHasBegun
    before = _same_goods(rule).filter(valid_to=rule.valid_from, is_replaced=True)
    # Perhaps yet another takes its place: then that one takes the place of the one before it.
    ends = rule.valid_to if rule.is_replaced else None
    before.update(valid_to=ends, is_replaced=rule.is_replaced)
    _note(rule, "commission_withdrawn", actor=actor)
    rule.delete()


def _check_target(vendor: Vendor, category: Category | None, product: Product | None) -> None:
    """And hold it against deletion until the transaction ends."""
    if category is not None and product is not None:
        raise OneTargetOnly(attr="product")
    target = category or product
    if target is None:
        return
    statement = _KEEP.format(table=target._meta.db_table)
    if not sql.rows(statement, [target.pk]):
        raise NotFound
    if product is not None and product.vendor_id != vendor.pk:
        raise ProductOfAnother(attr="product")


def _lock_vendor(vendor_id: int, *, refuse_house: bool = False) -> datetime:
    """One change of a vendor's rates at a time; the moment of it, by the database's clock."""
    found = sql.rows(_LOCK_VENDOR, [vendor_id])
    if not found:
        raise NotFound
    if refuse_house and found[0]["is_house"]:
        raise HouseHasNoCommission(attr="vendor")
    now: datetime = found[0]["now"]
    return now


def _same_goods(rule: CommissionRule) -> QuerySet[CommissionRule]:
    """All rates of what `rule` is for."""
    return CommissionRule.objects.filter(
        vendor=rule.vendor_id, category=rule.category_id, product=rule.product_id
    )


def _present(rule: CommissionRule) -> CommissionRule:
    """As it is now that its vendor is locked."""
    found = CommissionRule.objects.select_related("vendor", "category", "product")
    present = found.filter(pk=rule.pk).first()
    if present is None:
        raise NotFound
    return present


def _note(rule: CommissionRule, kind: str, *, actor: User) -> None:
    details: dict[str, Any] = {
        "rule": rule.pk,
        "percent": str(rule.percent),
        "fee": str(rule.fee),
        "category": rule.category and rule.category.slug,
        "product": rule.product and rule.product.slug,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to and rule.valid_to.isoformat(),
    }
    vendors.note_change(vendor=rule.vendor, kind=kind, actor=actor, details=details)

"""Which rate counts for which line, and the rates as they are read."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from shop.cart.totals import CartLine
from shop.commissions.charges import NOTHING, Charge, Rate, charge
from shop.commissions.models import CommissionRule
from shop.core import sql
from shop.core.money import ZERO, quantize
from shop.products.models import Category
from shop.vendors.models import Vendor

# By hand, because shoppers wait for it: see `shop.core.sql`. One row for each line, in their
# order. `above` climbs the tree from every category of theirs; should the data hold a cycle,
# it ends there.
_RATES = f"""
    WITH RECURSIVE line AS (
        SELECT * FROM unnest(
            %(vendors)s::bigint[], %(products)s::bigint[], %(categories)s::bigint[]
        ) WITH ORDINALITY AS line (vendor_id, product_id, category_id, position)
    ), above (category_id, id, parent_id, steps) AS (
        SELECT id, id, parent_id, 0 FROM {Category._meta.db_table}
        WHERE id = ANY(%(categories)s)
        UNION ALL
        SELECT above.category_id, upper.id, upper.parent_id, above.steps + 1
        FROM {Category._meta.db_table} AS upper JOIN above ON upper.id = above.parent_id
    ) CYCLE id SET is_met_again USING path
    SELECT found.percent, found.fee
    FROM line LEFT JOIN LATERAL (
        SELECT rule.percent, rule.fee
        FROM {CommissionRule._meta.db_table} AS rule LEFT JOIN above
        ON above.category_id = line.category_id AND above.id = rule.category_id
        WHERE rule.vendor_id = line.vendor_id
          AND rule.valid_from <= statement_timestamp()
          AND (rule.valid_to IS NULL OR rule.valid_to > statement_timestamp())
          AND (rule.product_id IS NULL OR rule.product_id = line.product_id)
          AND (rule.category_id IS NULL OR above.id IS NOT NULL)
        ORDER BY rule.product_id IS NULL, above.steps NULLS LAST, rule.valid_from DESC, rule.id DESC
        LIMIT 1
    ) AS found ON true
    ORDER BY line.position
"""  # noqa: S608 (the names come from the models)


def charges_of(lines: Sequence[CartLine]) -> list[Charge]:
    """What the platform keeps of each line, at the rates of this moment by the database's clock.

    One statement for all lines. The house pays nothing to itself, and a cart with only its
    goods asks nothing of the database.
    """
    rates = _rates_of([line for line in lines if not line.is_of_house])
    return [
        NOTHING
        if line.is_of_house
        else charge(
            next(rates),
            line_total=line.line_total,
            quantity=line.quantity,
            currency=line.currency,
        )
        for line in lines
    ]


def _rates_of(lines: Sequence[CartLine]) -> Iterator[Rate]:
    if not lines:
        return
    params = {
        "vendors": [line.vendor_id for line in lines],
        "products": [line.product_id for line in lines],
        "categories": [line.category_id for line in lines],
    }
    for row in sql.rows(_RATES, params):
        if row["percent"] is None:
            yield Rate(settings.COMMISSION_PERCENT, ZERO)
        else:
            yield Rate(row["percent"], _fee(row["fee"]))


def _fee(fee: Decimal) -> Decimal:
    return quantize(fee, settings.SHOP_CURRENCY)


def rules() -> QuerySet[CommissionRule]:
    """Every rule with what it is about and who made it, the last begun first."""
    return rules_for_vendors().select_related("vendor", "category", "product", "actor")


def rules_for_vendors() -> QuerySet[CommissionRule]:
    """The same without who made it, which is the shop's own affair."""
    found = CommissionRule.objects.select_related("vendor", "category", "product")
    return found.order_by("-valid_from", "-id")


def rules_of(vendor: Vendor) -> QuerySet[CommissionRule]:
    """What `vendor` agreed on: its rates, past, present and to come."""
    return rules_for_vendors().filter(vendor=vendor)

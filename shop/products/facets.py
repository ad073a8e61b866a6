"""Counting for facets: how many products each value of a filter would leave.

A facet counts the products that fulfil all *other* filters, so that shoppers see what another
choice would bring: to choose a value gives a list of just as many. All is one statement. What it
counts in are sets of products: facets whose own filter is not used share the set of all filters.

    found_0   the products that fulfil every filter
    found_1   … every one but the category, if a category is asked for; and so on
    shelf_0   the active variants of such a set that have the options asked for
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from shop.core import sql
from shop.inventory.models import StockLevel
from shop.products import counts
from shop.products.models import Product, Variant
from shop.products.options import MAX_OPTIONS
from shop.products.price_bands import limits
from shop.products.querysets import Wanted, matching

Row = dict[str, Any]
Params = list[Any]

_LONGEST = 60  # seconds
# What is remembered: each thousand products take PostgreSQL some milliseconds.
_PRODUCTS_PER_SECOND = 1_000

_COLUMNS = ("pk", "category_id", "vendor_id", "price", "average_rating")
# A variant comes once for each warehouse that it lies in: what is counted are products.
_SHELF = f"""
    SELECT found.pk, variant.options, coalesce(level.on_hand > level.reserved, false) AS available
    FROM {{found}} AS found
    JOIN {Variant._meta.db_table} AS variant ON variant.product_id = found.pk
    LEFT JOIN {StockLevel._meta.db_table} AS level ON level.variant_id = variant.id
    WHERE variant.is_active AND variant.options @> %s::jsonb
"""  # noqa: S608 (the names come from the models)
_BY_VALUE = """
    SELECT '{facet}' AS facet, '' AS name, ({value})::text AS value, count(*) AS number
    FROM {found} GROUP BY 3
"""
_STOCK = """
    SELECT 'in_stock', '', 'true', count(*)
    FROM (SELECT DISTINCT pk FROM {shelf} WHERE available) AS available
    UNION ALL SELECT 'in_stock', '', '', count(*) FROM {found}
"""
# A product has a value however many of its variants have it.
_OPTIONS = """
    SELECT 'options', key, value, count(*) FROM (
        SELECT pk, key, value
        FROM {shelf} CROSS JOIN LATERAL jsonb_each_text(options) AS option (key, value)
        WHERE {which} GROUP BY pk, key, value HAVING {offered}
    ) AS each GROUP BY key, value
"""


@dataclass(frozen=True)
class Counts:
    """How many products there are of each category (its own), vendor, bucket of prices, …"""

    by_category: Mapping[int, int]
    by_vendor: Mapping[int, int]
    by_bucket: Mapping[int, int]
    by_stars: Mapping[int, int]  # the average rating, rounded down
    in_stock: int
    out_of_stock: int
    by_option: Mapping[str, Mapping[str, int]]


def counted(among: QuerySet[Product], wanted: Wanted) -> Counts:
    """The counts for facets of those of the products `among` that are `wanted`.

    Of a thousand products and more they may be some seconds old, as the count of a list.
    """
    statement, params = _Statement(among, wanted).composed()
    key = counts.key_of("facets", statement, params)
    rows: list[Row] | None = cache.get(key)
    if rows is None:
        rows = sql.rows(statement, params)
        number = max(map(_total, _by_facet(rows).values()), default=0)
        if number >= counts.EXACT_BELOW:
            seconds = max(counts.REMEMBERED_SECONDS, number // _PRODUCTS_PER_SECOND)
            cache.set(key, rows, min(seconds, _LONGEST))
    return _counts(_by_facet(rows))


def _by_facet(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["facet"], []).append(row)
    return found


def _total(rows: Sequence[Row]) -> int:
    return sum(row["number"] for row in rows)


def _counts(rows: Mapping[str, list[Row]]) -> Counts:
    def by_number(facet: str) -> dict[int, int]:
        return {int(row["value"]): row["number"] for row in rows.get(facet, ())}

    stock = {row["value"]: row["number"] for row in rows["in_stock"]}
    options: dict[str, dict[str, int]] = {}
    for row in rows.get("options", ()):
        options.setdefault(row["name"], {})[row["value"]] = row["number"]
    return Counts(
        by_category=by_number("category"),
        by_vendor=by_number("vendor"),
        by_bucket=by_number("price"),
        by_stars=by_number("rating"),
        in_stock=stock["true"],
        out_of_stock=stock[""] - stock["true"],
        by_option=options,
    )


@dataclass
class _Statement:
    among: QuerySet[Product]
    wanted: Wanted
    _known: list[Wanted] = field(default_factory=list)
    _named: list[str] = field(default_factory=list)
    _params: Params = field(default_factory=list)

    def composed(self) -> tuple[str, Params]:
        parts = [*self._by_value(), *self._by_variant()]
        counting = " UNION ALL ".join(part for part, _ in parts)
        params = [value for _, values in parts for value in values]
        return f"WITH {', '.join(self._named)} {counting}", [*self._params, *params]

    def _by_value(self) -> Iterator[tuple[str, Params]]:
        wanted = self.wanted
        own: list[tuple[str, str, Wanted, Params]] = [
            ("category", "category_id", replace(wanted, category_ids=None), []),
            ("vendor", "vendor_id", replace(wanted, vendor_id=None), []),
            ("rating", "floor(average_rating)", replace(wanted, min_rating=None), []),
            (
                "price",
                "width_bucket(price, %s::numeric[])",
                replace(wanted, min_price=None, max_price=None),
                [limits(settings.SHOP_CURRENCY)],
            ),
        ]
        for facet, value, without, params in own:
            found = self._found(without)
            yield _BY_VALUE.format(facet=facet, value=value, found=found), params

    def _by_variant(self) -> Iterator[tuple[str, Params]]:
        # Whether something is in stock is here asked of the variants.
        wanted, chosen = replace(self.wanted, in_stock=None), dict(self.wanted.options or {})
        found, shelf = self._found(wanted), self._shelf(wanted)
        yield _STOCK.format(shelf=shelf, found=found), []
        yield self._options(shelf, "key <> ALL(%s)", list(chosen))
        # With more options than a product has, there is none even without one of them.
        for name in chosen if len(chosen) <= MAX_OPTIONS + 1 else ():
            others = {other: value for other, value in chosen.items() if other != name}
            shelf = self._shelf(replace(wanted, options=others))
            yield self._options(shelf, "key = %s", name)

    def _options(self, shelf: str, which: str, names: Any) -> tuple[str, Params]:
        in_stock = self.wanted.in_stock
        offered = "true" if in_stock is None else "bool_or(available) = %s"
        params = [names] if in_stock is None else [names, in_stock]
        return _OPTIONS.format(shelf=shelf, which=which, offered=offered), params

    def _found(self, wanted: Wanted) -> str:
        """The name of the set of the products that are `wanted`."""
        if wanted not in self._known:
            found = matching(self.among, wanted).order_by().values(*_COLUMNS)
            statement, params = found.query.sql_with_params()
            self._named.append(f"found_{len(self._known)} AS ({statement})")
            self._params += params
            self._known.append(wanted)
        return f"found_{self._known.index(wanted)}"

    def _shelf(self, wanted: Wanted) -> str:
        """The name of the variants, of products that are `wanted`, which have its options."""
        found = self._found(wanted)
        name = f"shelf_{len(self._named)}"
        self._named.append(f"{name} AS ({_SHELF.format(found=found)})")
        self._params.append(json.dumps(dict(wanted.options or {})))
        return name

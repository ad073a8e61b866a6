"""The facets of a product list, as both doors answer them: largest choices first."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from shop.core import sql
from shop.products import facets
from shop.products.facets import Counts
from shop.products.models import Category, Product
from shop.products.options import size_rank
from shop.products.price_bands import bands
from shop.products.querysets import Wanted
from shop.vendors import querysets as vendors

Answer = dict[str, Any]

MOST = 100  # values of one facet
_MOST_OPTIONS = 20
_STARS = (5, 4, 3, 2, 1)

# These and all above them, each behind its parent and in the order of its siblings.
_WITH_PARENTS = f"""
    WITH RECURSIVE shown AS (
        SELECT id, parent_id FROM {Category._meta.db_table} WHERE id = ANY(%s)
        UNION
        SELECT parent.id, parent.parent_id
        FROM {Category._meta.db_table} AS parent JOIN shown ON parent.id = shown.parent_id
    )
    SELECT category.id, category.name, category.slug, category.parent_id AS parent
    FROM shown JOIN {Category._meta.db_table} AS category ON category.id = shown.id
    ORDER BY category.position, category.name, category.id
"""  # noqa: S608 (the names come from the model)


def facets_of(among: QuerySet[Product], wanted: Wanted) -> Answer:
    """What narrows down those of the products `among` that are `wanted`, in three statements."""
    found = facets.counted(among, wanted)
    priced = bands(found.by_bucket, settings.SHOP_CURRENCY)
    return {
        "categories": _categories(found.by_category),
        "prices": [{"min": one.least, "max": one.most, "count": one.count} for one in priced],
        "options": _options(found.by_option),
        "ratings": [{"value": stars, "count": _at_least(stars, found)} for stars in _STARS],
        "vendors": _vendors(found.by_vendor),
        "in_stock": [
            {"value": True, "count": found.in_stock},
            {"value": False, "count": found.out_of_stock},
        ],
    }


def _at_least(stars: int, found: Counts) -> int:
    return sum(count for rating, count in found.by_stars.items() if rating >= stars)


def _categories(counts: Mapping[int, int]) -> list[Answer]:
    """With their descendants' products, as the filter has it; no child without its parent."""
    rows = {row["id"]: row | {"count": 0} for row in sql.rows(_WITH_PARENTS, [list(counts)])}
    depths = {}
    for category_id in rows:
        line = _line(category_id, rows)
        depths[category_id] = len(line)
        for above in line:
            rows[above]["count"] += counts.get(category_id, 0)
    ordered = sorted(rows.values(), key=lambda row: (-row["count"], depths[row["id"]]))
    return ordered[:MOST]


def _line(category_id: int, rows: Mapping[int, Answer]) -> list[int]:
    """The category and those above it."""
    line = [category_id]
    while (above := rows[line[-1]]["parent"]) in rows and above not in line:
        line.append(above)
    return line


def _vendors(counts: Mapping[int, int]) -> list[Answer]:
    largest = sorted(counts, key=lambda vendor_id: (-counts[vendor_id], vendor_id))[:MOST]
    named = vendors.public().filter(pk__in=largest).values("id", "name", "slug")
    found = [row | {"count": counts[row["id"]]} for row in named]
    return sorted(found, key=lambda row: (-row["count"], row["name"], row["id"]))


def _options(counts: Mapping[str, Mapping[str, int]]) -> list[Answer]:
    largest = sorted(counts, key=lambda name: (-sum(counts[name].values()), name))
    return [
        {"name": name, "values": _values(name, counts[name])} for name in largest[:_MOST_OPTIONS]
    ]


def _values(name: str, counts: Mapping[str, int]) -> list[Answer]:
    """Sizes from small to large, others the largest first."""

    def place(value: str) -> tuple[int, int, str]:
        return size_rank({name: value}), -counts[value], value

    return [{"value": value, "count": counts[value]} for value in sorted(counts, key=place)[:MOST]]

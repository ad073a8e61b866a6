"""What somebody may be looking for who has typed the beginning of it.

First by the beginnings of words: "oak ta" finds "Table of oak". Where that finds nothing, what is
spelt alike: "oaks tabel" finds it too. Names alone are looked at, and only public ones.
"""

from collections.abc import Sequence
from typing import Any

from shop.core import sql
from shop.core.searching import words_of
from shop.products import rows
from shop.products.answers import image_of
from shop.products.models import Category, Product
from shop.vendors.models import Vendor

Answer = dict[str, Any]

MAX_LENGTH = 100  # of what is typed
_LEAST_LETTERS = 2
_MAX_WORDS = 8
# Of very many that match, so many are looked at for the best: all of them would take too long.
_LOOKED_AT, _LOOKED_AT_ALIKE = 100, 300
_LIKENESS = "0.4"  # one letter wrong, missing or too many in a word of six

_PRODUCTS, _CATEGORIES, _VENDORS = 6, 2, 2

# A kind each: what is public of it, what goes first among equals, and how many are shown.
_PUBLIC = {
    "product": (
        f"""{Product._meta.db_table} AS named
        JOIN {Vendor._meta.db_table} AS vendor ON vendor.id = named.vendor_id
            AND vendor.status = '{Vendor.Status.APPROVED}'
        WHERE named.status = '{Product.Status.ACTIVE}'""",
        "named.review_count",
        _PRODUCTS,
    ),
    "category": (f"{Category._meta.db_table} AS named WHERE true", "0", _CATEGORIES),
    "vendor": (
        f"{Vendor._meta.db_table} AS named WHERE named.status = '{Vendor.Status.APPROVED}'",
        "0",
        _VENDORS,
    ),
}
_BEST = """
    (SELECT '{kind}' AS kind, id, name, slug FROM (
        SELECT named.id, named.name, named.slug, {known} AS known, {rank} AS rank
        FROM {public} AND {condition}
        LIMIT {looked_at}
    ) AS {kind} ORDER BY rank DESC, known DESC, name, id LIMIT {most})
"""
_WORD = "plain_text(named.name) LIKE '%%' || plain_text(%(word_{number})s) || '%%'"
_BEGINS = "(plain_text(named.name) LIKE plain_text(%(typed)s) || '%%')::int"
_ALIKE = "plain_text(named.name) %%> plain_text(%(typed)s)"
_HOW_ALIKE = "word_similarity(plain_text(%(typed)s), plain_text(named.name))"
# The operator's limit is a setting; this one holds until the statement ends.
_WITH_LIKENESS = """
    SELECT * FROM ({best}) AS best
    WHERE (SELECT set_config('pg_trgm.word_similarity_threshold', %(likeness)s, true)) <> ''
"""


def _best(condition: str, rank: str, looked_at: int) -> str:
    """The best of each kind, by `rank`, of those with `condition`."""
    return " UNION ALL ".join(
        _BEST.format(
            kind=kind,
            public=public,
            known=known,
            most=most,
            looked_at=looked_at,
            condition=condition,
            rank=rank,
        )
        for kind, (public, known, most) in _PUBLIC.items()
    )


_BEST_ALIKE = _WITH_LIKENESS.format(best=_best(_ALIKE, _HOW_ALIKE, _LOOKED_AT_ALIKE))


def suggest(typed: str) -> Answer:
    """At most ten products, categories and vendors; none for less than two letters.

    Up to three statements, however many there are.
    """
    words = words_of(typed)[:_MAX_WORDS]
    found = _found(words) if max(map(len, words), default=0) >= _LEAST_LETTERS else []
    return {
        "products": _products([row["id"] for row in found if row["kind"] == "product"]),
        "categories": _references("category", found),
        "vendors": _references("vendor", found),
    }


def _found(words: Sequence[str]) -> list[rows.Row]:
    params = {f"word_{number}": word for number, word in enumerate(words)}
    params |= {"typed": " ".join(words), "likeness": _LIKENESS}
    all_words = " AND ".join(_WORD.format(number=number) for number in range(len(words)))
    begun = _best(all_words, _BEGINS, _LOOKED_AT)
    return sql.rows(begun, params) or sql.rows(_BEST_ALIKE, params)


def _references(kind: str, found: Sequence[rows.Row]) -> list[Answer]:
    return [
        {name: row[name] for name in ("id", "name", "slug")} for row in found if row["kind"] == kind
    ]


def _products(product_ids: Sequence[int]) -> list[Answer]:
    listed = rows.listed_by_id(product_ids) if product_ids else {}
    return [
        {name: listed[pk][name] for name in ("id", "name", "slug", "price", "currency")}
        | {"image": image_of(listed[pk])}
        for pk in product_ids
        if pk in listed
    ]

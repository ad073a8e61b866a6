"""Slugs: found for new rows, freed and redirected when they change."""

import secrets
from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from shop.products.errors import SlugTaken
from shop.products.models import Category, Product, SlugRedirect
from shop.products.services.conflicts import naming_conflicts

_ROOM_FOR_SUFFIX = 10
# Addresses beside those of products.
RESERVED = frozenset({"bulk", "export"})


def insert_with_slug(*, row: Category | Product, slug: str | None) -> None:
    """Insert `row` with `slug`, else with a free one made from its name.

    Raises `SlugTaken` for a `slug` that is in use. A redirect from it ends.
    """
    if slug is not None:
        row.slug = slug
        with naming_conflicts():
            row.save(force_insert=True)
        _redirects(row).filter(slug=slug).delete()
        return
    row.slug = _free_slug(row)
    try:
        with naming_conflicts(), transaction.atomic():
            row.save(force_insert=True)
    except SlugTaken:
        # Somebody took it between the look and the insert.
        row.slug = f"{row.slug}-{secrets.token_hex(3)}"
        row.save(force_insert=True)


def redirect_slug(*, row: Category | Product, old: str) -> None:
    """After `row` was saved with another slug: its old address leads to it."""
    _redirects(row).filter(slug__in=[old, row.slug]).delete()
    if isinstance(row, Product):
        SlugRedirect.objects.create(slug=old, product=row)
    else:
        SlugRedirect.objects.create(slug=old, category=row)


def _redirects(row: Category | Product) -> QuerySet[SlugRedirect]:
    redirects = SlugRedirect.objects.all()
    return (
        redirects.filter(category=None)
        if isinstance(row, Product)
        else redirects.filter(product=None)
    )


def give_slugs(*, rows: Sequence[Product], besides: Collection[str]) -> None:
    """Each of `rows`, which are new, a free slug made from its name, and none of `besides`.

    One query for all.
    """
    candidates = [_candidates(row) for row in rows]
    taken = _taken(Product, [slug for own in candidates for slug in own]).union(besides)
    for row, own in zip(rows, candidates, strict=True):
        row.slug = _first_free(own, taken)
        taken.add(row.slug)


def _free_slug(row: Category | Product) -> str:
    candidates = _candidates(row)
    return _first_free(candidates, _taken(type(row), candidates))


def _candidates(row: Category | Product) -> list[str]:
    """ "blue-shirt", else "blue-shirt-2" and so on; old addresses of others are not taken."""
    base = _slug_base(row)
    return [base, *(f"{base}-{number}" for number in range(2, 10))]


def _first_free(candidates: list[str], taken: Collection[str]) -> str:
    free = (candidate for candidate in candidates if candidate not in taken)
    return next(free, f"{candidates[0]}-{secrets.token_hex(3)}")


def _taken(kind: type[Category | Product], slugs: Collection[str]) -> set[str]:
    """Those of `slugs` that a row of this kind has, or had. By hand: each new row asks it."""
    redirects = SlugRedirect._meta.db_table
    wanted = list(slugs)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT slug FROM {kind._meta.db_table} WHERE slug = ANY(%s)
            UNION ALL
            SELECT slug FROM {redirects} WHERE slug = ANY(%s) AND {kind._meta.model_name}_id > 0
            """,  # noqa: S608 (the names come from the models)
            [wanted, wanted],
        )
        found = {slug for (slug,) in cursor.fetchall()}
    return found | RESERVED.intersection(wanted) if kind is Product else found


def refuse_reserved(slug: str | None) -> None:
    """For products. Raises `SlugTaken`: what is at that address is no product."""
    if slug in RESERVED:
        raise SlugTaken("This slug is an address of the shop itself.", attr="slug")


def _slug_base(row: Category | Product) -> str:
    longest = (row._meta.get_field("slug").max_length or 100) - _ROOM_FOR_SUFFIX
    base = slugify(row.name)[:longest].strip("-_")
    if not base:
        return f"{row._meta.model_name}-{secrets.token_hex(4)}"
    # All digits would be taken for an id.
    return f"{row._meta.model_name}-{base}"[:longest] if base.isdigit() else base

"""Slugs: found for new rows, freed and redirected when they change."""

import secrets

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from shop.products.errors import SlugTaken
from shop.products.models import Category, Product, SlugRedirect
from shop.products.services.conflicts import naming_conflicts

_ROOM_FOR_SUFFIX = 10


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


def _free_slug(row: Category | Product) -> str:
    """ "blue-shirt", else "blue-shirt-2" and so on; old addresses of others are not taken."""
    base = _slug_base(row)
    candidates = [base, *(f"{base}-{number}" for number in range(2, 10))]
    taken = _taken(row, candidates)
    free = (candidate for candidate in candidates if candidate not in taken)
    return next(free, f"{base}-{secrets.token_hex(3)}")


def _taken(row: Category | Product, slugs: list[str]) -> set[str]:
    """Those of `slugs` that a row of this kind has, or had. By hand: each new row asks it."""
    redirects = SlugRedirect._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT slug FROM {row._meta.db_table} WHERE slug = ANY(%s)
            UNION ALL
            SELECT slug FROM {redirects} WHERE slug = ANY(%s) AND {row._meta.model_name}_id > 0
            """,  # noqa: S608 (the names come from the models)
            [slugs, slugs],
        )
        return {slug for (slug,) in cursor.fetchall()}


def _slug_base(row: Category | Product) -> str:
    longest = (row._meta.get_field("slug").max_length or 100) - _ROOM_FOR_SUFFIX
    base = slugify(row.name)[:longest].strip("-_")
    if not base:
        return f"{row._meta.model_name}-{secrets.token_hex(4)}"
    # All digits would be taken for an id.
    return f"{row._meta.model_name}-{base}"[:longest] if base.isdigit() else base

"""Names of vendors: one spelling, and nobody else's."""

import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from psycopg import Error as PostgresError

from shop.vendors.errors import NameNotAcceptable, NameTaken
from shop.vendors.models import Vendor

LONGEST = 100
_TAKEN = {"vendors_vendor_slug_key", "vendor_name_once"}


def tidy_name(name: str) -> str:
    """`name` in the one spelling that is kept. Raises `NameNotAcceptable`."""
    tidy = " ".join(unicodedata.normalize("NFKC", name).split())
    if len(tidy) > LONGEST or not any(sign.isalnum() for sign in tidy):
        raise NameNotAcceptable
    return tidy


def slug_of(name: str) -> str:
    """ "Vera's Vases" is "veras-vases"; a name without Latin letters gets one by chance."""
    slug = slugify(name)[:LONGEST].strip("-_")
    if not slug:
        return f"vendor-{secrets.token_hex(4)}"
    # All digits would be taken for an id.
    return f"vendor-{slug}"[:LONGEST] if slug.isdigit() else slug


def check_free(*, name: str, but: Vendor) -> None:
    """Raises `NameTaken` when another vendor's address would be made of `name`."""
    if Vendor.objects.exclude(pk=but.pk).filter(slug=slug_of(name)).exists():
        raise NameTaken


@contextmanager
def taken_names() -> Iterator[None]:
    """Raise `NameTaken` when the block breaks a constraint on names: what others write at the
    same moment cannot be looked up."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        name = cause.diag.constraint_name if isinstance(cause, PostgresError) else None
        if name not in _TAKEN:
            raise
        raise NameTaken from None

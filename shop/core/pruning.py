"""Forgetting what is old, however much of it has piled up while nobody did."""

from typing import Any

from django.db.models import QuerySet

PIECE = 5000


def delete_in_pieces(rows: QuerySet[Any]) -> int:
    """Delete `rows`, each piece by itself; returns how many.

    All at once may take longer than a statement may, and then nothing would ever be deleted.
    """
    deleted = 0
    while piece := list(rows.order_by().values_list("pk", flat=True)[:PIECE]):
        deleted += rows.model._default_manager.filter(pk__in=piece).delete()[0]
    return deleted

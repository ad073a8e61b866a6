"""What the catalogue tells the apps above it."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Event):
    """A category was created, changed, moved or deleted."""

    name: ClassVar[str] = "category.changed"
    category_id: int


@dataclass(frozen=True, kw_only=True)
class ProductCreated(Event):
    """A product with its variants and stock was written, whatever its status."""

    name: ClassVar[str] = "product.created"
    product_id: int
    actor_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductUpdated(Event):
    """A product, one of its variants or one of its images changed."""

    name: ClassVar[str] = "product.updated"
    product_id: int
    actor_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductArchived(Event):
    """A product was archived, or had been ordered when it was to be deleted: it is inactive."""

    name: ClassVar[str] = "product.archived"
    product_id: int
    actor_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductDeleted(Event):
    """A product that nobody ever ordered is gone."""

    name: ClassVar[str] = "product.deleted"
    product_id: int
    vendor_id: int  # nobody can look it up any more
    actor_id: int | None = None

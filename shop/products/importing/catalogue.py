"""The one shape that files of every format are read into.

`None` means that the file says nothing about it: a new product gets the default,
a known one keeps what it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shop.accounts.models import User
from shop.products.models import Category
from shop.vendors.models import Vendor


@dataclass(frozen=True, kw_only=True)
class Behalf:
    """Whose goods they become, and who brings them.

    Without `actor` it is the shop itself. A seller makes no categories, what the shop has none
    for goes to `category` or stays out; is told nothing of other vendors' goods; and what is new
    may have to wait for approval.
    """

    vendor: Vendor
    actor: User | None = None
    category: Category | None = None

    @property
    def is_seller(self) -> bool:
        return self.actor is not None


@dataclass(frozen=True, slots=True)
class CategoryStep:
    """One step of the way from the top; `slug` only where the file itself names it."""

    name: str
    slug: str = ""


CategoryPath = tuple[CategoryStep, ...]


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category that the file lists for its own sake; the last step of `path`."""

    line: int
    path: CategoryPath


@dataclass(frozen=True, slots=True)
class VariantRow:
    """`sku_is_made` when the file has none: it was made from the handle and the options."""

    line: int
    sku: str
    options: dict[str, str]
    price: Decimal
    sku_is_made: bool = False
    compare_at_price: Decimal | None = None
    stock: int | None = None
    barcode: str | None = None
    weight_grams: int | None = None


@dataclass(frozen=True, slots=True)
class ImageRow:
    url: str
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """`line` is where it begins; `description` is HTML, sanitized already."""

    line: int
    handle: str
    name: str
    variants: tuple[VariantRow, ...]
    category: CategoryPath | None = None
    description: str | None = None
    status: str | None = None
    tags: tuple[str, ...] | None = None
    meta_title: str | None = None
    meta_description: str | None = None
    images: tuple[ImageRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A product that stays out, and why."""

    line: int
    handle: str
    reason: str


Item = CategoryRow | ProductRow | Refusal
Items = Iterator[Item]


class Refused(Exception):
    """Raised while a product is read, checked or matched; becomes a `Refusal`."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


class BrokenFile(Exception):
    """The file as a whole cannot be trusted: nothing of it is imported."""


class TooLarge(BrokenFile):
    """More than a seller may send at once."""

"""Reads of the catalogue: which goods match, and who may see or change them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, QuerySet

from shop.accounts.models import User
from shop.core import sql
from shop.core.keysets import Columns
from shop.core.references import BIGGEST_ID, reference
from shop.inventory import querysets as inventory
from shop.products.models import PUBLIC_STATUSES, Category, Product, Variant
from shop.vendors import querysets as vendors
from shop.vendors.models import Vendor, VendorMember

Somebody = User | AnonymousUser

_TABLE = Product._meta.db_table


@dataclass(frozen=True)
class Order:
    """What follows ORDER BY, with its parameters.

    As SQL, because it stands behind the statement that selects, which is also counted without it.
    The id makes every order total, so that pages never overlap. Without `columns` it is computed.
    """

    sql: str
    params: tuple[str, ...] = ()
    columns: Columns | None = None


def _by(column: str, *, descending: bool = False) -> Order:
    columns = Columns((f"{_TABLE}.{column}", f"{_TABLE}.id"), descending)
    return Order(columns.order_by(), columns=columns)


ORDERINGS = {
    f"{minus}{name}": _by(column, descending=descending)
    for name, column in (
        ("price", "price"),
        ("name", "name"),
        ("created_at", "created_at"),
        ("rating", "average_rating"),
    )
    for minus, descending in (("", False), ("-", True))
}
LONGEST_WAITING = _by("submitted_at")
_RELEVANCE = f"ts_rank({_TABLE}.search, websearch_to_tsquery('english', %s)) DESC, {_TABLE}.id DESC"


def listed() -> QuerySet[Product]:
    """What the public's lists show: active goods of approved vendors."""
    return Product.objects.filter(
        status=Product.Status.ACTIVE, vendor__status=Vendor.Status.APPROVED
    )


def in_state(
    products: QuerySet[Product], *, status: str | None, submitted: bool | None
) -> QuerySet[Product]:
    """Those of `products` that have this status, and do or do not wait for approval."""
    if status is not None:
        products = products.filter(status=status)
    if submitted is not None:
        products = products.filter(submitted_at__isnull=not submitted)
    return products


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; None: everything.

    `options` must all be those of one active variant. `in_stock` asks about the
    variants that have these options: size M in stock, not M and something else in stock.
    """

    category_ids: Sequence[int] | None = None
    vendor_id: int | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    options: Mapping[str, str] | None = None
    min_rating: Decimal | None = None
    in_stock: bool | None = None
    tag: str | None = None
    search: str | None = None


def matching(products: QuerySet[Product], wanted: Wanted) -> QuerySet[Product]:
    """Those of `products` that fulfil every condition of `wanted`."""
    columns = {
        "category_id__in": wanted.category_ids,
        "vendor_id": wanted.vendor_id,
        "price__gte": wanted.min_price,
        "price__lte": wanted.max_price,
        "average_rating__gte": wanted.min_rating,
        "tags__contains": None if wanted.tag is None else [wanted.tag],
        "search": None if wanted.search is None else _words(wanted.search),
    }
    given = {name: value for name, value in columns.items() if value is not None}
    return _with_variant(products.filter(**given), wanted)


def _with_variant(products: QuerySet[Product], wanted: Wanted) -> QuerySet[Product]:
    if not wanted.options:
        exists, in_stock = None, inventory.product_in_stock()
    else:
        variants = Variant.objects.filter(
            product_id=OuterRef("pk"), is_active=True, options__contains=dict(wanted.options)
        )
        exists, in_stock = Exists(variants), Exists(variants.filter(inventory.variant_in_stock()))
    if wanted.in_stock:
        return products.filter(in_stock)
    if exists:
        products = products.filter(exists)
    return products if wanted.in_stock is None else products.exclude(in_stock)


def order_of(ordering: str | None, *, search: str | None = None) -> Order:
    """One of `ORDERINGS`, or "relevance", which needs `search`.

    With nothing asked for, a search comes by relevance and a list with the newest first.
    """
    ordering = ordering or ("-created_at" if search is None else "relevance")
    if ordering == "relevance":
        return Order(_RELEVANCE, (search or "",))
    return ORDERINGS[ordering]


def _words(search: str) -> SearchQuery:
    """What people type in a search box: words, "a phrase", -without, this or that."""
    return SearchQuery(search, config="english", search_type="websearch")


# UNION, not UNION ALL: it would end even if the data held a cycle.
_SUBTREE = f"""
    WITH RECURSIVE subtree (id) AS (
        SELECT id FROM {Category._meta.db_table} WHERE {{column}} = %s
        UNION
        SELECT child.id
        FROM {Category._meta.db_table} AS child JOIN subtree ON child.parent_id = subtree.id
    )
    SELECT id FROM subtree
"""  # noqa: S608 (the names come from the model)


def subtree_ids(category: str) -> list[int]:
    """The category that `category` (slug or id) names and all below it; empty: there is none."""
    named = by_column(category)
    if named is None:
        return []
    column, value = named
    return [row["id"] for row in sql.rows(_SUBTREE.format(column=column), [value])]


def by_column(reference: str) -> tuple[str, int | str] | None:
    """Column and value of what `reference` names, as `shop.core.references` has it.

    All digits are an id; None: such an id is larger than any.
    """
    if not (reference.isascii() and reference.isdigit()):
        return "slug", reference
    is_possible = len(reference) < 20 and int(reference) <= BIGGEST_ID
    return ("id", int(reference)) if is_possible else None


def vendor_id_of(vendor: str) -> int | None:
    """The id of the approved vendor that `vendor` (slug or id) names."""
    return vendors.public().filter(reference(vendor)).values_list("id", flat=True).first()


def may_see(user: Somebody, *, status: str, vendor_id: int, vendor_status: str) -> bool:
    """Whether `user` may open the page of a product with these properties."""
    is_open = is_public(status=status, vendor_status=vendor_status)
    return is_open or may_see_hidden(user, vendor_id=vendor_id)


def is_public(*, status: str, vendor_status: str) -> bool:
    """Whether everybody may open the page of such a product."""
    return status in PUBLIC_STATUSES and vendor_status == Vendor.Status.APPROVED


def may_see_hidden(user: Somebody, *, vendor_id: int) -> bool:
    """Whether `user` sees drafts and inactive variants of this vendor: staff and its members."""
    return vendor_id in vendors_open_to(user, [vendor_id])


def vendors_open_to(user: Somebody, vendor_ids: Collection[int]) -> Collection[int]:
    """Those of these vendors whose drafts and inactive variants `user` sees."""
    if not isinstance(user, User) or not vendor_ids:
        return ()
    if user.has_perm("products.view_product"):
        return vendor_ids
    own = vendors.vendors_of(user).filter(pk__in=vendor_ids)
    return set(own.order_by().values_list("pk", flat=True))


def managed_vendors(user: User) -> QuerySet[Vendor]:
    """The approved vendors whose goods `user` may add and change."""
    managing = (VendorMember.Role.OWNER, VendorMember.Role.MANAGER)
    memberships = vendors.memberships_of(user).filter(role__in=managing)
    return Vendor.objects.filter(pk__in=memberships.values("vendor_id"))


def editable_products(user: User, *, permission: str) -> QuerySet[Product]:
    """All products for staff with `permission`, else those of the vendors `user` manages."""
    if user.has_perm(permission):
        return Product.objects.all()
    return Product.objects.filter(vendor__in=managed_vendors(user))


def product_slug_now(old_slug: str, user: Somebody) -> str | None:
    """The slug of the product that was once called `old_slug`, if `user` may see it."""
    found = Product.objects.filter(old_slugs__slug=old_slug)
    row = found.values("slug", "status", "vendor_id", "vendor__status").first()
    if row is None or not may_see(
        user,
        status=row["status"],
        vendor_id=row["vendor_id"],
        vendor_status=row["vendor__status"],
    ):
        return None
    return str(row["slug"])


def category_slug_now(old_slug: str) -> str | None:
    """The slug of the category that was once called `old_slug`."""
    found = Category.objects.filter(old_slugs__slug=old_slug)
    return found.values_list("slug", flat=True).first()

"""Reads of stock. The public number is available = on_hand - reserved, over all warehouses."""

from collections.abc import Collection
from typing import Any, cast

from django.conf import settings
from django.db.models import (
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from shop.core import references
from shop.core.errors import NotFound
from shop.core.keysets import Found, OrderedRows, Window
from shop.core.references import BIGGEST_ID
from shop.inventory.models import StockLevel, StockMovement, Warehouse
from shop.vendors.models import Vendor

AVAILABLE = F("on_hand") - F("reserved")

_OF_VARIANT = ("sku", "options", "product_id", "product__name", "product__slug")
LEVEL_COLUMNS = (
    *("id", "on_hand", "reserved", "updated_at"),
    *("variant_id", *(f"variant__{name}" for name in _OF_VARIANT)),
    *("warehouse_id", "warehouse__code", "warehouse__name"),
)
MOVEMENT_COLUMNS = (
    *("id", "kind", "quantity", "reference", "reason", "created_at", "actor_id", "actor__email"),
    *("level__variant_id", *(f"level__variant__{name}" for name in _OF_VARIANT)),
    *("level__warehouse_id", "level__warehouse__code", "level__warehouse__name"),
)


def available_by_variant(variant_ids: Collection[int]) -> dict[int, int]:
    """How many of each variant can be bought; 0 for those without a stock level."""
    rows = (
        StockLevel.objects.filter(variant_id__in=variant_ids)
        .order_by()
        .values_list("variant_id")
        .annotate(total=Sum(AVAILABLE))
    )
    return dict.fromkeys(variant_ids, 0) | dict(rows)


def available_by_product(product_ids: Collection[int]) -> dict[int, int]:
    """How many of each product's active variants together can be bought."""
    rows = (
        StockLevel.objects.filter(variant__product_id__in=product_ids, variant__is_active=True)
        .order_by()
        .values_list("variant__product_id")
        .annotate(total=Sum(AVAILABLE))
    )
    return dict.fromkeys(product_ids, 0) | dict(rows)


def variant_in_stock(outer: str = "pk") -> Exists:
    """For filters on variants: something of the variant `outer` can be bought."""
    return Exists(StockLevel.objects.filter(variant_id=OuterRef(outer), on_hand__gt=F("reserved")))


def product_in_stock(outer: str = "pk") -> Exists:
    """For filters on products: something of an active variant of the product can be bought."""
    return Exists(
        StockLevel.objects.filter(
            variant__product_id=OuterRef(outer), variant__is_active=True, on_hand__gt=F("reserved")
        )
    )


def available_of_variant(outer: str = "pk") -> Coalesce:
    """For annotations of variants (or of rows with a foreign key to one): what can be bought."""
    total = (
        StockLevel.objects.filter(variant_id=OuterRef(outer))
        .order_by()
        .values("variant_id")
        .annotate(total=Sum(AVAILABLE))
        .values("total")
    )
    return Coalesce(Subquery(total), Value(0), output_field=IntegerField())


def low_threshold() -> Coalesce:
    """For annotations of stock levels: at this number or below the variant is low."""
    return Coalesce("variant__low_stock_threshold", Value(settings.LOW_STOCK_THRESHOLD))


def default_warehouse() -> Warehouse:
    """The warehouse that receives stock when none is named; made when the shop has none."""
    warehouse, _ = Warehouse.objects.get_or_create(
        is_default=True, defaults={"name": "Main warehouse", "code": "main"}
    )
    return warehouse


def variant_id_of(value: int | str, *, vendor: Vendor | None = None) -> int:
    """The id of the variant that `value` names: its sku, or its id. Raises `NotFound`.

    With `vendor` only its own goods are there.
    """
    condition = Q(sku=value) if isinstance(value, str) else Q()
    if isinstance(value, int) or (value.isascii() and value.isdigit() and len(value) < 20):
        condition |= Q(pk=value) if int(value) <= BIGGEST_ID else Q(pk__in=[])
    if vendor is not None:
        condition &= Q(product__vendor=vendor)
    found = _variants().filter(condition).values_list("pk", "sku")
    # A sku may be all digits, and another variant's id: the sku counts.
    best = max(found, key=lambda row: row[1] == value, default=None)
    if best is None:
        raise NotFound("There is no such variant.", attr="variant")
    return int(best[0])


def variant_ids_of(
    values: Collection[int | str], *, vendor: Vendor | None = None
) -> dict[int | str, int]:
    """As `variant_id_of`, of many, in one query: those of `values` that name one, and its id."""
    texts = [value for value in values if isinstance(value, str)]
    ids = [key for value in values if isinstance(key := references.key_of(value), int)]
    condition = Q(sku__in=texts) | Q(pk__in=ids)
    if vendor is not None:
        condition &= Q(product__vendor=vendor)
    found = list(_variants().filter(condition).values_list("pk", "sku"))
    by_sku, there = {sku: pk for pk, sku in found}, {pk for pk, _ in found}
    named: dict[int | str, int] = {}
    for value in values:
        pk = by_sku.get(value) if isinstance(value, str) else None
        key = references.key_of(value) if pk is None else pk
        if isinstance(key, int) and key in there:
            named[value] = key
    return named


def variant_model() -> Any:
    """Whatever the foreign key names: the app above is not imported here."""
    return StockLevel._meta.get_field("variant").related_model


def _variants() -> QuerySet[Any]:
    return cast("QuerySet[Any]", variant_model()._default_manager.all())


def warehouses_for(vendor: Vendor) -> QuerySet[Warehouse]:
    """Where a vendor may keep its goods: its own warehouses, and the shop's default one."""
    usable = Warehouse.objects.filter(Q(vendor=vendor) | Q(is_default=True))
    return usable.select_related("vendor").order_by("name", "id")


def warehouse_of(value: int | str, *, vendor: Vendor | None = None) -> Warehouse:
    """The warehouse that `value` names: its code, or its id. Raises `NotFound`.

    With `vendor` only those are there that it may use.
    """
    usable = Warehouse.objects.all() if vendor is None else warehouses_for(vendor)
    warehouse = usable.filter(references.reference(value, field="code")).first()
    if warehouse is None:
        raise NotFound("There is no such warehouse.", attr="warehouse")
    return warehouse


def warehouses_of(
    values: Collection[int | str], *, vendor: Vendor | None = None
) -> dict[int | str, int]:
    """As `warehouse_of`, of many, in one query: those of `values` that name one, and its id."""
    keys = {value: references.key_of(value) for value in values}
    codes = [key for key in keys.values() if isinstance(key, str)]
    ids = [key for key in keys.values() if isinstance(key, int)]
    usable = Warehouse.objects.all() if vendor is None else warehouses_for(vendor)
    found = usable.filter(Q(code__in=codes) | Q(pk__in=ids)).values_list("pk", "code")
    named = {key: pk for pk, code in found for key in (pk, code)}
    return {value: named[key] for value, key in keys.items() if key in named}


# --- For staff and sellers: rows as the API answers them ---------------------------------


class Rows:
    """Rows for a paginator: counted without the joins that only their columns need.

    A page is joined after its rows are found, so that no plan joins the whole table.
    """

    def __init__(self, found: QuerySet[Any], *columns: str, **computed: Any) -> None:
        self._found = found
        self._columns = columns
        self._computed = computed
        self._keyset = OrderedRows(found)
        self.order = self._keyset.order

    def count(self) -> int:
        return self._found.count()

    def __getitem__(self, page: slice) -> list[dict[str, Any]]:
        return self._read(self._found[page])

    def window(self, window: Window, /) -> Found:
        rows = self._read(self._keyset.within(window))
        return [(self._keyset.key_of(row), row) for row in rows]

    def _read(self, page: QuerySet[Any]) -> list[dict[str, Any]]:
        rows = self._found.model._default_manager.filter(pk__in=page.values("pk"))
        rows = rows.order_by(*page.query.order_by)
        return list(rows.values(*self._columns, **self._computed))


def level_rows(
    *,
    vendor: Vendor | None = None,
    sku: str | None = None,
    product: str | None = None,
    warehouse: str | None = None,
    low: bool | None = None,
) -> Rows:
    """The stock levels that fulfil every condition given, by variant, as `LEVEL_COLUMNS`."""
    found = StockLevel.objects.order_by("variant_id", "warehouse_id")
    if vendor is not None:
        found = found.filter(variant__product__vendor=vendor)
    if sku is not None:
        found = found.filter(variant__sku=sku)
    if product is not None:
        found = found.filter(_through("variant__product", product, "slug"))
    if warehouse is not None:
        found = found.filter(_through("warehouse", warehouse, "code"))
    if low is not None:
        is_low = Q(on_hand__lte=F("reserved") + low_threshold())
        found = found.filter(is_low if low else ~is_low)
    return Rows(found, *LEVEL_COLUMNS, threshold=low_threshold())


def levels_by_id(level_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Such rows of these levels."""
    found = StockLevel.objects.filter(pk__in=level_ids).order_by()
    rows = found.values(*LEVEL_COLUMNS, threshold=low_threshold())
    return {row["id"]: row for row in rows}


def level_row(level_id: int) -> dict[str, Any]:
    """One row as `level_rows` has them."""
    level = StockLevel.objects.filter(pk=level_id)
    return Rows(level, *LEVEL_COLUMNS, threshold=low_threshold())[:1][0]


def movement_rows(
    *,
    vendor: Vendor | None = None,
    variant: str | None = None,
    kind: str | None = None,
    warehouse: str | None = None,
    reference: str | None = None,
) -> Rows:
    """The movements that fulfil every condition given, newest first, as `MOVEMENT_COLUMNS`."""
    found = StockMovement.objects.order_by("-id")
    if vendor is not None:
        found = found.filter(level__variant__product__vendor=vendor)
    if variant is not None:
        # A sku may look like an id: both are shown.
        named = (
            _variants()
            .filter(references.reference(variant, field="sku") | Q(sku=variant))
            .order_by()
        )
        found = found.filter(level__variant__in=named.values("pk"))
    if kind is not None:
        found = found.filter(kind=kind)
    if warehouse is not None:
        found = found.filter(_through("level__warehouse", warehouse, "code"))
    if reference is not None:
        found = found.filter(reference=reference)
    return Rows(found, *MOVEMENT_COLUMNS)


def _through(path: str, value: str, field: str) -> Q:
    """As `core.references.reference`, for the row at the other end of `path`."""
    ((name, sought),) = cast(
        "list[tuple[str, Any]]", references.reference(value, field=field).children
    )
    return Q(**{f"{path}__{name}": sought})

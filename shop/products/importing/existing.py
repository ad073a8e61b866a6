"""What the shop has already of a batch of products; seven queries however long it is."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from shop.inventory.models import StockLevel
from shop.products.importing.catalogue import Behalf, ProductRow, Refused
from shop.products.importing.cells import short
from shop.products.models import Product, ProductImage, SlugRedirect, Variant


class Existing:
    """The products that a batch may be about, locked until the transaction ends.

    Locks are taken in the order of ids, and after nothing else: the shop's services
    lock a product before its variants and stock, too. Those of other vendors are not
    changed and so not locked.
    """

    def __init__(
        self, rows: Sequence[ProductRow], *, behalf: Behalf, all_handles: Collection[str]
    ) -> None:
        self._behalf, self._all_handles = behalf, all_handles
        handles = [row.handle for row in rows]
        skus = [variant.sku for row in rows for variant in row.variants]
        redirects = SlugRedirect.objects.filter(slug__in=handles, product__isnull=False)
        self._renamed = dict(redirects.values_list("slug", "product_id"))
        owners = set(Variant.objects.filter(sku__in=skus).values_list("product_id", flat=True))
        by_slug = Product.objects.filter(slug__in=handles).values_list("pk", flat=True)
        ids = owners.union(by_slug, self._renamed.values())
        self._load_products(ids)
        self._by_slug = {product.slug: product for product in self._products.values()}
        self._load_parts()

    def _load_products(self, ids: Collection[int]) -> None:
        products = Product.objects.defer("search").select_related("vendor").order_by("pk")
        own = products.filter(pk__in=ids, vendor=self._behalf.vendor)
        locked = own.select_for_update(no_key=True, of=("self",))
        self._products = {product.pk: product for product in locked}
        if others := set(ids) - self._products.keys():
            self._products |= {product.pk: product for product in products.filter(pk__in=others)}

    def _load_parts(self) -> None:
        """Read only now: nobody changes the parts of a locked product."""
        self.variants: dict[int, list[Variant]] = defaultdict(list)
        self.images: dict[int, list[ProductImage]] = defaultdict(list)
        self.sku_owners: dict[str, int] = {}
        for variant in Variant.objects.filter(product__in=self._products).order_by(
            "position", "pk"
        ):
            self.variants[variant.product_id].append(variant)
            self.sku_owners[variant.sku] = variant.product_id
        for image in ProductImage.objects.filter(product__in=self._products).order_by("pk"):
            self.images[image.product_id].append(image)
        levels = StockLevel.objects.filter(
            variant__product__in=self._products, warehouse__is_default=True
        ).order_by()
        self.stock = {level.variant_id: level.available for level in levels}

    def product_of(self, row: ProductRow) -> Product | None:
        """The product that `row` is about: by handle, else an old handle, else by its skus.

        Raises `Refused` when it is another vendor's, or when the skus are several products'.
        """
        product = self._by_slug.get(row.handle)
        if product is None and row.handle in self._renamed:
            product = self._products.get(self._renamed[row.handle])
        if product is None:
            product = self._by_skus(row)
        if product is not None and self._is_hidden(product):
            raise Refused(row.line, "its handle or one of its skus is taken")
        if product is not None and product.vendor_id != self._behalf.vendor.pk:
            raise Refused(
                row.line,
                f"{short(product.slug)} is a product of the vendor {short(product.vendor.slug)}",
            )
        return product

    def _is_hidden(self, product: Product) -> bool:
        """Whether a seller shall not learn what it is: another vendor's, perhaps a draft."""
        return self._behalf.is_seller and product.vendor_id != self._behalf.vendor.pk

    def _by_skus(self, row: ProductRow) -> Product | None:
        owners = {
            self.sku_owners[variant.sku]: variant
            for variant in row.variants
            if variant.sku in self.sku_owners
        }
        if len(owners) > 1:
            if any(self._is_hidden(self._products[owner]) for owner in owners):
                raise Refused(row.line, "one of its skus is taken")
            slugs = " and ".join(sorted(short(self._products[owner].slug) for owner in owners))
            raise Refused(row.line, f"its skus belong to several products: {slugs}")
        for owner, variant in owners.items():
            # Its own row comes in this file, too: the sku must not lead this one there.
            if self._products[owner].slug in self._all_handles:
                self.check_sku(variant.sku, None, variant.line)
            return self._products[owner]
        return None

    def check_sku(self, sku: str, product: Product | None, line: int) -> None:
        """Raises `Refused` when `sku` belongs to another product."""
        owner = self.sku_owners.get(sku)
        if owner is not None and (product is None or owner != product.pk):
            if self._is_hidden(self._products[owner]):
                raise Refused(line, f"the sku {short(sku)} is taken")
            slug = short(self._products[owner].slug)
            raise Refused(line, f"the sku {short(sku)} belongs to the product {slug}")

"""The catalogue: categories, products, variants, images."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from shop.core.models import TimestampedModel
from shop.core.money import MoneyField
from shop.core.searching import by_trigrams
from shop.products.images import image_path, thumbnail_urls
from shop.products.options import Options

NOT_A_NUMBER = ~Q(slug__regex=r"^[0-9]+$")
LISTED_BY = ("status", "vendor", "category")


class Category(TimestampedModel):
    """A node of the category tree; a flat shop is a tree of depth one."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=150, unique=True)
    description = models.TextField(blank=True)
    image = models.ImageField(upload_to=image_path, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=NOT_A_NUMBER, name="category_slug_is_not_a_number"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="category_not_own_parent"
            ),
        ]
        indexes = [by_trigrams("name", name="category_name_trigrams")]

    def __str__(self) -> str:
        return self.name


class Product(TimestampedModel):
    """Something the shop sells, in one or more variants.

    `base_price` is what the merchant wrote; `price` is what lists show and sort
    by, the lowest price of an active variant, kept by the services. `currency`
    is the shop's at the time of writing. `submitted_at` is there while a draft waits
    until staff have looked at it, `decline_reason` after they said no.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        INACTIVE = "inactive"
        DISCONTINUED = "discontinued"

    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        related_name="products",
        db_index=False,  # product_by_category_price begins with it
    )
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.PROTECT, related_name="products")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=220, unique=True)
    description = models.TextField(blank=True, help_text="HTML, sanitized when it is written.")
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    submitted_at = models.DateTimeField(null=True, editable=False)
    decline_reason = models.CharField(max_length=500, default="", db_default="", editable=False)
    base_price = MoneyField(validators=[MinValueValidator(0)])
    price = MoneyField(editable=False)
    compare_at_price = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    meta_title = models.CharField(max_length=200, blank=True)
    meta_description = models.CharField(max_length=500, blank=True)
    average_rating = models.DecimalField(max_digits=3, decimal_places=2, default=0, editable=False)
    review_count = models.PositiveIntegerField(default=0, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("name", weight="A", config="english")
        + SearchVector("description", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=NOT_A_NUMBER, name="product_slug_is_not_a_number"),
            models.CheckConstraint(
                condition=Q(price__gte=0) & Q(base_price__gte=0), name="product_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "active", "inactive", "discontinued"]),
                name="product_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(status="draft"),
                name="product_submitted_is_a_draft",
            ),
        ]
        # docs/schema.md names the query that each of these serves. The lists' indexes carry
        # what the lists filter by: counts and far pages are answered from the index alone.
        indexes = [
            models.Index(
                fields=["category", "price", "id"],
                include=["status", "vendor"],
                name="product_by_category_price",
            ),
            models.Index(fields=["price", "id"], include=LISTED_BY, name="product_by_price"),
            models.Index(fields=["-created_at", "-id"], include=LISTED_BY, name="product_newest"),
            models.Index(fields=["name", "id"], include=LISTED_BY, name="product_by_name"),
            models.Index(
                fields=["-average_rating", "-id"], include=LISTED_BY, name="product_best_rated"
            ),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(submitted_at__isnull=False),
                name="product_submitted",
            ),
            models.Index(
                fields=["vendor"],
                include=["average_rating", "review_count"],
                condition=Q(review_count__gt=0),
                name="product_rated_by_vendor",
            ),
            GinIndex(fields=["search"], name="product_search"),
            GinIndex(fields=["tags"], name="product_tags"),
            by_trigrams("name", name="product_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.status in PUBLIC_STATUSES

    @property
    def is_buyable(self) -> bool:
        return self.status == Product.Status.ACTIVE


# The public's lists show the active; a discontinued product's page still answers.
PUBLIC_STATUSES = (Product.Status.ACTIVE, Product.Status.DISCONTINUED)


class Variant(TimestampedModel):
    """What is bought: a product in one combination of options. Every product has at least one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=100, unique=True)
    options = models.JSONField(default=dict, blank=True, help_text='{"size": "M", "color": "Blue"}')
    own_price = MoneyField(null=True, blank=True, help_text="Empty: the product's price.")
    compare_at_price = MoneyField(null=True, blank=True)
    barcode = models.CharField(max_length=50, blank=True)
    weight_grams = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    low_stock_threshold = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: the shop's own."
    )

    class Meta:
        ordering = ["product_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "options"], name="variant_options_once"),
            models.CheckConstraint(
                condition=Q(own_price=None) | Q(own_price__gte=0), name="variant_price_not_negative"
            ),
        ]
        indexes = [
            GinIndex(fields=["options"], opclasses=["jsonb_path_ops"], name="variant_options"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {Options(self.options)}".strip()

    @property
    def size(self) -> str | None:
        return Options(self.options).size


class ProductImage(TimestampedModel):
    """A picture of a product: an uploaded file, or the address of one kept elsewhere."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(upload_to=image_path, blank=True)
    remote_url = models.URLField(max_length=500, blank=True)
    alt_text = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_main = models.BooleanField(default=False)

    class Meta:
        ordering = ["product_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(is_main=True), name="product_one_main_image"
            ),
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(remote_url="")) | (~Q(file="") & Q(remote_url="")),
                name="product_image_file_or_address",
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text or f"image of product {self.product_id}"

    @property
    def url(self) -> str:
        return self.file.url if self.file else self.remote_url

    @property
    def thumbnails(self) -> dict[str, str]:
        return thumbnail_urls(file=self.file.name or "", remote_url=self.remote_url)


class SlugRedirect(models.Model):
    """A slug that a product or a category once had; its page answers with the new address."""

    slug = models.SlugField(max_length=220)
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, related_name="old_slugs"
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, related_name="old_slugs"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=Q(category=None), name="product_redirect_once"
            ),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(product=None), name="category_redirect_once"
            ),
            models.CheckConstraint(
                condition=Q(product=None, category__isnull=False)
                | Q(category=None, product__isnull=False),
                name="redirect_has_one_target",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

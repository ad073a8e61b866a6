"""Orders: promises with frozen prices, and how each came to its present state."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from shop.core.models import TimestampedModel
from shop.core.money import MoneyField


class Order(TimestampedModel):
    """What a shopper ordered, at the prices of that moment."""

    class Status(models.TextChoices):
        PENDING = "PENDING"
        PAID = "PAID"
        PROCESSING = "PROCESSING"
        SHIPPED = "SHIPPED"
        DELIVERED = "DELIVERED"
        CANCELLED = "CANCELLED"
        REFUNDED = "REFUNDED"

    number = models.CharField(max_length=20, unique=True, help_text="NX-2026-000123")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,  # order_of_user begins with it
    )
    # One cart becomes at most one order, however often the request is repeated.
    cart = models.OneToOneField(
        "cart.Cart", on_delete=models.SET_NULL, null=True, related_name="order"
    )
    email = models.EmailField(help_text="Where mails about this order go.")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    subtotal = MoneyField()
    shipping_total = MoneyField(default=0)
    tax_total = MoneyField(default=0)
    discount_total = MoneyField(default=0)
    total_price = MoneyField()
    shipping_address = models.JSONField(null=True)
    billing_address = models.JSONField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    carrier = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    is_disputed = models.BooleanField(
        default=False, db_default=False, help_text="Its payer's bank disputes it, or has won."
    )
    placed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is cancelled if it is still unpaid."
    )
    paid_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    total_price=F("subtotal")
                    + F("shipping_total")
                    + F("tax_total")
                    - F("discount_total")
                ),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(subtotal__gte=0)
                & Q(shipping_total__gte=0)
                & Q(tax_total__gte=0)
                & Q(discount_total__gte=0)
                & Q(total_price__gte=0),
                name="order_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "PENDING",
                        "PAID",
                        "PROCESSING",
                        "SHIPPED",
                        "DELIVERED",
                        "CANCELLED",
                        "REFUNDED",
                    ]
                ),
                name="order_status_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="order_of_user"),
            models.Index(fields=["status", "-id"], name="order_by_status"),
            models.Index(
                fields=["expires_at"], name="order_to_expire", condition=Q(status="PENDING")
            ),
        ]

    def __str__(self) -> str:
        return self.number


class VendorOrder(TimestampedModel):
    """The part of an order that one vendor sells and sends: every order has one or more.

    Its lines, amounts and moves are its own; the order's amounts are the sums of its parts, and
    the order's status is that of its least advanced part that is neither cancelled nor refunded.
    """

    Status = Order.Status

    order = models.ForeignKey(
        Order,
        on_delete=models.CASCADE,
        related_name="parts",
        db_index=False,  # vendor_order_once begins with it
    )
    vendor = models.ForeignKey(
        "vendors.Vendor",
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,  # vendor_order_of_vendor begins with it
    )
    number = models.CharField(max_length=25, help_text="NX-2026-000123-1")
    status = models.CharField(max_length=10, choices=Order.Status, default=Order.Status.PENDING)
    currency = models.CharField(max_length=3)
    subtotal = MoneyField()
    shipping_total = MoneyField(default=0)
    tax_total = MoneyField(default=0)
    discount_total = MoneyField(default=0)
    total_price = MoneyField()
    commission_total = MoneyField(default=0, help_text="What the platform keeps of it.")
    carrier = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "vendor"], name="vendor_order_once"),
            models.UniqueConstraint(fields=["number"], name="vendor_order_number_once"),
            models.CheckConstraint(
                condition=Q(
                    total_price=F("subtotal")
                    + F("shipping_total")
                    + F("tax_total")
                    - F("discount_total")
                ),
                name="vendor_order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(subtotal__gte=0)
                & Q(shipping_total__gte=0)
                & Q(tax_total__gte=0)
                & Q(discount_total__gte=0)
                & Q(total_price__gte=0)
                & Q(commission_total__gte=0)
                & Q(commission_total__lte=F("subtotal")),
                name="vendor_order_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "PENDING",
                        "PAID",
                        "PROCESSING",
                        "SHIPPED",
                        "DELIVERED",
                        "CANCELLED",
                        "REFUNDED",
                    ]
                ),
                name="vendor_order_status_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-id"], name="vendor_order_of_vendor"),
            models.Index(fields=["vendor", "status", "-id"], name="vendor_order_by_status"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderItem(models.Model):
    """A line of an order: a copy of what was bought, whatever becomes of the product.

    The commission is that of the moment of placing: a percentage of the line and a fee for each
    piece, together at most the line itself.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    vendor_order = models.ForeignKey(VendorOrder, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey("products.Variant", on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.PROTECT, related_name="+")
    product_name = models.CharField(max_length=200)
    product_slug = models.CharField(max_length=220)
    sku = models.CharField(max_length=100)
    options = models.JSONField(default=dict)
    quantity = models.PositiveIntegerField()
    refunded_quantity = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many were given back, or will be."
    )
    price = MoneyField()
    line_total = MoneyField()
    commission_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, db_default=0
    )
    commission_fee = MoneyField(default=0, db_default=0, help_text="For each piece.")
    commission_total = MoneyField(default=0, db_default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(line_total=F("price") * F("quantity")), name="order_item_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(price__gte=0), name="order_item_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity__gte=0) & Q(refunded_quantity__lte=F("quantity")),
                name="order_item_refunded_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(commission_percent__gte=0)
                & Q(commission_percent__lte=100)
                & Q(commission_fee__gte=0)
                & Q(commission_total__gte=0)
                & Q(commission_total__lte=F("line_total")),
                name="order_item_commission_within_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_name}"


class OrderStatusChange(models.Model):
    """One move of an order from a state to another; never changed afterwards."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="history")
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=Order.Status)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the shop itself.",
    )
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status or 'new'} → {self.to_status}"


class VendorOrderStatusChange(models.Model):
    """One move of a part of an order from a state to another; never changed afterwards."""

    vendor_order = models.ForeignKey(VendorOrder, on_delete=models.CASCADE, related_name="history")
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=Order.Status)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the shop itself.",
    )
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status or 'new'} → {self.to_status}"

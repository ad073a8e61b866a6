"""What GraphQL shows of orders to the vendors who send them, and takes in."""

from datetime import date, datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.cart.graphql import ProductReference
from shop.core.graphql.nodes import Option, options_of
from shop.orders import models
from shop.orders.graphql_parts import OrderAddress

# --- Out --------------------------------------------------------------------------------------


@strawberry.type(description="A line of a vendor's order.")
class VendorOrderItem:
    pk: int
    product: ProductReference = strawberry.field(
        description="As it was called when it was ordered."
    )
    variant_id: int
    product_name: str
    sku: str
    quantity: int
    refunded_quantity: int = strawberry.field(description="Promised refunds count.")
    price: str
    line_total: str
    commission_percent: str = strawberry.field(description="Of the line.")
    commission_fee: str = strawberry.field(description="For each piece.")
    commission_total: str = strawberry.field(description="What the shop keeps of the line.")

    @strawberry.field
    def options(self) -> list[Option]:
        return options_of(cast("Any", self)["options"])


@strawberry.type(description="The vendor's own part of an order; its amounts are in `currency`.")
class VendorOrder:
    pk: int
    number: str
    order_number: str = strawberry.field(description="That the buyer knows.")
    status: models.Order.Status
    is_paid: bool = strawberry.field(
        description="Do not send what is PENDING and not paid: it may expire."
    )
    placed_at: datetime
    paid_at: datetime | None
    currency: str
    items: list[VendorOrderItem]
    subtotal: str
    shipping_total: str
    tax_total: str
    discount_total: str
    total_price: str
    commission_total: str = strawberry.field(description="What the shop keeps of it.")
    shipping_address: OrderAddress | None = strawberry.field(
        description="null also while nothing is to be sent: PENDING, CANCELLED."
    )
    note: str = strawberry.field(description="From the buyer, with the order.")
    carrier: str
    tracking_number: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    created_at: datetime
    updated_at: datetime


@strawberry.type
class VendorOrderChange:
    from_status: str
    to_status: str
    actor: str = strawberry.field(description="vendor, customer, staff, or shop: by itself.")
    actor_email: str | None = strawberry.field(description="Of the vendor's own members only.")
    note: str
    created_at: datetime


@strawberry.type
class VendorOrderPayload:
    vendor_order: VendorOrder


@strawberry.type(description="What some days add up to; amounts are in the shop's currency.")
class VendorFigures:
    orders: int = strawberry.field(description="Paid on that day, whatever came of them.")
    units: int = strawberry.field(description="How many pieces they were of.")
    sales: str = strawberry.field(description="What was paid for them.")
    refunds: str = strawberry.field(description="What was given back for goods on that day.")
    commission: str = strawberry.field(description="Of the sales, before anything is given back.")
    average_rating: float | None = strawberry.field(description="null: nobody reviewed anything.")
    review_count: int


@strawberry.type(description="How a day of UTC went.")
class VendorDay(VendorFigures):
    date: date


@strawberry.type(description="How each day went, the oldest first, and all of them together.")
class VendorSummary:
    to: date
    currency: str
    days: list[VendorDay]
    totals: VendorFigures

    @strawberry.field(name="from")
    def first(self) -> date:
        return cast("date", cast("Any", self)["from"])


# --- In ---------------------------------------------------------------------------------------


@strawberry.input(description="Orders that fulfil all of it.")
class VendorOrderFilter:
    status: models.Order.Status | None = UNSET
    search: str | None = strawberry.field(default=UNSET, description="A piece of the number.")
    placed_after: str | None = strawberry.field(
        default=UNSET, description="From this moment on: 2026-11-20T12:00:00Z"
    )
    placed_before: str | None = strawberry.field(default=UNSET, description="Before this moment.")

"""What GraphQL shows of orders, and takes in: `graphql.py` has the queries and mutations."""

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from shop.cart.graphql import ProductReference
from shop.core.graphql.nodes import Node, Option, options_of
from shop.orders import models
from shop.vendors.graphql import VendorReference

strawberry.enum(models.Order.Status, name="OrderStatus")

# --- Out --------------------------------------------------------------------------------------


@strawberry.type
class OrderItem:
    pk: int
    vendor_order: int = strawberry.field(description="The `pk` of the parcel that it is in.")
    product: ProductReference = strawberry.field(
        description="As it was called when it was ordered."
    )
    variant_id: int
    product_name: str
    sku: str
    vendor: VendorReference
    quantity: int
    refunded_quantity: int = strawberry.field(description="Promised refunds count.")
    price: str
    line_total: str

    @strawberry.field
    def options(self) -> list[Option]:
        return options_of(cast("Any", self)["options"])


@strawberry.type(description="What one vendor sends of an order.")
class Parcel:
    pk: int
    number: str
    vendor: VendorReference
    status: models.Order.Status
    items: list[int] = strawberry.field(description="The `pk`s of the order's lines in it.")
    total_price: str
    carrier: str
    tracking_number: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None


@strawberry.type
class OrderAddress:
    full_name: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str
    phone_number: str


@strawberry.type
class RefundItem:
    item: int = strawberry.field(description="The `pk` of the order's line.")
    quantity: int
    amount: str


@strawberry.type
class Refund:
    pk: int
    amount: str
    status: str = strawberry.field(description="pending, succeeded, failed, or held by staff.")
    reason: str
    items: list[RefundItem]
    created_at: datetime
    succeeded_at: datetime | None


@strawberry.type
class OrderPayment:
    pk: int
    method: str
    provider: str
    status: str
    amount: str
    refunded_amount: str
    currency: str
    instructions: str
    paid_at: datetime | None
    refunds: list[Refund]


@strawberry.type(description="A promise to deliver; its amounts are in `currency`.")
class Order(Node):
    pk: int
    number: str
    status: models.Order.Status = strawberry.field(
        description="That of its least advanced parcel that is not ended."
    )
    items: list[OrderItem]
    subtotal: str
    shipping_total: str
    tax_total: str
    discount_total: str
    total_price: str
    currency: str
    parcels: list[Parcel]
    shipping_address: OrderAddress | None
    billing_address: OrderAddress | None
    note: str
    carrier: str
    tracking_number: str
    is_disputed: bool
    payments: list[OrderPayment] = strawberry.field(description="Newest first.")
    placed_at: datetime
    expires_at: datetime | None = strawberry.field(
        description="When it is cancelled unless it is paid."
    )
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def is_type_of(cls, obj: Any, info: Any) -> bool:
        return isinstance(obj, dict) and "parcels" in obj


@strawberry.type
class StatusChange:
    from_status: str
    to_status: str
    actor: str = strawberry.field(description="customer, staff, or shop: by itself.")
    actor_email: str | None = strawberry.field(description="Your own; staff see all.")
    note: str
    created_at: datetime


@strawberry.type
class OrderPayload:
    order: Order


@strawberry.type
class ParcelPayload:
    parcel: Parcel
    order: Order = strawberry.field(description="As it is now.")


# --- In ---------------------------------------------------------------------------------------


@strawberry.input(description="An address that is written out, for this order only.")
class OrderAddressInput:
    full_name: str
    line1: str
    line2: str | None = UNSET
    city: str
    region: str | None = UNSET
    postal_code: str | None = UNSET
    country: str
    phone_number: str | None = UNSET


@strawberry.input
class ShipInput:
    carrier: str | None = UNSET
    tracking_number: str | None = UNSET
    note: str | None = strawberry.field(default=UNSET, description="Kept in the history.")


@strawberry.input(description="Without addresses, those of the address book are taken.")
class PlaceOrderFields:
    shipping_address: OrderAddressInput | None = UNSET
    shipping_address_pk: int | None = strawberry.field(
        default=UNSET, description="Of the address book, instead of an address."
    )
    billing_address: OrderAddressInput | None = UNSET
    billing_address_pk: int | None = UNSET
    note: str | None = UNSET

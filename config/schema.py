"""The GraphQL schema: the queries and mutations of every app, and who finds what by its id."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import strawberry

from shop.accounts.graphql import AccountMailMutation, AccountMutation, AccountQuery
from shop.cart.graphql import CartMutation, CartQuery
from shop.commissions.graphql import CommissionMutation, CommissionQuery
from shop.core.errors import NotFound
from shop.core.graphql.executing import PreparedDocument, ShopSchema
from shop.core.graphql.inputs import parts_of
from shop.core.graphql.nodes import CONFIG, Node
from shop.inventory.graphql_bulk import StockBulkMutation
from shop.inventory.graphql_staff import StockMutation, StockQuery
from shop.inventory.graphql_vendor import VendorStockMutation, VendorStockQuery
from shop.ledger.graphql import LedgerMutation, LedgerQuery, VendorLedgerQuery
from shop.ledger.graphql_payouts import PayoutMutation, PayoutQuery, VendorPayoutQuery
from shop.orders import graphql as orders
from shop.orders.graphql import OrderMutation, OrderQuery
from shop.orders.graphql_staff import OrderStaffMutation
from shop.orders.graphql_vendor import VendorOrderMutation, VendorOrderQuery
from shop.payments import graphql as payments
from shop.payments.graphql import PaymentMutation, PaymentQuery
from shop.payments.graphql_staff import PaymentStaffMutation
from shop.products import graphql as products
from shop.products.graphql import ProductQuery
from shop.products.graphql_bulk import ProductBulkMutation
from shop.products.graphql_categories import CategoryMutation
from shop.products.graphql_facets import SearchQuery
from shop.products.graphql_selling import ProductMutation
from shop.products.graphql_selling_parts import ProductPartMutation
from shop.products.graphql_vendor import VendorProductQuery
from shop.reviews.graphql import ReviewMutation, ReviewQuery
from shop.vendors import graphql as vendors
from shop.vendors.graphql import VendorQuery
from shop.vendors.graphql_staff import VendorStaffMutation, VendorStaffQuery
from shop.vendors.graphql_vendor import OwnVendorMutation, OwnVendorQuery, VendorPeopleMutation
from shop.webhooks.graphql import WebhookMutation, WebhookQuery
from shop.wishlist.graphql import WishlistMutation, WishlistQuery

NODES: Mapping[str, Callable[[strawberry.Info, str], Any]] = {
    "Category": products.find_category,
    "Order": orders.find,
    "Payment": payments.find,
    "Product": products.find,
    "Vendor": vendors.find,
}


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Whatever has this global id, if the caller may see it.")
    def node(self, info: strawberry.Info, id: strawberry.ID) -> Node | None:  # noqa: A002
        found = parts_of(id)
        if found is None or found[0] not in NODES:
            raise NotFound
        return cast("Node", NODES[found[0]](info, found[1]))


@strawberry.type
class Query(
    NodeQuery,
    AccountQuery,
    ProductQuery,
    SearchQuery,
    VendorProductQuery,
    StockQuery,
    VendorStockQuery,
    VendorQuery,
    OwnVendorQuery,
    VendorStaffQuery,
    ReviewQuery,
    CartQuery,
    CommissionQuery,
    OrderQuery,
    VendorOrderQuery,
    PaymentQuery,
    LedgerQuery,
    VendorLedgerQuery,
    PayoutQuery,
    VendorPayoutQuery,
    WishlistQuery,
    WebhookQuery,
):
    pass


@strawberry.type
class Mutation(
    AccountMutation,
    AccountMailMutation,
    CategoryMutation,
    ProductMutation,
    ProductPartMutation,
    StockMutation,
    VendorStockMutation,
    OwnVendorMutation,
    VendorPeopleMutation,
    VendorStaffMutation,
    CartMutation,
    CommissionMutation,
    OrderMutation,
    OrderStaffMutation,
    VendorOrderMutation,
    PaymentMutation,
    PaymentStaffMutation,
    LedgerMutation,
    PayoutMutation,
    WishlistMutation,
    ReviewMutation,
    WebhookMutation,
    ProductBulkMutation,
    StockBulkMutation,
):
    pass


schema = ShopSchema(Query, Mutation, config=CONFIG, extensions=[PreparedDocument])

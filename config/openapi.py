"""What the generated API document says of itself, and how its pages look (drf-spectacular)."""

from typing import Any

from config import environment

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Nexus",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": (environment.REPOSITORY / "docs" / "api" / "introduction.md").read_text(
        encoding="utf-8"
    ),
    "CONTACT": {"name": "The Nexus authors"},
    "LICENSE": {"name": "MIT License", "identifier": "MIT"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "REDOC_UI_SETTINGS": {
        "theme": {
            "typography": {
                "fontFamily": "system-ui, sans-serif",
                "headings": {"fontFamily": "system-ui, sans-serif"},
            },
        },
    },
    "PREPROCESSING_HOOKS": ["shop.core.openapi_hooks.keep_canonical_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "shop.core.openapi_hooks.finish_document",
        "shop.core.http.openapi.add_headers",
    ],
    # The order in which a front end needs them; what runs the shop comes last.
    "TAGS": [
        {"name": name, "description": words}
        for name, words in (
            ("Sign-in", "Register, sign in, renew tokens, sign out."),
            ("Passwords", "Change a password, or set a new one by mail."),
            ("Account", "The caller's account and profile, and the confirmation of the e-mail."),
            ("Addresses", "The caller's address book."),
            ("Categories", "The tree that goods are filed in."),
            ("Products", "Goods with their variants and images."),
            ("Reviews", "What shoppers say of a product."),
            ("Vendors", "Who sells."),
            ("Cart", "What the caller is about to buy, at the prices of this moment."),
            ("Wishlist", "What the caller keeps for later."),
            ("Orders", "From the cart to the door: states, history, refunds."),
            ("Payments", "Attempts to pay an order."),
            ("Vendor back office", "What sellers do with their own goods, orders and money."),
            ("Commissions", "What the platform keeps of sales. For staff."),
            ("Payouts", "The books, and what vendors are paid. For staff."),
            ("Inventory", "Warehouses, stock levels and their movements. For staff."),
            ("Webhooks", "Who is told of events over HTTP. For staff and sellers."),
            ("Events", "What happened, in order. For staff and sellers."),
        )
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # Not of the sellers' door: `products_list` and `vendor_products_list` are two operations.
    "SCHEMA_PATH_PREFIX": "/api(/store|/auth)?/",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "displayRequestDuration": True},
    "ENUM_NAME_OVERRIDES": {
        "ProductStatus": "shop.products.models.Product.Status",
        "OrderStatus": "shop.orders.models.Order.Status",
        "PaymentStatus": "shop.payments.models.Payment.Status",
        "PaymentMethod": "shop.payments.models.Payment.Method",
        "StockMovementKind": "shop.inventory.models.StockMovement.Kind",
        "WebhookDeliveryState": "shop.webhooks.models.Delivery.State",
        "VendorStatus": "shop.vendors.models.Vendor.Status",
        "VendorRole": "shop.vendors.models.VendorMember.Role",
        "VendorPayoutMethod": "shop.vendors.models.Vendor.PayoutMethod",
        "VendorPayoutSchedule": "shop.vendors.models.Vendor.PayoutSchedule",
        "PayoutStatus": "shop.ledger.models.Payout.Status",
        "TransactionKind": "shop.ledger.models.Transaction.Kind",
        "BulkCreateAction": ["create"],
        "BulkUpdateAction": ["update"],
        "BulkArchiveAction": ["archive"],
    },
}

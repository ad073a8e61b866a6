"""How the admin looks and what its side bar offers (django-unfold)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

from config import environment

Item = dict[str, Any]


def _may_see(app: str, model: str) -> Callable[[HttpRequest], bool]:
    def permission(request: HttpRequest) -> bool:
        return request.user.has_perm(f"{app}.view_{model}")

    return permission


def _item(title: str, icon: str, app: str, model: str) -> Item:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": _may_see(app, model),
    }


def _queue(title: str, icon: str, app: str, model: str, **query: str) -> Item:
    """Those rows of a model's list that `query` finds: what waits for somebody."""
    item = _item(title, icon, app, model)
    everything = item["link"]

    def is_open(request: HttpRequest) -> bool:
        return request.path == everything and request.GET.dict() == query

    link = reverse_lazy(f"admin:{app}_{model}_changelist", query=query)
    return item | {"link": link, "active": is_open}


def _group(title: str, *items: Item, collapsible: bool = False) -> dict[str, Any]:
    return {"title": title, "items": list(items), "collapsible": collapsible, "separator": True}


_NAME = environment.text("SHOP_NAME", "Nexus")

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _NAME,
    "SITE_HEADER": _NAME,
    "SITE_SUBHEADER": "The shop's back office",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("core/mark.svg")}
    ],
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": True,
    # Its own form, so that passwords are guessed here no faster than over the API.
    "LOGIN": {"form": "shop.accounts.admin_forms.SignInForm"},
    "COMMAND": {"search_callback": "shop.core.admin.search_everything"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [
            _group(
                "Sales",
                _item("Orders", "receipt_long", "orders", "order"),
                _item("Parts of orders", "package_2", "orders", "vendororder"),
                _item("Payments", "payments", "payments", "payment"),
                _item("Refunds", "undo", "payments", "refund"),
                _item("Disputes", "gavel", "payments", "dispute"),
                _item("Inbox", "inbox", "payments", "inboxevent"),
                _item("Carts", "shopping_cart", "cart", "cart"),
            ),
            _group(
                "Catalog",
                _item("Products", "sell", "products", "product"),
                _item("Variants", "qr_code_2", "products", "variant"),
                _item("Categories", "account_tree", "products", "category"),
                _item("Images", "image", "products", "productimage"),
                _item("Reviews", "star", "reviews", "review"),
            ),
            _group(
                "Vendors",
                _queue("Applications", "how_to_reg", "vendors", "vendor", status="pending"),
                _item("Vendors", "storefront", "vendors", "vendor"),
                _item("Members", "badge", "vendors", "vendormember"),
                _item("Invitations", "forward_to_inbox", "vendors", "vendorinvitation"),
                _item("Commission", "percent", "commissions", "commissionrule"),
                _item("Payouts", "account_balance", "ledger", "payout"),
                _item("Books", "menu_book", "ledger", "entry"),
                _item("Transactions", "receipt", "ledger", "transaction"),
                _item("Adjustments", "balance", "ledger", "adjustment"),
                _item("Changes", "manage_search", "vendors", "vendorchange"),
            ),
            _group(
                "Stock",
                _item("Stock levels", "inventory_2", "inventory", "stocklevel"),
                _item("Movements", "swap_vert", "inventory", "stockmovement"),
                _item("Reservations", "bookmark", "inventory", "reservation"),
                _item("Warehouses", "warehouse", "inventory", "warehouse"),
            ),
            _group(
                "Customers",
                _item("People", "person", "accounts", "user"),
                _item("Addresses", "home_pin", "accounts", "address"),
                _item("Wishlists", "favorite", "wishlist", "wishlistitem"),
            ),
            _group(
                "System",
                _item("Roles", "groups", "auth", "group"),
                _item("Sign-ins", "key", "accounts", "authsession"),
                _item("Old addresses", "alt_route", "products", "slugredirect"),
                _item("Order lines", "list_alt", "orders", "orderitem"),
                _item("Order history", "history", "orders", "orderstatuschange"),
                _item("History of parts", "history", "orders", "vendororderstatuschange"),
                _item("Cart lines", "list", "cart", "cartitem"),
                _item("Mails", "mail", "notifications", "mail"),
                _item("Events", "outbox", "core", "outboxevent"),
                _item("Heard events", "hearing", "core", "handledevent"),
                _item("Dead letters", "report", "core", "deadletter"),
                _item("Repeatable requests", "repeat", "core", "idempotencykey"),
                _item("Webhooks", "webhook", "webhooks", "endpoint"),
                _item("Deliveries", "send", "webhooks", "delivery"),
                _item("Delivery attempts", "history_toggle_off", "webhooks", "deliveryattempt"),
                _item("Webhook refusals", "block", "payments", "webhookrefusal"),
                _item("Rate limits", "speed", "core", "ratelimitcounter"),
                _item("Admin log", "manage_history", "admin", "logentry"),
                collapsible=True,
            ),
        ],
    },
}

"""One of everything, so that every address of the API leads somewhere.

`furnish(owner)` gives somebody an account with all that an account can have, and a shop
in which it matters. `Furnished.address(operation)` fills in the path of an operation,
`Furnished.body(operation)` is a body that the operation accepts.
"""

import re
from dataclasses import dataclass
from typing import Any

from shop.accounts import mail_tokens, tokens
from shop.accounts.models import Address, User
from shop.accounts.tests.make import PASSWORD, make_address, make_session, make_user
from shop.cart.models import CartItem
from shop.inventory import services as inventory
from shop.inventory.models import Warehouse
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.tests.make import fill_cart, make_order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.tests.make import make_payment, pay
from shop.products import services as products
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.tests.make import make_category, make_product
from shop.reviews.models import Review
from shop.reviews.tests.make import make_review
from shop.vendors import services as vendors
from shop.vendors.invitation_tokens import token_for
from shop.vendors.models import Vendor, VendorInvitation, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from shop.webhooks.models import Delivery
from shop.webhooks.tests.make import make_endpoint, relay
from shop.wishlist import services as wishlist
from shop.wishlist.models import WishlistItem
from tests.operations import Operation

# What only the owner, and staff who may, ever read.
SECRET = "between the two of us"

# In which state an order must be for each of its moves.
STATES = {
    "process": Order.Status.PAID,
    "refund": Order.Status.PAID,
    "ship": Order.Status.PROCESSING,
    "deliver": Order.Status.SHIPPED,
}
_PARAMETER = re.compile(r"([^/]+)/\{[^}]+\}(?:/([^/]+)/$)?")


@dataclass(frozen=True)
class Furnished:
    owner: User
    address_entry: Address
    category: Category
    parent: Category
    product: Product
    unreviewed: Product
    variant: Variant
    image: ProductImage
    vendor: Vendor
    applicant: Vendor
    rejected: Vendor
    colleague: VendorMember
    invitation: VendorInvitation
    invited: VendorInvitation
    warehouse: Warehouse
    orders: dict[str, Order]
    payment: Payment
    held: Payment
    review: Review
    wish: WishlistItem
    cart_item: CartItem
    delivery: Delivery

    def address(self, operation: Operation, **instead: str) -> str:
        """The path of `operation` to what the owner has.

        `instead` names other values of path parameters, already percent-encoded.
        """
        path = operation.template
        for name in operation.path_parameters:
            path = path.replace(f"{{{name}}}", instead.get(name) or self._value(operation, name))
        return path

    def _value(self, operation: Operation, name: str) -> str:
        collection = operation.template.split(f"/{{{name}}}")[0].rsplit("/", 1)[1]
        if collection == "orders":
            status = STATES.get(operation.template.split("/")[-2], Order.Status.PENDING)
            return self.orders[status].number
        if operation.template.endswith("/resolve/"):
            return str(self.held.pk)
        if operation.template.endswith(("/approve/", "/reject/")):
            return self.applicant.slug
        if operation.template.endswith("/reapply/"):
            return self.rejected.slug
        if operation.name == "POST /api/store/products/{product_pk}/reviews/":
            return self.unreviewed.slug
        return {
            "addresses": str(self.address_entry.pk),
            "cart-items": str(self.cart_item.pk),
            "categories": self.category.slug,
            "deliveries": str(self.delivery.pk),
            "images": str(self.image.pk),
            "invitations": str(self.invitation.pk),
            "members": str(self.colleague.pk),
            "payments": str(self.payment.pk),
            "products": self.product.slug,
            "reviews": str(self.review.pk),
            "variants": str(self.variant.pk),
            "vendors": self.vendor.slug,
            "warehouses": self.warehouse.code,
            "webhooks": str(self.delivery.endpoint_id),
            "wishlists": str(self.wish.pk),
        }[collection]

    def body(self, operation: Operation) -> dict[str, Any]:
        """The documented example, about what there is in this shop."""
        return operation.example | self._own_words().get(operation.name, {})

    def _own_words(self) -> dict[str, dict[str, Any]]:
        """What the examples of the documentation cannot know."""
        owner, goods = self.owner, {"product": self.product.slug}
        refresh = tokens.pair_for(make_session(owner))["refresh"]
        to_stock = {"variant": self.variant.sku, "warehouse": self.warehouse.code}
        written_out = {"full_name": "B", "line1": "1 Lane", "city": "Rome", "country": "IT"}
        category = {"parent": self.parent.slug, "slug": "a-slug", "position": 3}
        product = {"category": self.parent.slug, "compare_at_price": "99.00"}
        variant = {"sku": "COAT-XL", "options": {"size": "XL"}, "compare_at_price": "99.00"}
        return {
            "POST /api/auth/email/verify/": {"token": mail_tokens.verification_token(owner)},
            "POST /api/auth/jwt/create/": {"email": owner.email, "password": PASSWORD},
            "POST /api/auth/jwt/refresh/": {"refresh": refresh},
            "POST /api/auth/jwt/verify/": {"token": refresh},
            "POST /api/auth/logout/": {"refresh": refresh, "all": False},
            "POST /api/auth/password/change/": {"current_password": PASSWORD},
            "POST /api/auth/password/reset/": {"email": owner.email},
            "POST /api/auth/password/reset/confirm/": {
                "uid": mail_tokens.reset_uid(owner),
                "token": mail_tokens.reset_token(owner),
            },
            "POST /api/auth/registration/": {"email": "newcomer@example.test"},
            "POST /api/store/cart-items/": goods,
            "POST /api/store/carts/add_item/": goods,
            "POST /api/store/categories/": category,
            "PUT /api/store/categories/{slug}/": category,
            "POST /api/store/orders/": {
                "shipping_address": self.address_entry.pk,
                "billing_address": written_out,
            },
            "POST /api/store/orders/{id}/refund/": {
                "items": [{"item": self.orders["PAID"].items.get().pk, "quantity": 1}]
            },
            "POST /api/store/payments/": {"order": self.orders["PENDING"].number},
            "POST /api/store/products/": product | {"variants": [variant | {"stock": 8}]},
            "PUT /api/store/products/{slug}/": product,
            "POST /api/store/products/{product_slug}/variants/": variant,
            "PUT /api/store/products/{product_slug}/variants/{id}/": variant,
            "POST /api/store/stock/adjust/": to_stock,
            "POST /api/store/stock/receive/": to_stock,
            "POST /api/store/vendors/": {"name": "Newcomers"},
            "POST /api/store/wishlists/": goods,
            "POST /api/vendor/invitations/": {"email": "third@example.test"},
            "POST /api/vendor/invitations/accept/": {"token": token_for(self.invited)},
        }


def furnish(owner: User) -> Furnished:
    vendor = make_vendor("Alder", owner=owner)
    applicant = make_vendor("Ash", owner=owner, status=Vendor.Status.PENDING)
    rejected = make_vendor("Aspen", owner=owner, status=Vendor.Status.REJECTED)
    other = make_user()
    invited = vendors.invite_member(
        vendor=make_vendor("Birch", owner=other), email=owner.email, role="manager", actor=other
    )
    warehouse = inventory.create_warehouse(name="Harbor side", code="harbor-side")
    parent = make_category("Clothes")
    product = make_product("Coat", category=parent, vendor=vendor, sizes=["S", "M"], stock=50)
    variant = product.variants.get(options={"size": "M"})
    unreviewed = make_product("Cap", category=parent, vendor=vendor)
    inventory.receive_stock(variant_id=variant.pk, quantity=9, warehouse=warehouse)
    entry = make_address(owner, line1=SECRET)
    by_status = _orders(owner, variant)
    held = _held(make_order(owner, variants=[variant]))
    wish, _ = wishlist.keep_product(user=owner, product=product.pk)
    fill_cart(owner, [variant])
    relay()
    webhook = make_endpoint(vendor=vendor)
    image = products.add_image(product=product, remote_url="https://cdn.example.com/coat.jpg")
    relay()
    return Furnished(
        owner=owner,
        address_entry=entry,
        category=make_category("Coats", parent=parent),
        parent=parent,
        product=product,
        unreviewed=unreviewed,
        variant=variant,
        image=image,
        vendor=vendor,
        applicant=applicant,
        rejected=rejected,
        colleague=make_member(vendor),
        invitation=vendors.invite_member(
            vendor=vendor, email="second@example.test", role="manager", actor=owner
        ),
        invited=invited,
        warehouse=warehouse,
        orders=by_status,
        payment=make_payment(by_status["PENDING"]),
        held=held,
        review=make_review(product, user=owner),
        wish=wish,
        cart_item=CartItem.objects.get(cart__user=owner, cart__status="open"),
        delivery=Delivery.objects.get(endpoint=webhook),
    )


def _held(order: Order) -> Payment:
    """Less came for it than was asked for."""
    payment = make_payment(order)
    less = payment.amount - 1
    return payments.record_success(payment=payment, amount=less, currency=payment.currency)


def _orders(owner: User, variant: Variant) -> dict[str, Order]:
    """An order in each state that moves begin in."""
    moves = [pay, *_moves(owner)]
    found = {}
    for done, status in enumerate(["PENDING", "PAID", "PROCESSING", "SHIPPED"]):
        order = make_order(owner, variants=[variant], note=SECRET)
        for move in moves[:done]:
            move(order)
        order.refresh_from_db()
        assert order.status == status
        found[status] = order
    return found


def _moves(owner: User) -> list[Any]:
    return [
        lambda order: orders.process_order(order=order, actor=owner),
        lambda order: orders.ship_order(order=order, actor=owner),
    ]

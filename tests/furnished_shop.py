"""One of everything, so that every address of the API leads somewhere.

`furnish(owner)` gives somebody an account with all that an account can have, and a shop
in which it matters: a vendor whose goods were ordered together with another one's.
`Furnished.address(operation)` fills in the path of an operation, `Furnished.content(operation)`
is what the operation accepts.
"""

import json
from dataclasses import dataclass
from typing import Any

from shop.accounts.models import Address, User
from shop.accounts.tests.make import make_address, make_user
from shop.cart.models import CartItem
from shop.inventory import services as inventory
from shop.inventory.models import Warehouse
from shop.orders import services as orders
from shop.orders.models import Order, VendorOrder
from shop.orders.tests.make import fill_cart, make_order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.tests.make import make_payment, pay
from shop.products import services as products
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.tests.make import make_category, make_product
from shop.products.tests.pictures import upload
from shop.reviews.models import Review
from shop.reviews.tests.make import make_review
from shop.vendors import services as vendors
from shop.vendors.models import Vendor, VendorInvitation, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from shop.webhooks.models import Delivery
from shop.webhooks.tests.make import make_endpoint, relay
from shop.wishlist import services as wishlist
from shop.wishlist.models import WishlistItem
from tests.forms import END, FORM, fields_part, file_part
from tests.furnished_books import Books, keep_books
from tests.operations import Operation
from tests.own_words import own_words

# What only the owner, and staff who may, ever read.
SECRET = "between the two of us"

# In which state an order must be for each of its moves, and for those of its parts.
STATES = {
    "process": Order.Status.PAID,
    "refund": Order.Status.PAID,
    "ship": Order.Status.PROCESSING,
    "deliver": Order.Status.SHIPPED,
}
STATES_OF_PARTS = STATES | {"cancel": Order.Status.PAID}
CATALOG = b"handle,name,price,sku\nrain-hat,Rain hat,19.00,RAIN-HAT\n"


@dataclass(frozen=True)
class Furnished:
    owner: User
    secret: str
    address_entry: Address
    category: Category
    parent: Category
    product: Product
    unreviewed: Product
    submitted: Product
    variant: Variant
    image: ProductImage
    vendor: Vendor
    applicant: Vendor
    rejected: Vendor
    colleague: VendorMember
    invitation: VendorInvitation
    invited: VendorInvitation
    warehouse: Warehouse
    own_warehouse: Warehouse
    orders: dict[str, Order]
    payment: Payment
    held: Payment
    review: Review
    wish: WishlistItem
    cart_item: CartItem
    delivery: Delivery
    books: Books

    def address(self, operation: Operation, **instead: str) -> str:
        """The path of `operation` to what the owner has.

        `instead` names other values of path parameters, already percent-encoded.
        """
        path = operation.template
        for name in operation.path_parameters:
            path = path.replace(f"{{{name}}}", instead.get(name) or self.value(operation, name))
        return path

    def value(self, operation: Operation, name: str) -> str:
        """What stands in the path of `operation` for the parameter `name`."""
        path, action = operation.template, operation.template.split("/")[-2]
        collection = path.split(f"/{{{name}}}")[0].rsplit("/", 1)[1]
        is_part = collection == "parcels" or path.startswith("/api/vendor/orders/")
        if is_part or "parcels" in path:
            order = self.orders[STATES_OF_PARTS.get(action, Order.Status.PENDING)]
            return self.part_of(order).number if is_part else order.number
        if collection == "orders":
            return self.orders[STATES.get(action, Order.Status.PENDING)].number
        special = {
            "/api/store/payments/{id}/resolve/": str(self.held.pk),
            "/api/store/payouts/{number}/settle/": self.books.sent.number,
            "/api/store/products/{slug}/approve/": self.submitted.slug,
            "/api/store/products/{slug}/decline/": self.submitted.slug,
            "/api/store/vendors/{slug}/approve/": self.applicant.slug,
            "/api/store/vendors/{slug}/reject/": self.applicant.slug,
            "/api/store/vendors/{slug}/reapply/": self.rejected.slug,
            "/api/vendor/inventory/warehouses/{id}/": self.own_warehouse.code,
        }
        if operation.name == "POST /api/store/products/{product_pk}/reviews/":
            return self.unreviewed.slug
        if operation.name == "DELETE /api/store/commissions/{id}/":
            return str(self.books.to_come.pk)
        return special.get(path) or self._usual(collection)

    def part_of(self, order: Order) -> VendorOrder:
        """The vendor's part of one of `orders`; the other one is another vendor's."""
        return order.parts.get(vendor=self.vendor)

    def _usual(self, collection: str) -> str:
        return {
            "addresses": str(self.address_entry.pk),
            "adjustments": str(self.books.proposed.pk),
            "cart-items": str(self.cart_item.pk),
            "categories": self.category.slug,
            "commissions": str(self.books.begun.pk),
            "deliveries": str(self.delivery.pk),
            "images": str(self.image.pk),
            "invitations": str(self.invitation.pk),
            "members": str(self.colleague.pk),
            "payments": str(self.payment.pk),
            "payouts": self.books.scheduled.number,
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
        return operation.example | own_words(self).get(operation.name, {})

    def content(self, operation: Operation) -> tuple[bytes, str]:
        """All that is sent, and as which media type: JSON, unless only a form is taken."""
        if operation.form and not operation.schema:
            return self.form(operation), FORM
        raw = json.dumps(self.body(operation)).encode() if operation.schema else b""
        return raw, "application/json"

    def form(self, operation: Operation) -> bytes:
        """The honest form of an operation that takes files."""
        return self.fields(operation) + file_part(operation.file_field, file_for(operation)) + END

    def fields(self, operation: Operation) -> bytes:
        """Those of the form but the file, and but `remote_url`, which goes with no file."""
        body = self.body(operation)
        body.pop("remote_url", None)
        if operation.template == "/api/vendor/import/":
            body["category"] = self.parent.slug
        return fields_part(body)


def file_for(operation: Operation) -> bytes:
    return CATALOG if operation.file_field == "file" else upload().read()


def furnish(owner: User, mark: str = "") -> Furnished:
    """`mark` tells a second one from the first: it is added to all that others can read."""
    vendor = make_vendor(f"Alder{mark}", owner=owner)
    applicant = make_vendor(f"Ash{mark}", owner=owner, status=Vendor.Status.PENDING)
    rejected = make_vendor(f"Aspen{mark}", owner=owner, status=Vendor.Status.REJECTED)
    other = make_user()
    birch = make_vendor(f"Birch{mark}", owner=other)
    invited = vendors.invite_member(vendor=birch, email=owner.email, role="manager", actor=other)
    warehouse = inventory.create_warehouse(name=f"Harbor side{mark}", code=f"harbor-side{mark}")
    own_warehouse = inventory.create_warehouse(
        name=f"Barn{mark}", code=f"barn{mark}", vendor=vendor
    )
    parent = make_category(f"Clothes{mark}")
    coat: dict[str, Any] = {"category": parent, "vendor": vendor}
    product = make_product(f"Coat{mark}", sizes=["S", "M"], stock=50, **coat)
    variant = product.variants.get(options={"size": "M"})
    for place in (warehouse, own_warehouse):
        inventory.receive_stock(variant_id=variant.pk, quantity=9, warehouse=place)
    entry = make_address(owner, line1=SECRET + mark)
    beaker = make_product(f"Beaker{mark}", category=parent, vendor=birch, stock=50).variants.get()
    category = make_category(f"Coats{mark}", parent=parent)
    by_status = _orders(owner, [variant, beaker], note=SECRET + mark)
    held = _held(make_order(owner, variants=[variant]))
    books = keep_books(vendor, buyer=owner, variant=variant, category=category)
    wish, _ = wishlist.keep_product(user=owner, product=product.pk)
    fill_cart(owner, [variant])
    relay()
    webhook = make_endpoint(vendor=vendor)
    image = products.add_image(product=product, remote_url="https://cdn.example.com/coat.jpg")
    relay()
    return Furnished(
        owner=owner,
        secret=SECRET + mark,
        address_entry=entry,
        category=category,
        parent=parent,
        product=product,
        unreviewed=make_product(f"Cap{mark}", **coat),
        submitted=_submitted(make_product(f"Cape{mark}", status=Product.Status.DRAFT, **coat)),
        variant=variant,
        image=image,
        vendor=vendor,
        applicant=applicant,
        rejected=rejected,
        colleague=make_member(vendor),
        invitation=vendors.invite_member(
            vendor=vendor, email=f"second{mark}@example.test", role="manager", actor=owner
        ),
        invited=invited,
        warehouse=warehouse,
        own_warehouse=own_warehouse,
        orders=by_status,
        payment=make_payment(by_status["PENDING"]),
        held=held,
        review=make_review(product, user=owner),
        wish=wish,
        cart_item=CartItem.objects.get(cart__user=owner, cart__status="open"),
        delivery=Delivery.objects.get(endpoint=webhook),
        books=books,
    )


def _submitted(draft: Product) -> Product:
    """Its vendor's new goods wait for staff, and one of its members put this one on sale."""
    Vendor.objects.filter(pk=draft.vendor_id).update(products_need_approval=True)
    member = make_member(draft.vendor).user
    return products.update_product(product=draft, changes={"status": "active"}, actor=member)


def _held(order: Order) -> Payment:
    """Less came for it than was asked for."""
    payment = make_payment(order)
    less = payment.amount - 1
    return payments.record_success(payment=payment, amount=less, currency=payment.currency)


def _orders(owner: User, variants: list[Variant], *, note: str) -> dict[str, Order]:
    """An order of several vendors in each state that moves begin in."""
    moves = [pay, *_moves(owner)]
    found = {}
    for done, status in enumerate(["PENDING", "PAID", "PROCESSING", "SHIPPED"]):
        order = make_order(owner, variants=variants, note=note)
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

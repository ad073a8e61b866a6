"""How tests use the admin: as a person with a browser, in a shop that has one of everything."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from shop.accounts.models import Address, User
from shop.accounts.tests.make import access_token, make_user
from shop.cart import services as carts
from shop.commissions import services as commissions
from shop.core.models import DeadLetter, IdempotencyKey, OutboxEvent, RateLimitCounter
from shop.ledger import services as ledger
from shop.ledger.models import Payout
from shop.notifications import tasks as notifications
from shop.orders.models import Order
from shop.orders.tests.make import make_order, make_variant
from shop.payments import services as payments
from shop.payments.models import Dispute, InboxEvent, ProviderCustomer, WebhookRefusal
from shop.payments.tests.make import pay
from shop.products.models import ProductImage, SlugRedirect
from shop.reviews.tests.make import make_review
from shop.vendors import services as vendors
from shop.vendors.tests.make import make_vendor
from shop.webhooks.models import Delivery
from shop.webhooks.tests.make import BROKEN, make_endpoint, record, relay
from shop.wishlist.models import WishlistItem

DIALOG = {"_form_submitted": "on"}


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_superuser() -> User:
    return make_user("boss@example.test", is_staff=True, is_superuser=True)


def page(model: type[Model], row: Any = None, *, do: str = "") -> str:
    """The address of a model's list, of one row's page, or of an action (`do`) on either."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    if do:
        args = [] if row is None else [quote(row)]
        return reverse(f"{name}_{do}", args=args)
    if row is None:
        return reverse(f"{name}_changelist")
    return reverse(f"{name}_change", args=[row])


def said(response: Any) -> list[tuple[str, str]]:
    """The messages of an answer that shows a page: (kind, text)."""
    found = response.context["messages"]
    return [(messages.DEFAULT_TAGS[message.level], str(message)) for message in found]


def in_dialog(client: Client, address: str, fields: dict[str, Any]) -> list[tuple[str, str]]:
    """Fill in an action's dialog; the messages of the page that it leads to."""
    response = client.post(address, DIALOG | fields)
    assert response.status_code == 200
    assert "HX-Redirect" in response.headers, response.content.decode()
    return said(client.get(response.headers["HX-Redirect"]))


def form_of(response: Any, **changes: Any) -> dict[str, Any]:
    """What the browser would send from a page's form, with `changes`."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                value = "on"
            if not field.field.disabled and value is not False and value not in (None, ""):
                sent[field.html_name] = value
        for bound in form:
            widgets = getattr(bound.field.widget, "widgets", None)
            if widgets and bound.html_name in sent:
                parts = bound.field.widget.decompress(sent.pop(bound.html_name))
                sent |= {f"{bound.html_name}_{n}": part for n, part in enumerate(parts)}
    return sent | changes


def one_of_every_deal(owner: User, *, staff: User) -> Payout:
    """A vendor with a rate, an invitation, and a correction of its balance that is paid out."""
    vendor = make_vendor(owner=owner)
    details = {"account_holder": "Vera Vogel", "iban": "DE89370400440532013000"}
    vendors.change_vendor(vendor=vendor, changes={"payout_details": details}, actor=owner)
    invited = f"packer.{vendor.pk}@example.test"
    vendors.invite_member(vendor=vendor, email=invited, role="fulfiller", actor=owner)
    commissions.set_rate(vendor=vendor, percent=Decimal(12), actor=staff)
    proposed = ledger.propose_adjustment(
        vendor=vendor, amount=Decimal(20), currency="USD", reason="A lost parcel.", actor=owner
    )
    ledger.approve_adjustment(adjustment=proposed, actor=staff)
    (payout,) = ledger.schedule_payouts(on=ledger.today(), vendors=[vendor], actor=staff).payouts
    return payout


def one_of_everything() -> Order:
    """A row in every table; the order is paid and partly refunded."""
    alice = make_user("alice@example.test", first_name="Alice", last_name="Miller")
    access_token(alice)
    Address.objects.create(
        user=alice, full_name="Alice Miller", line1="1 High Street", city="Bonn", country="DE"
    )
    one_of_every_deal(make_user("vera@example.test"), staff=alice)
    make_endpoint()
    variant = make_variant()
    product = variant.product
    ProductImage.objects.create(
        product=product, remote_url="https://example.test/a.jpg", is_main=True
    )
    SlugRedirect.objects.create(slug="once", product=product)
    order = make_order(alice, variants=[variant], quantity=2)
    pay(order)
    one = payments.Goods(item=order.items.get().pk, quantity=1)
    payments.refund_order(order=order, actor=alice, items=[one])
    make_review(product, user=alice)
    WishlistItem.objects.create(user=alice, product=product)
    carts.add_item(user=alice, variant_id=variant.pk)
    paid = order.payments.get()
    told: dict[str, Any] = {"provider": "stripe", "event_id": "evt_1", "type": "x", "payload": {}}
    InboxEvent.objects.create(payment=paid, **told)
    Dispute.objects.create(
        payment=paid, reference="dp_1", amount=1, currency="USD", opened_at=order.placed_at
    )
    ProviderCustomer.objects.create(user=alice, provider="stripe", reference="cus_1")
    WebhookRefusal.objects.create(provider="stripe", reason="no_signature")
    RateLimitCounter.objects.create(key="x", window_start=order.placed_at)
    IdempotencyKey.objects.create(user=alice, route="/api/store/orders/", key="x")
    notifications.write_order_placed(order_id=order.pk)
    placed = OutboxEvent.objects.filter(name="order.placed").latest("id")
    DeadLetter.objects.create(event=placed, handler="kitchen.pour", error="no water")
    relay()
    record(Delivery.objects.earliest("id"), BROKEN)
    return order

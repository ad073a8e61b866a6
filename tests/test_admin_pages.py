"""Every page of the admin opens, fast, for those who may see it and for nobody else."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.cart.models import Cart
from shop.commissions.models import CommissionRule
from shop.core.models import OutboxEvent
from shop.inventory.models import StockLevel, StockMovement
from shop.ledger.models import Adjustment, Entry, Payout, Transaction
from shop.orders.events import OrderPaid
from shop.orders.models import Order, OrderItem, OrderStatusChange, VendorOrder
from shop.orders.tests.make import make_order
from shop.payments.models import Payment, Refund
from shop.payments.tests.make import pay
from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.tests.make import make_product
from shop.reviews.models import Review
from shop.reviews.tests.make import make_review
from shop.vendors.models import Vendor, VendorChange, VendorInvitation, VendorMember
from shop.vendors.tests.make import make_vendor
from shop.webhooks.models import Delivery, DeliveryAttempt, Endpoint
from shop.webhooks.tests.make import make_endpoint, tell
from tests.back_office import browser_of, make_superuser, one_of_every_deal, one_of_everything, page

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


def test_has_every_table_of_the_shop() -> None:
    ours = {model for model in apps.get_models() if model.__module__.startswith("shop.")}
    assert ours - set(REGISTERED) == set()


def test_opens_every_page() -> None:
    one_of_everything()
    Group.objects.get_or_create(name="somebody")
    boss = make_superuser()
    client = browser_of(boss)
    request = RequestFactory().get("/")
    request.user = boss
    for model in REGISTERED:
        row = model._default_manager.order_by("-pk").first()
        addresses = [page(model), f"{page(model)}?q=a%26%3C", f"{page(model)}?q=1"]
        if row is not None:
            addresses.append(page(model, row.pk))
        if admin.site._registry[model].has_add_permission(request):
            addresses.append(reverse(page_name(model, "add")))
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 200, address
            assert "1 error" not in response.content.decode(), address


def test_has_a_row_for_every_table_to_show() -> None:
    """Else the test above would prove less than it says."""
    one_of_everything()
    empty = [model for model in REGISTERED if not model._default_manager.exists()]
    assert {model.__name__ for model in empty} <= {"Group", "LogEntry"}


def test_opens_every_filter() -> None:
    one_of_everything()
    client = browser_of(make_superuser())
    asked = {
        StockLevel: ["stock=none", "stock=low", "stock=plenty", "warehouse__id__exact=1"],
        Product: ["stock=in", "stock=out", "status__exact=active", "category__id__exact=1"],
        Order: ["status__exact=PAID", "placed_at_from=2026-01-01", "placed_at_to=nonsense"],
        Vendor: ["status=pending", "status=approved", "is_house__exact=1"],
        VendorOrder: ["status__exact=PAID"],
        Payout: ["status__exact=scheduled", "method__exact=manual"],
        Entry: ["account__exact=vendor_payable", "currency=USD"],
        Adjustment: ["status__exact=approved"],
        CommissionRule: ["valid_to__isempty=1"],
        OutboxEvent: ["delivery=waiting", "delivery=failed", "delivery=delivered"],
    }
    for model, queries in asked.items():
        for query in queries:
            response = client.get(f"{page(model)}?{query}")
            assert response.status_code == 200, query


def test_leads_to_the_queue_of_applications() -> None:
    make_vendor("Waiting", status=Vendor.Status.PENDING)
    make_vendor("Selling")
    client = browser_of(make_superuser())
    queue = f"{page(Vendor)}?status=pending"
    html = client.get(page(Vendor)).content.decode()
    assert f'href="{queue}"' in html
    assert "Waiting" in html
    assert "Selling" in html
    html = client.get(queue).content.decode()
    assert "Waiting" in html
    assert "Selling" not in html


def test_finds_orders_products_and_people_from_every_page() -> None:
    order = one_of_everything()
    client = browser_of(make_superuser())
    product = order.items.get().product

    def found(words: str) -> str:
        return client.get(reverse("admin:search"), {"s": words, "extended": "1"}).content.decode()

    assert page(Order, order.pk) in found(order.number)
    assert page(Product, product.pk) in found(product.name)
    assert page(User, order.user_id) in found("alice@example.test")
    support = browser_of(make_staff("catalog managers"))
    result = support.get(reverse("admin:search"), {"s": order.number, "extended": "1"})
    assert page(Order, order.pk) not in result.content.decode()


def one_delivery_more() -> None:
    if not Endpoint.objects.exists():
        make_endpoint()
    tell(OrderPaid(order_id=1))


def one_deal_more() -> None:
    one_of_every_deal(make_user(), staff=make_user())


MAKERS: dict[type[Model], Any] = {
    Product: lambda: make_product(sizes=["S", "M"]),
    Order: lambda: pay(make_order(make_user())),
    Payment: lambda: pay(make_order(make_user())),
    Variant: make_product,
    StockLevel: make_product,
    StockMovement: make_product,
    Category: make_product,
    Cart: lambda: make_order(make_user()),
    Review: lambda: make_review(make_product()),
    User: make_user,
    OrderItem: lambda: make_order(make_user()),
    OrderStatusChange: lambda: make_order(make_user()),
    Delivery: one_delivery_more,
    VendorOrder: lambda: make_order(make_user()),
    Vendor: lambda: make_vendor(owner=make_user()),
    VendorMember: lambda: make_vendor(owner=make_user()),
    VendorInvitation: one_deal_more,
    VendorChange: one_deal_more,
    CommissionRule: one_deal_more,
    Payout: one_deal_more,
    Entry: one_deal_more,
    Transaction: one_deal_more,
    Adjustment: one_deal_more,
}


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_lists_take_the_same_queries_for_1_and_for_50_rows(model: type[Model]) -> None:
    client = browser_of(make_superuser())
    MAKERS[model]()
    one = queries_of(client, page(model))
    for _ in range(49):
        MAKERS[model]()
    assert model._default_manager.count() >= 50
    assert queries_of(client, page(model)) == one


def test_a_product_page_takes_the_same_queries_for_1_and_for_20_variants() -> None:
    client = browser_of(make_superuser())
    one = make_product(sizes=["S"])
    many = make_product(sizes=[f"S{n}" for n in range(20)])
    for product, count in ((one, 1), (many, 20)):
        for n in range(count):
            ProductImage.objects.create(product=product, remote_url=f"https://x.test/{n}.jpg")
    # The first page of a process asks for content types too.
    queries_of(client, page(Product, one.pk))
    first = queries_of(client, page(Product, one.pk))
    assert queries_of(client, page(Product, many.pk)) == first


class TestRoles:
    @pytest.mark.parametrize(
        ("group", "sees", "not_"),
        [
            ("catalog managers", [Product, Category, StockLevel, Review], [Payment, Order, User]),
            ("order managers", [Order, Payment, Refund, StockLevel, User], [Review, OutboxEvent]),
            (
                "vendor managers",
                [Vendor, VendorMember, CommissionRule, Payout, Entry, Adjustment],
                [StockLevel, OutboxEvent, Payment],
            ),
            ("support", [Order, Payment, User, Review], [StockLevel, OutboxEvent]),
        ],
    )
    def test_each_sees_what_it_works_with(
        self, group: str, sees: list[type[Model]], not_: list[type[Model]]
    ) -> None:
        client = browser_of(make_staff(group))
        index = client.get(reverse("admin:index")).content.decode()
        for model in sees:
            assert client.get(page(model)).status_code == 200, model
            assert f'href="{page(model)}"' in index
        for model in not_:
            assert client.get(page(model)).status_code == 403, model
            assert f'href="{page(model)}"' not in index

    def test_customers_and_strangers_are_asked_to_sign_in(self) -> None:
        for client in (Client(), browser_of(make_user())):
            response = client.get(page(Order))
            assert response.status_code == 302
            assert "/admin/login/" in response.headers["Location"]


class TestBooks:
    """Append-only rows and snapshots are read here, never changed."""

    @pytest.mark.parametrize(
        "model",
        [
            *(Order, OrderItem, OrderStatusChange, Payment, Refund, StockLevel, StockMovement),
            *(Cart, OutboxEvent, Delivery, DeliveryAttempt, VendorOrder, VendorMember),
            *(VendorInvitation, VendorChange, Transaction, Entry, Payout),
        ],
        ids=lambda model: model.__name__,
    )
    def test_cannot_be_added_changed_or_deleted(self, model: type[Model]) -> None:
        one_of_everything()
        client = browser_of(make_superuser())
        row = model._default_manager.order_by("pk").first()
        assert row is not None
        before = model._default_manager.filter(pk=row.pk).values().get()
        assert client.post(reverse(page_name(model, "add")), {}).status_code == 403
        sent = {name: str(value) for name, value in before.items()}
        assert client.post(page(model, row.pk), sent).status_code == 403
        delete = reverse(page_name(model, "delete"), args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
        selected = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(page(model), selected)
        assert model._default_manager.filter(pk=row.pk).values().get() == before
        assert 'name="_save"' not in client.get(page(model, row.pk)).content.decode()


def test_loads_nothing_from_elsewhere() -> None:
    order = one_of_everything()
    client = browser_of(make_superuser())
    for address in (reverse("admin:index"), page(Order), page(Order, order.pk), page(Product)):
        html = client.get(address).content.decode()
        loaded = re.findall(r"<(?:script|link|iframe)\b[^>]*(?:src|href)=\"([^\"]+)\"", html)
        assert loaded
        assert [each for each in loaded if each.startswith(("http", "//"))] == []


def page_name(model: type[Model], kind: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}"


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)

"""The queue of products that wait, in the admin."""

from decimal import Decimal

import pytest
from django.test import Client

from shop.accounts.tests.make import make_staff
from shop.products import services
from shop.products.models import Product
from shop.products.tests.make import make_category, make_product, make_seller
from shop.vendors.tests.make import make_vendor
from tests.back_office import browser_of, form_of, in_dialog, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return browser_of(make_staff("catalog managers"))


@pytest.fixture
def vase() -> Product:
    vendor = make_vendor()
    vendor.products_need_approval = True
    vendor.save()
    seller = make_seller(vendor)
    return services.create_product(
        vendor=vendor, name="Vase", category=make_category(), price=Decimal(1), actor=seller
    )


def test_lists_what_waits(client: Client, vase: Product) -> None:
    make_product("Coat", status=Product.Status.DRAFT)
    listed = client.get(page(Product), {"waiting": "yes"}).context["cl"].result_list
    assert [row.pk for row in listed] == [vase.pk]


def test_approves_and_offers_it_no_more(client: Client, vase: Product) -> None:
    button = page(Product, vase.pk, do="approve")
    assert button in client.get(page(Product, vase.pk)).content.decode()
    messages = in_dialog(client, button, {})
    assert messages == [("success", "Vase is approved.")]
    assert Product.objects.get(pk=vase.pk).status == Product.Status.ACTIVE
    assert button not in client.get(page(Product, vase.pk)).content.decode()
    messages = in_dialog(client, button, {})
    assert messages == [("error", "This product does not wait for approval.")]


def test_declines_with_a_reason(client: Client, vase: Product) -> None:
    sent = {"reason": "No picture."}
    assert in_dialog(client, page(Product, vase.pk, do="decline"), sent)[0][0] == "success"
    vase.refresh_from_db()
    assert (vase.status, vase.submitted_at, vase.decline_reason) == ("draft", None, "No picture.")
    assert b"No picture." in client.get(page(Product, vase.pk)).content


def test_approves_the_selected(client: Client, vase: Product) -> None:
    sent = {"action": "approve_selected", "_selected_action": [vase.pk]}
    client.post(page(Product), sent)
    assert Product.objects.get(pk=vase.pk).status == Product.Status.ACTIVE


def test_saves_the_form_of_one_that_waits_without_deciding(client: Client, vase: Product) -> None:
    address = page(Product, vase.pk)
    client.post(address, form_of(client.get(address), name="Tall vase"))
    vase.refresh_from_db()
    assert (vase.name, vase.status, vase.submitted_at is not None) == ("Tall vase", "draft", True)


def test_is_for_who_may_change_products(vase: Product) -> None:
    support = browser_of(make_staff("support"))
    response = support.post(page(Product, vase.pk, do="approve"), {})
    assert response.status_code in (302, 403)
    assert Product.objects.get(pk=vase.pk).status == Product.Status.DRAFT

"""The catalog in the admin: every save is the services' work, every refusal a message."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from shop.accounts.tests.make import make_staff, make_user
from shop.core.models import OutboxEvent
from shop.inventory import querysets as inventory
from shop.orders.tests.make import make_order
from shop.products.models import Category, Product, ProductImage, SlugRedirect, Variant
from shop.products.tests.make import house_vendor, make_category, make_product
from shop.reviews.models import Review
from shop.reviews.tests.make import make_review
from tests.back_office import browser_of, form_of, page, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return browser_of(make_staff("catalog managers"))


def upload(name: str = "shirt.png", content: bytes | None = None) -> SimpleUploadedFile:
    if content is None:
        target = BytesIO()
        Image.new("RGB", (300, 200), "red").save(target, "PNG")
        content = target.getvalue()
    return SimpleUploadedFile(name, content, content_type="image/png")


def add(client: Client, model: Any, fields: dict[str, Any]) -> Any:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    return client.post(address, fields, follow=True)


def change(client: Client, row: Any, **fields: Any) -> Any:
    """Open the row's page, change `fields` in its form, save."""
    address = page(type(row), row.pk)
    response = client.post(address, form_of(client.get(address), **fields), follow=True)
    row.refresh_from_db()
    return response


def new_product(**fields: Any) -> dict[str, Any]:
    category = fields.pop("category", None) or make_category()
    vendor = house_vendor()
    given = {"name": "Blue Shirt", "status": "active", "base_price": "12.50"}
    return given | {"category": category.pk, "vendor": vendor.pk} | fields


class TestProducts:
    def test_a_new_one_has_a_variant_with_stock_and_a_slug(self, client: Client) -> None:
        sent = new_product(
            stock="7", tags="new, Sale, new", description="<p>x</p><script>y()</script>"
        )
        response = add(client, Product, sent)
        product = Product.objects.get()
        assert response.redirect_chain[-1][0] == page(Product, product.pk)
        assert (product.slug, product.price, product.currency) == ("blue-shirt", 12.5, "USD")
        assert product.tags == ["new", "Sale"]
        assert "script" not in product.description
        assert inventory.available_by_product([product.pk]) == {product.pk: 7}
        assert OutboxEvent.objects.filter(name="product.created").count() == 1

    def test_a_taken_slug_or_sku_is_an_error_of_the_form(self, client: Client) -> None:
        there = make_product(slug="blue-shirt")
        response = add(client, Product, new_product(slug="blue-shirt"))
        assert response.context["adminform"].form.errors["slug"]
        sent = new_product(sku=there.variants.get().sku, tags="kept")
        response = add(client, Product, sent)
        form = response.context["adminform"].form
        assert form.errors["sku"] == ["Another variant already has this SKU."]
        assert form["tags"].value() == "kept"
        assert Product.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(("base_price", value) for value in ("-1", "x", "1.234", "1e400", "NaN", "9" * 30)),
            *(("stock", value) for value in ("-1", "x", str(2**63))),
            *(("slug", value) for value in ("123", "a b", "ä")),
            *(("category", value) for value in ("", "0", str(2**63))),
            *(("name", value) for value in ("", "x" * 201)),
            ("tags", "x" * 51),
            ("status", "lost"),
        ],
    )
    def test_bad_fields_are_errors_and_change_nothing(
        self, client: Client, field: str, value: str
    ) -> None:
        response = add(client, Product, new_product() | {field: value})
        assert response.status_code == 200
        assert response.context["adminform"].form.errors
        assert not Product.objects.exists()

    def test_another_price_reaches_the_lists(self, client: Client) -> None:
        product = make_product(price="10.00")
        change(client, product, base_price="8.00")
        assert (product.base_price, product.price) == (Decimal(8), Decimal(8))

    def test_another_slug_leaves_a_redirect(self, client: Client) -> None:
        product = make_product(slug="old")
        change(client, product, slug="new")
        assert SlugRedirect.objects.get(slug="old").product == product

    def test_an_ordered_one_is_archived_instead_of_deleted(self, client: Client) -> None:
        ordered, other = make_product(), make_product()
        make_order(make_user(), variants=[ordered.variants.get()])
        for product in (ordered, other):
            delete = reverse("admin:products_product_delete", args=[product.pk])
            assert client.get(delete).status_code == 200
            client.post(delete, {"post": "yes"})
        ordered.refresh_from_db()
        assert ordered.status == Product.Status.INACTIVE
        assert list(Product.objects.all()) == [ordered]

    def test_many_are_deleted_or_archived_at_once(self, client: Client) -> None:
        ordered, other = make_product(), make_product()
        make_order(make_user(), variants=[ordered.variants.get()])
        chosen = {"action": "delete_selected", "_selected_action": [ordered.pk, other.pk]}
        assert "archived instead" in client.post(page(Product), chosen).content.decode()
        messages = said(client.post(page(Product), chosen | {"post": "yes"}, follow=True))
        assert "warning" in [kind for kind, _ in messages]
        assert list(Product.objects.values_list("status", flat=True)) == ["inactive"]

    def test_many_go_off_sale_at_once(self, client: Client) -> None:
        products = [make_product() for _ in range(3)]
        chosen = {"action": "deactivate", "_selected_action": [p.pk for p in products]}
        assert said(client.post(page(Product), chosen, follow=True)) == [
            ("success", "3 products are inactive now.")
        ]
        assert set(Product.objects.values_list("status", flat=True)) == {"inactive"}

    def test_those_who_only_look_change_nothing(self) -> None:
        product = make_product(price="10.00")
        client = browser_of(make_staff("support"))
        assert client.get(page(Product, product.pk)).status_code == 200
        assert client.post(page(Product, product.pk), {"base_price": "1"}).status_code == 403


class TestVariants:
    def test_are_added_and_changed_on_the_products_page(self, client: Client) -> None:
        product = make_product(sizes=["S"], price="10.00")
        change(
            client,
            product,
            **{
                "variants-0-own_price": "9.00",
                "variants-TOTAL_FORMS": "2",
                "variants-1-sku": "NEW-M",
                "variants-1-options": "Size: M\ncolor: Blue: dark",
                "variants-1-stock": "4",
                "variants-1-own_price": "7.50",
                "variants-1-is_active": "on",
            },
        )
        new = product.variants.get(sku="NEW-M")
        assert new.options == {"size": "M", "color": "Blue: dark"}
        assert product.price == Decimal("7.50")
        assert inventory.available_by_variant([new.pk]) == {new.pk: 4}
        assert product.variants.exclude(pk=new.pk).get().own_price == Decimal(9)

    def test_keep_their_stock_whatever_the_form_sends(self, client: Client) -> None:
        product = make_product(stock=10)
        change(client, product, **{"variants-0-stock": "999", "variants-0-own_price": "1.00"})
        assert inventory.available_by_product([product.pk]) == {product.pk: 10}

    @pytest.mark.parametrize(
        ("sku", "options", "told"),
        [
            ("NEW", "size: S", "duplicate data for options"),
            ("TAKEN", "size: M", "already exists"),
        ],
    )
    def test_that_are_there_already_are_refused(
        self, client: Client, sku: str, options: str, told: str
    ) -> None:
        make_product().variants.update(sku="TAKEN")
        product = make_product(sizes=["S"])
        response = change(
            client,
            product,
            **{
                "name": "Changed",
                "variants-TOTAL_FORMS": "2",
                "variants-1-sku": sku,
                "variants-1-options": options,
                "variants-1-is_active": "on",
            },
        )
        assert told in response.content.decode()
        assert response.context["adminform"].form["name"].value() == "Changed"
        assert product.variants.count() == 1
        assert product.name != "Changed"

    @pytest.mark.parametrize("options", ["M", "a: 1\nb: 2\nc: 3\nd: 4", "size:", "s: M\ns: L"])
    def test_with_senseless_options_are_refused(self, client: Client, options: str) -> None:
        product = make_product(sizes=["S"])
        change(
            client,
            product,
            **{"variants-TOTAL_FORMS": "2", "variants-1-options": options},
        )
        assert product.variants.count() == 1

    def test_the_last_one_is_not_deleted(self, client: Client) -> None:
        product = make_product()
        response = change(client, product, **{"variants-0-DELETE": "on"})
        assert "keeps at least one active variant" in response.content.decode()
        assert product.variants.count() == 1

    def test_are_changed_on_their_own_page_too(self, client: Client) -> None:
        product = make_product(price="10.00")
        variant = product.variants.get()
        change(client, variant, own_price="6.00", barcode="4006381333931")
        product.refresh_from_db()
        assert (variant.barcode, product.price) == ("4006381333931", Decimal(6))

    def test_ordered_ones_are_switched_off(self, client: Client) -> None:
        product = make_product(sizes=["S", "M"])
        ordered = product.variants.get(options={"size": "S"})
        make_order(make_user(), variants=[ordered])
        client.post(reverse("admin:products_variant_delete", args=[ordered.pk]), {"post": "yes"})
        ordered.refresh_from_db()
        assert not ordered.is_active
        assert Variant.objects.filter(product=product).count() == 2


class TestImages:
    @pytest.fixture(autouse=True)
    def media(self, settings: Settings, tmp_path: Path) -> Path:
        settings.MEDIA_ROOT = tmp_path
        return tmp_path

    def images(self, **fields: Any) -> dict[str, Any]:
        return {"images-TOTAL_FORMS": "1", "images-0-position": "0"} | {
            f"images-0-{name}": value for name, value in fields.items()
        }

    def test_are_encoded_anew_with_thumbnails(self, client: Client, media: Path) -> None:
        product = make_product()
        hidden = b"hidden words after the picture"
        content = upload().read() + hidden
        change(client, product, **self.images(file=upload("x.png", content), alt_text="Red"))
        image = product.images.get()
        assert (image.is_main, image.alt_text) == (True, "Red")
        assert "x.png" not in str(image.file.name)
        assert hidden not in (media / str(image.file.name)).read_bytes()
        assert len(list(media.rglob("*.webp"))) == 3
        html = client.get(page(Product, product.pk)).content.decode()
        assert image.thumbnails["small"] in html
        assert image.thumbnails["small"] in client.get(page(Product)).content.decode()

    @pytest.mark.parametrize("content", [b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
    def test_that_are_none_are_refused(self, client: Client, content: bytes) -> None:
        product = make_product()
        response = change(client, product, **self.images(file=upload("x.png", content)))
        assert response.context["errors"]
        assert not ProductImage.objects.exists()

    def test_need_a_file_or_an_address(self, client: Client) -> None:
        product = make_product()
        both = {"file": upload(), "address": "https://example.test/a.jpg"}
        for given in ({"alt_text": "none"}, both):
            response = change(client, product, **self.images(**given))
            assert "Give either a file or an address." in response.content.decode()
        change(client, product, **self.images(address="https://example.test/a.jpg"))
        assert product.images.get().remote_url == "https://example.test/a.jpg"

    def test_another_becomes_the_main_one(self, client: Client) -> None:
        product = make_product()
        first, second = (
            ProductImage.objects.create(
                product=product, remote_url=f"https://x.test/{n}", position=n, is_main=n == 0
            )
            for n in range(2)
        )
        change(client, product, **{"images-1-is_main": "on"})
        assert product.images.get(is_main=True) == second
        change(client, product, **{"images-1-DELETE": "on"})
        assert product.images.get(is_main=True) == first


class TestCategories:
    def test_are_listed_as_a_tree(self, client: Client) -> None:
        clothing = make_category("Clothing")
        make_category("Books")
        make_category("Men", parent=clothing)
        rows = client.get(page(Category)).context["cl"].result_list
        assert [row.path for row in rows] == ["Books", "Clothing", "Clothing › Men"]

    def test_are_made_and_moved(self, client: Client) -> None:
        top = make_category("Clothing")
        add(client, Category, {"name": "Men", "parent": top.pk, "position": "0"})
        men = Category.objects.get(slug="men")
        assert men.parent == top
        change(client, men, parent="", name="Gentlemen")
        assert men.name == "Gentlemen"
        assert Category.objects.get(slug="men").parent is None

    def test_never_make_a_cycle(self, client: Client) -> None:
        top = make_category("Clothing")
        below = make_category("Men", parent=top)
        response = change(client, top, parent=below.pk)
        form = response.context["adminform"].form
        assert "below itself" in form.errors["parent"][0]
        assert top.parent is None

    def test_in_use_are_not_deleted(self, client: Client) -> None:
        category = make_product().category
        delete = reverse("admin:products_category_delete", args=[category.pk])
        client.post(delete, {"post": "yes"}, follow=True)
        selected = {"action": "delete_selected", "_selected_action": [category.pk], "post": "yes"}
        client.post(page(Category), selected, follow=True)
        assert Category.objects.filter(pk=category.pk).exists()


def test_reviews_that_are_taken_down_leave_the_rating(client: Client) -> None:
    product = make_product()
    bad, _ = make_review(product, rating=1), make_review(product, rating=5)
    change(client, bad, title="(corrected)", body="")
    assert bad.title == "(corrected)"
    client.post(reverse("admin:reviews_review_delete", args=[bad.pk]), {"post": "yes"})
    product.refresh_from_db()
    assert (Review.objects.count(), product.average_rating) == (1, Decimal(5))

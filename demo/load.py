"""Fills an empty shop, through the same services that its API calls."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import product as combinations

from django.core.files.uploadedfile import SimpleUploadedFile

from demo import art, catalogue
from demo.catalogue import Line
from shop.accounts.models import Address, User
from shop.cart import services as cart
from shop.core.views import DEMO_PASSWORD
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.provider import Outcome
from shop.products import services as products
from shop.products.models import Category, Product
from shop.products.services import NewVariant
from shop.reviews import services as reviews
from shop.vendors import services as vendors
from shop.vendors.models import Vendor, VendorMember

REVIEWERS = ("Amina", "Bastien", "Chidi", "Dalia", "Emre", "Freya")
# The departments that the demo vendor sells in; the house sells the rest.
VENDOR_DEPARTMENTS = {"Outdoor"}


@dataclass(frozen=True)
class People:
    admin: User
    vendor: User
    shopper: User
    reviewers: Sequence[User]


def load_demo(say: Callable[[str], None]) -> None:
    """Make people, goods, reviews and orders; `say` hears what is done."""
    people = make_people()
    vendor = make_vendor(people.vendor)
    goods = make_goods(vendor)
    say(f"{len(goods)} products")
    draw_pictures(goods)
    say("pictures")
    write_reviews(goods, people.reviewers)
    placed = make_orders(goods, people)
    say(f"{len(placed)} orders")


def make_people() -> People:
    def person(name: str, first: str, last: str, **fields: bool) -> User:
        email = f"{name}@nexus.test"
        user = User(email=email, username=email, first_name=first, last_name=last, **fields)
        user.is_verified = True
        if name in {"admin", "vendor", "shopper"}:
            user.set_password(DEMO_PASSWORD)
        else:
            user.set_unusable_password()
        user.save()
        return user

    people = People(
        admin=person("admin", "Ada", "Admin", is_staff=True, is_superuser=True),
        vendor=person("vendor", "Vera", "Vendor"),
        shopper=person("shopper", "Sam", "Shopper"),
        reviewers=[person(name.lower(), name, "Demo") for name in REVIEWERS],
    )
    Address.objects.create(
        user=people.shopper,
        full_name="Sam Shopper",
        line1="12 Market Street",
        city="Bristol",
        postal_code="BS1 4DJ",
        country="GB",
        phone_number="+441174960123",
        is_default_shipping=True,
        is_default_billing=True,
    )
    return people


def make_vendor(owner: User) -> Vendor:
    vendor = Vendor.objects.create(
        name="Fjord & Fell",
        slug="fjord-and-fell",
        description="Tents, packs and bicycles from people who use them.",
        status=Vendor.Status.APPROVED,
    )
    VendorMember.objects.create(vendor=vendor, user=owner, role=VendorMember.Role.OWNER)
    return vendor


def make_goods(vendor: Vendor) -> dict[str, tuple[Line, Product]]:
    """The products by name, each with the line of the catalogue that it came from."""
    house = vendors.house_vendor()
    leaves: dict[str, tuple[Category, Vendor]] = {}
    for position, (department, groups) in enumerate(catalogue.CATEGORIES.items()):
        seller = vendor if department in VENDOR_DEPARTMENTS else house
        top = products.create_category(name=department, position=position)
        for group, names in groups.items():
            middle = products.create_category(name=group, parent=top)
            for name in names:
                leaves[name] = products.create_category(name=name, parent=middle), seller
    return {line.name: (line, make_product(line, *leaves[line.leaf])) for line in catalogue.LINES}


def make_product(line: Line, category: Category, vendor: Vendor) -> Product:
    return products.create_product(
        vendor=vendor,
        category=category,
        name=line.name,
        description=f"<p>{line.text}</p>",
        price=Decimal(line.price),
        compare_at_price=Decimal(line.was) if line.was else None,
        status=line.status,
        tags=line.tags,
        meta_title=f"{line.name} | {category.name}",
        meta_description=line.text,
        variants=variants_of(line),
    )


def variants_of(line: Line) -> list[NewVariant]:
    prefix = "".join(word[:3].upper() for word in line.name.split() if word[0].isalnum())
    choices = combinations(line.sizes or ("",), line.colors or ("",))
    return [
        NewVariant(
            sku="-".join(part for part in (prefix, *choice) if part).replace(" ", "").upper(),
            options={
                name: value for name, value in zip(("size", "color"), choice, strict=True) if value
            },
            # Some sizes sell faster than others.
            stock=max(0, line.stock - index * 3) if line.stock > 5 else line.stock,
        )
        for index, choice in enumerate(choices)
    ]


def draw_pictures(goods: dict[str, tuple[Line, Product]]) -> None:
    """One picture each, and a second one for what comes in several colours."""
    wanted = [
        (product, line, color)
        for line, product in goods.values()
        for color in ("", *line.colors[1:2])
    ]
    with ThreadPoolExecutor() as pool:
        drawn = pool.map(lambda want: art.draw(want[1].motif, want[0].slug + want[2]), wanted)
        for (product, line, color), png in zip(wanted, drawn, strict=True):
            products.add_image(
                product=product,
                file=SimpleUploadedFile(f"{product.slug}.png", png, "image/png"),
                alt_text=f"{line.name}, {color.lower()}" if color else line.name,
            )


def write_reviews(goods: dict[str, tuple[Line, Product]], people: Sequence[User]) -> None:
    for index, (name, rating, title, body) in enumerate(catalogue.REVIEWS):
        reviews.review_product(
            user=people[index % len(people)],
            product=goods[name][1],
            rating=rating,
            title=title,
            body=body,
        )


def make_orders(goods: dict[str, tuple[Line, Product]], people: People) -> list[Order]:
    """One order of the shopper in every state, and a few of others."""
    admin = people.admin

    def place(user: User, *names: str) -> Order:
        for name in names:
            variant = goods[name][1].variants.earliest("position")
            cart.add_item(user=user, variant_id=variant.pk, quantity=1)
        return orders.place_order(user=user)

    def paid(user: User, *names: str) -> Order:
        order = place(user, *names)
        opened = payments.open_payment(order=order, method="test", user=user)
        payments.confirm_payment(payment=opened.payment, actor=user, outcome=Outcome.SUCCEED)
        return order

    def processing(user: User, *names: str) -> Order:
        return orders.process_order(order=paid(user, *names), actor=admin)

    def shipped(user: User, *names: str) -> Order:
        order = processing(user, *names)
        return orders.ship_order(
            order=order, actor=admin, carrier="DHL", tracking_number=f"JD0146{order.pk:08d}"
        )

    def delivered(user: User, *names: str) -> Order:
        return orders.deliver_order(order=shipped(user, *names), actor=admin)

    sam = people.shopper
    placed = [
        delivered(sam, "Harbour Tee", "Stoneware Mug"),
        shipped(sam, "Day Pack 20"),
        processing(sam, "Reading Lamp", "Wool Throw"),
        paid(sam, "Studio Headphones"),
        delivered(people.reviewers[0], "Field Jacket", "Harbour Tee"),
        delivered(people.reviewers[1], "Gravel Bicycle"),
        paid(people.reviewers[2], "Building Blocks", "Bread, Slowly"),
    ]
    cancelled = orders.cancel_order(
        order=place(sam, "Cedar Candle"), actor=sam, note="Changed my mind."
    )
    refunded = delivered(sam, "Court Sneaker")
    payments.refund_order(order=refunded, actor=admin, reason="Too narrow.", restock=True)
    # Last, so that it is the one that waits for its payment.
    return [*placed, cancelled, refunded, place(sam, "Insulated Bottle", "Camping Mug")]

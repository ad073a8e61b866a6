"""Fills an empty shop, through the same services that its API calls."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import product as combinations

from django.core.files.uploadedfile import SimpleUploadedFile

from demo import art, catalogue, market
from demo.catalogue import Line
from demo.people import People, make_people
from demo.sellers import agree_on_rates, make_sellers, stock_own_warehouse
from demo.shopping import Shopping
from shop.accounts.models import User
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services as payments
from shop.products import services as products
from shop.products.models import Category, Product
from shop.products.services import NewVariant
from shop.reviews import services as reviews
from shop.vendors import services as vendors
from shop.vendors.models import Vendor

Goods = dict[str, tuple[Line, Product]]


def load_demo(say: Callable[[str], None]) -> None:
    """Make people, sellers, goods, reviews and orders; `say` hears what is done."""
    people = make_people()
    sellers = make_sellers(people)
    say(f"{len(sellers)} vendors")
    categories = make_categories()
    goods = make_goods(categories, sellers)
    goods |= submit_one(categories, sellers, people)
    say(f"{len(goods)} products")
    draw_pictures(goods)
    say("pictures")
    write_reviews(goods, people.reviewers)
    agree_on_rates(
        sellers,
        category=categories["Cycling"],
        product=goods["Two-Person Tent"][1],
        actor=people.steward,
    )
    shopping = Shopping({name: product for name, (_, product) in goods.items()}, people.admin)
    placed = market.make_past(shopping, sellers, people)
    placed += market.make_present(shopping, people)
    placed += make_orders(shopping, people)
    say(f"{len(placed)} orders")


def make_categories() -> dict[str, Category]:
    """All three levels, by name: no name comes twice."""
    made = {}
    for position, (department, groups) in enumerate(catalogue.CATEGORIES.items()):
        made[department] = products.create_category(name=department, position=position)
        for group, names in groups.items():
            made[group] = products.create_category(name=group, parent=made[department])
            for name in names:
                made[name] = products.create_category(name=name, parent=made[group])
    return made


def make_goods(categories: Mapping[str, Category], sellers: Mapping[str, Vendor]) -> Goods:
    """The products by name, each with the line of the catalogue that it came from."""
    departments = {
        leaf: catalogue.SELLERS.get(department, "house")
        for department, groups in catalogue.CATEGORIES.items()
        for leaves in groups.values()
        for leaf in leaves
    }
    goods = {}
    elsewhere: dict[str, int] = {}
    for line in catalogue.LINES:
        seller = line.seller or departments[line.leaf]
        variants = variants_of(line)
        if seller == "fjord":
            elsewhere |= {new.sku: new.stock for new in variants if new.sku}
            variants = [replace(new, stock=0) for new in variants]
        product = make_product(line, categories[line.leaf], sellers[seller], variants)
        goods[line.name] = (line, product)
    stock_own_warehouse(sellers["fjord"], elsewhere)
    return goods


def submit_one(
    categories: Mapping[str, Category], sellers: Mapping[str, Vendor], people: People
) -> Goods:
    """From now on staff look at new goods of one seller first, and one waits for them."""
    line, vendor = catalogue.WAITING, sellers["lumen"]
    vendor = vendors.change_vendor(
        vendor=vendor, changes={"products_need_approval": True}, actor=people.steward
    )
    product = make_product(
        line, categories[line.leaf], vendor, variants_of(line), actor=people.weaver
    )
    return {line.name: (line, product)}


def make_product(
    line: Line,
    category: Category,
    vendor: Vendor,
    variants: Sequence[NewVariant],
    actor: User | None = None,
) -> Product:
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
        variants=variants,
        actor=actor,
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


def draw_pictures(goods: Goods) -> None:
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


def write_reviews(goods: Goods, people: Sequence[User]) -> None:
    for index, (name, rating, title, body) in enumerate(catalogue.REVIEWS):
        reviews.review_product(
            user=people[index % len(people)],
            product=goods[name][1],
            rating=rating,
            title=title,
            body=body,
        )


def make_orders(shopping: Shopping, people: People) -> list[Order]:
    """One order of the shopper in every state, and a few of others."""
    sam, admin = people.shopper, people.admin
    placed = [
        shopping.delivered(sam, "Harbour Tee", "Stoneware Mug"),
        shopping.shipped(sam, "Day Pack 20"),
        shopping.processing(sam, "Reading Lamp", "Wool Throw"),
        shopping.paid(sam, "Studio Headphones"),
        shopping.delivered(people.reviewers[0], "Field Jacket", "Harbour Tee"),
        shopping.delivered(people.reviewers[1], "Gravel Bicycle"),
        shopping.paid(people.reviewers[2], "Building Blocks", "Bread, Slowly"),
    ]
    cancelled = orders.cancel_order(
        order=shopping.place(sam, "Cedar Candle"), actor=sam, note="Changed my mind."
    )
    refunded = shopping.delivered(sam, "Court Sneaker")
    payments.refund_order(order=refunded, actor=admin, reason="Too narrow.", restock=True)
    # Last, so that it is the one that waits for its payment.
    return [*placed, cancelled, refunded, shopping.place(sam, "Insulated Bottle", "Camping Mug")]

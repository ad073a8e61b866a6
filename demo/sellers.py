"""The sellers of the demo shop beside its house: from application to terms."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from demo import art
from demo.people import People
from shop.accounts.models import User
from shop.commissions import services as commissions
from shop.commissions.models import CommissionRule
from shop.inventory import services as inventory
from shop.products.models import Category, Product, Variant
from shop.vendors import services as vendors
from shop.vendors.models import Vendor, VendorMember

Role = VendorMember.Role

# How long ago the sellers came, and their terms were agreed on.
CAME = timedelta(days=60)


def make_sellers(people: People) -> dict[str, Vendor]:
    """The house, two good sellers and a doubtful one; and somebody who asks to become one."""
    sellers = {
        "house": vendors.house_vendor(),
        "fjord": _apply(
            people.vendor,
            name="Fjord & Fell",
            description="Tents, packs and bicycles from people who use them.",
            country="NO",
            iban="NO9386011117947",
        ),
        "lumen": _apply(
            people.weaver,
            name="Lumen & Loom",
            description="Light and wool for rooms that one stays in.",
            country="DE",
            iban="DE89370400440532013000",
        ),
        "bargain": _apply(
            people.bargainer,
            name="Bargain Bay",
            description="Everything for less.",
            country="GB",
            iban="GB29NWBK60161331926819",
        ),
    }
    for name, schedule in (("fjord", "weekly"), ("lumen", "monthly"), ("bargain", "weekly")):
        vendors.approve_vendor(vendor=sellers[name], actor=people.admin)
        # All terms are said, so that the demo does not depend on the shop's settings.
        sellers[name] = vendors.change_vendor(
            vendor=sellers[name],
            changes={
                "payout_schedule": schedule,
                "payout_hold_days": 7,
                "payout_minimum": Decimal(10),
            },
            actor=people.steward,
        )
    _draw_logo(sellers["fjord"], "tent", people.vendor)
    _draw_logo(sellers["lumen"], "lamp", people.weaver)
    _hire(sellers["fjord"], people)
    _apply(
        people.applicant,
        name="Tidewater Ceramics",
        description="Plates and bowls, glazed with what the sea leaves behind.",
        country="PT",
        iban="PT50000201231234567890154",
    )
    Vendor.objects.filter(pk__in=[seller.pk for seller in sellers.values()]).update(
        created_at=F("created_at") - CAME
    )
    return sellers


def agree_on_rates(
    sellers: Mapping[str, Vendor], *, category: Category, product: Product, actor: User
) -> None:
    """What the shop keeps: a rate of each vendor, and two that are special."""
    fjord = sellers["fjord"]
    rules = [
        commissions.set_rate(vendor=fjord, percent=Decimal(12), actor=actor),
        commissions.set_rate(vendor=fjord, category=category, percent=Decimal(8), actor=actor),
        commissions.set_rate(
            vendor=fjord, product=product, percent=Decimal(6), fee=Decimal(2), actor=actor
        ),
        commissions.set_rate(vendor=sellers["lumen"], percent=Decimal(15), actor=actor),
    ]
    # Rates begin now or later; these are to be older than the orders.
    CommissionRule.objects.filter(pk__in=[rule.pk for rule in rules]).update(
        valid_from=F("valid_from") - CAME, created_at=F("created_at") - CAME
    )


def stock_own_warehouse(vendor: Vendor, stock: Mapping[str, int]) -> None:
    """All that `vendor` has, by SKU, lies in a warehouse of its own."""
    warehouse = inventory.create_warehouse(
        name=f"{vendor.name}, Bergen", code=f"{vendor.slug}-bergen", vendor=vendor
    )
    ids = dict(Variant.objects.filter(sku__in=stock).values_list("sku", "pk"))
    inventory.set_available(
        stock={ids[sku]: number for sku, number in stock.items() if number},
        warehouse=warehouse,
        reason="First delivery",
    )


def _apply(owner: User, *, name: str, description: str, country: str, iban: str) -> Vendor:
    return vendors.apply_as_vendor(
        user=owner,
        name=name,
        description=description,
        contact_email=owner.email,
        country=country,
        payout_details={"account_holder": name, "iban": iban},
    )


def _draw_logo(vendor: Vendor, motif: str, owner: User) -> None:
    png = art.draw(motif, vendor.slug)
    vendors.set_logo(
        vendor=vendor, image=SimpleUploadedFile("logo.png", png, "image/png"), actor=owner
    )


def _hire(vendor: Vendor, people: People) -> None:
    owner = people.vendor
    vendors.add_member(vendor=vendor, user=people.manager, role=Role.MANAGER, actor=owner)
    vendors.add_member(vendor=vendor, user=people.fulfiller, role=Role.FULFILLER, actor=owner)
    vendors.invite_member(
        vendor=vendor, email="packer@example.com", role=Role.FULFILLER, actor=owner
    )

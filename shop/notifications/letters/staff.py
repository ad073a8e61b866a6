"""Letters to those who run the shop, and to vendors about their goods."""

from django.conf import settings

from shop.accounts import querysets as accounts
from shop.notifications.letters.letter import Letter, money
from shop.payments.models import Dispute, Payment
from shop.products.models import Variant
from shop.products.options import Options
from shop.vendors import querysets as vendors
from shop.vendors.models import Vendor

CATALOG, ORDERS, VENDORS = "catalog managers", "order managers", "vendor managers"


def stock_low(variant_id: int, available: int) -> list[Letter]:
    """To catalog managers, and to the owner and the managers of the goods' vendor."""
    variant = Variant.objects.select_related("product__vendor").filter(pk=variant_id).first()
    if variant is None:
        return []
    product = variant.product
    context = {
        "product": product.name,
        "options": str(Options(variant.options)),
        "sku": variant.sku,
        "vendor": product.vendor.name,
        "available": available,
    }
    subject = f"Low stock: {product.name} ({variant.sku}), {available} left"
    return _to([*_staff(CATALOG), *vendors.managers_of(product.vendor)], subject, context)


def payment_held(payment_id: int) -> list[Letter]:
    """To order managers: they decide what becomes of the money."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    number = payment.order.number
    context = {
        "number": number,
        "payment": payment.pk,
        "asked": money(payment.amount, payment.currency),
        "came": money(payment.captured_amount, payment.captured_currency),
    }
    return _to(_staff(ORDERS), f"A payment of {number} is held: please decide", context)


def dispute_opened(dispute_id: int) -> list[Letter]:
    """To order managers: the payer's bank wants to hear from the shop, and not for long."""
    dispute = Dispute.objects.select_related("payment__order").get(pk=dispute_id)
    number = dispute.payment.order.number
    context = {
        "number": number,
        "payment": dispute.payment_id,
        "amount": money(dispute.amount, dispute.currency),
        "reason": dispute.reason.replace("_", " "),
        "reference": dispute.reference,
    }
    return _to(_staff(ORDERS), f"A payment of {number} is disputed", context)


def vendor_applied(vendor_id: int) -> list[Letter]:
    """To vendor managers: they decide whether it may sell."""
    vendor = Vendor.objects.get(pk=vendor_id)
    context: dict[str, object] = {
        "vendor": vendor.name,
        "description": vendor.description,
        "email": vendor.contact_email,
        "country": vendor.country,
    }
    return _to(_staff(VENDORS), f"{vendor.name} wants to sell: please decide", context)


def owner_missing(vendor_id: int) -> list[Letter]:
    """To vendor managers: they find another owner, or suspend it."""
    vendor = Vendor.objects.get(pk=vendor_id)
    return _to(_staff(VENDORS), f"{vendor.name} has no owner any more", {"vendor": vendor.name})


def _staff(group: str) -> list[str]:
    """The shop's own address for such letters, else everybody whose work it is."""
    return [settings.STAFF_EMAIL] if settings.STAFF_EMAIL else accounts.staff_addresses(group)


def _to(addresses: list[str], subject: str, context: dict[str, object]) -> list[Letter]:
    return [
        Letter(to=address, subject=subject, context=context) for address in dict.fromkeys(addresses)
    ]

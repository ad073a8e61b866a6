"""Who carries a payout to its vendor: one file for each of the vendors' methods."""

from collections.abc import Mapping

from shop.ledger.payout_providers.connect import StripeConnect
from shop.ledger.payout_providers.manual import Manual
from shop.ledger.payout_providers.provider import PayoutProvider
from shop.vendors.models import Vendor

PROVIDERS: Mapping[str, PayoutProvider] = {
    Vendor.PayoutMethod.MANUAL: Manual(),
    Vendor.PayoutMethod.STRIPE: StripeConnect(),
}

"""How much mail a vendor may cause."""

from datetime import timedelta

from shop.core.rate_limits import RateLimit

DAY = timedelta(days=1)

# Whoever invites them: nobody's mailbox is filled by strangers.
INVITATIONS_TO_ADDRESS = RateLimit("invitation_to_address", times=10, per=DAY)
INVITATIONS_OF_VENDOR = RateLimit("invitation_of_vendor", times=100, per=DAY)

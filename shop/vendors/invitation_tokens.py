"""The tokens that invitations carry: signed, and good for the row that they name only."""

from django.core import signing

from shop.vendors.errors import InvitationNotValid
from shop.vendors.models import VendorInvitation

_INVITATION = "shop.vendors.invitation"


def token_for(invitation: VendorInvitation) -> str:
    """Proves that its bearer reads the mail of the invited address."""
    return signing.dumps([invitation.pk, invitation.email], salt=_INVITATION)


def read(token: str) -> tuple[int, str]:
    """The invitation's id and address; raises `InvitationNotValid`. The row says until when."""
    try:
        invitation_id, email = signing.loads(token, salt=_INVITATION)
    except (signing.BadSignature, ValueError):
        raise InvitationNotValid from None
    return invitation_id, email

"""Confirming that an e-mail address is its owner's."""

from django.db.models.functions import Now

from shop.accounts import limits, mail_tokens
from shop.accounts.errors import MailTokenNotValid
from shop.accounts.events import VerificationRequested
from shop.accounts.models import User, normalize_email
from shop.core.errors import TooManyRequests
from shop.core.events import publish
from shop.core.transactions import atomic


@atomic
def verify_email(*, token: str) -> None:
    """Mark the address that `token` was mailed to as confirmed; may be repeated.

    Raises `MailTokenNotValid`, also when the account has another address by now.
    """
    user_id, email = mail_tokens.read_verification_token(token)
    owner = User.objects.filter(pk=user_id, email=email, is_active=True)
    if not owner.update(is_verified=True, updated_at=Now()):
        raise MailTokenNotValid


@atomic
def request_verification(*, email: str) -> None:
    """Mail the token again if `email` waits for it; the caller learns nothing either way."""
    waiting = User.objects.filter(
        email=normalize_email(email), is_active=True, is_verified=False
    ).first()
    if waiting is None:
        return
    try:
        limits.VERIFICATION_MAIL_TO_ACCOUNT.count(str(waiting.pk))
    except TooManyRequests:
        return
    publish(VerificationRequested(user_id=waiting.pk))

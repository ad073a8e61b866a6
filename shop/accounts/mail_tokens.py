"""The tokens that mails carry: signed, stateless, and worthless for anything else."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from shop.accounts.errors import MailTokenNotValid
from shop.accounts.models import User
from shop.core.references import BIGGEST_ID

VERIFICATION_LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)

_VERIFICATION = "shop.accounts.verification"


def verification_token(user: User) -> str:
    """Proves that its bearer reads the mail of the user's present address."""
    return signing.dumps([user.pk, user.email], salt=_VERIFICATION)


def read_verification_token(token: str) -> tuple[int, str]:
    """The user's id and the address that is proven; raises `MailTokenNotValid`."""
    try:
        user_id, email = signing.loads(token, salt=_VERIFICATION, max_age=VERIFICATION_LIFETIME)
    except (signing.BadSignature, ValueError):
        raise MailTokenNotValid from None
    return user_id, email


def reset_uid(user: User) -> str:
    return urlsafe_base64_encode(force_bytes(user.pk))


def reset_token(user: User) -> str:
    """Dies with its use: it depends on the present password, address and last sign-in."""
    return default_token_generator.make_token(user)


def user_of_reset_token(uid: str, token: str) -> User:
    """The active user whose password may be set; raises `MailTokenNotValid`."""
    try:
        user_id = int(urlsafe_base64_decode(uid).decode("ascii"))
    except ValueError:
        raise MailTokenNotValid from None
    if not 0 < user_id <= BIGGEST_ID:
        raise MailTokenNotValid
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        raise MailTokenNotValid
    return user

"""What runs outside requests. Tasks take ids; repeating one sends a mail again, no more."""

from shop.accounts import mails, services
from shop.accounts.models import User
from shop.core.handlers import handler
from shop.core.schedule import periodic


@handler("accounts.send_verification_email", in_transaction=False)
def send_verification_email(*, user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True, is_verified=False).first()
    if user is not None:
        mails.send_verification(user)


@handler("accounts.send_password_reset_email", in_transaction=False)
def send_password_reset_email(*, user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        mails.send_password_reset(user)


@handler("accounts.send_password_changed_email", in_transaction=False)
def send_password_changed_email(*, user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        mails.send_password_changed(user)


@periodic("accounts.prune_sessions")
def prune_sessions() -> None:
    services.prune_sessions()

"""What runs outside requests. Tasks take ids; repeating one sends a mail again, no more."""

from celery import shared_task

from shop.accounts import mails, services
from shop.accounts.models import User


@shared_task(name="accounts.send_verification_email")
def send_verification_email(user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True, is_verified=False).first()
    if user is not None:
        mails.send_verification(user)


@shared_task(name="accounts.send_password_reset_email")
def send_password_reset_email(user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        mails.send_password_reset(user)


@shared_task(name="accounts.send_password_changed_email")
def send_password_changed_email(user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        mails.send_password_changed(user)


@shared_task(name="accounts.prune_sessions")
def prune_sessions() -> None:
    services.prune_sessions()

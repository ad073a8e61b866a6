"""Every action on accounts. Use: `from shop.accounts import services as accounts`."""

from shop.accounts.services.address_book import add_address, change_address, delete_address
from shop.accounts.services.passwords import change_password, request_password_reset, reset_password
from shop.accounts.services.people import UserChanges, change_user, erase_user, register_user
from shop.accounts.services.sessions import (
    end_all_sessions,
    end_session,
    open_session,
    prune_sessions,
    refresh_session,
    sign_in,
)
from shop.accounts.services.verification import request_verification, verify_email

__all__ = [
    "UserChanges",
    "add_address",
    "change_address",
    "change_password",
    "change_user",
    "delete_address",
    "end_all_sessions",
    "end_session",
    "erase_user",
    "open_session",
    "prune_sessions",
    "refresh_session",
    "register_user",
    "request_password_reset",
    "request_verification",
    "reset_password",
    "sign_in",
    "verify_email",
]

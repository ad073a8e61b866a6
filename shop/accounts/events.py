"""What happened to accounts."""

from dataclasses import dataclass

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class UserRegistered(Event):
    """Somebody opened an account; the e-mail address is not confirmed yet."""

    name = "user.registered"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class EmailChanged(Event):
    """The e-mail address is a new one and not confirmed yet."""

    name = "user.email_changed"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class VerificationRequested(Event):
    """Somebody asked for another verification mail."""

    name = "user.verification_requested"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(Event):
    name = "user.password_reset_requested"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A password was changed or reset; the sessions that this ended are over already."""

    name = "user.password_changed"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class UserErased(Event):
    """The personal data is gone; the row stays, because orders refer to it."""

    name = "user.erased"
    user_id: int

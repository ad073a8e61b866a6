"""People, their addresses and their sign-in sessions."""

import unicodedata
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django_countries.fields import CountryField

from shop.core.models import TimestampedModel


def normalize_email(email: str) -> str:
    """One spelling per mailbox: NFKC, without regard to case."""
    return unicodedata.normalize("NFKC", email).strip().lower()


class UserManager(DjangoUserManager["User"]):
    """Finds people by e-mail; what `createsuperuser` and Django's sign-in call."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalize_email(username or ""))

    def create_superuser(  # type: ignore[override]  # the login is the e-mail here
        self, email: str, password: str | None = None, **extra: Any
    ) -> "User":
        email = normalize_email(email)
        user = User(email=email, is_staff=True, is_superuser=True, is_verified=True, **extra)
        user.username = user.username or email
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser, TimestampedModel):
    """A person. The e-mail is the login; `username` is filled in when absent."""

    email = models.EmailField(unique=True)
    phone_number = models.CharField(max_length=16, blank=True, help_text="E.164: +15550100")
    is_verified = models.BooleanField(default=False, help_text="The e-mail address was confirmed.")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower"),
            models.CheckConstraint(
                condition=Q(phone_number="") | Q(phone_number__regex=r"^\+[1-9][0-9]{4,14}$"),
                name="user_phone_number_is_e164",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class AuthSession(models.Model):
    """One sign-in: the family of refresh tokens that descend from it.

    Only the newest refresh token's `jti` is valid; showing an older one revokes
    the session. Access tokens name the session and die with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="auth_sessions")
    refresh_jti = models.UUIDField()
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    refreshed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in of {self.user_id} at {self.created_at}"


class Address(TimestampedModel):
    """An entry of a person's address book; orders keep their own copy."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    full_name = models.CharField(max_length=150)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = CountryField()
    phone_number = models.CharField(max_length=16, blank=True)
    is_default_shipping = models.BooleanField(default=False)
    is_default_billing = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_default_shipping=True),
                name="address_one_default_shipping",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_default_billing=True),
                name="address_one_default_billing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.line1}, {self.city}"

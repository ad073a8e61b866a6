"""What accounts take in and give out."""

from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from rest_framework import serializers

from shop.accounts import querysets, tokens
from shop.accounts.fields import (
    CountryField,
    EmailField,
    PhoneNumberField,
    SecretField,
    TextField,
)
from shop.accounts.models import AuthSession, User
from shop.core.fields import StrictBooleanField

MAX_PASSWORD = 256
MAX_TOKEN = 4096


class ProfileInput(serializers.Serializer[Any]):
    """Every field may be left out; privileged ones are not here and are ignored."""

    email = EmailField(required=False)
    username = TextField(required=False, max_length=150, validators=[UnicodeUsernameValidator()])
    first_name = TextField(required=False, allow_blank=True, max_length=150)
    last_name = TextField(required=False, allow_blank=True, max_length=150)
    phone_number = PhoneNumberField(required=False, allow_blank=True)


class RegistrationInput(ProfileInput):
    """E-mail and password are enough; privileged fields are not here and are ignored."""

    email = EmailField()
    password = SecretField(max_length=MAX_PASSWORD)


class SignInInput(serializers.Serializer[Any]):
    email = TextField(max_length=254)
    password = SecretField(max_length=MAX_PASSWORD)


class RefreshInput(serializers.Serializer[Any]):
    refresh = SecretField(max_length=MAX_TOKEN)


class VerifyInput(serializers.Serializer[Any]):
    token = SecretField(max_length=MAX_TOKEN)


class LogoutInput(serializers.Serializer[Any]):
    """`refresh` names the session to end; `all` ends every one."""

    refresh = SecretField(max_length=MAX_TOKEN, required=False)
    all = StrictBooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["all"] and "refresh" not in attrs:
            raise serializers.ValidationError(
                {"refresh": "Name the session by its refresh token, or send all."},
                code="required",
            )
        return attrs


class PasswordChangeInput(serializers.Serializer[Any]):
    current_password = SecretField(max_length=MAX_PASSWORD)
    new_password = SecretField(max_length=MAX_PASSWORD)


class PasswordResetConfirmInput(serializers.Serializer[Any]):
    """`uid` and `token` are in the mail."""

    uid = SecretField(max_length=64)
    token = SecretField(max_length=200)
    new_password = SecretField(max_length=MAX_PASSWORD)


class EmailInput(serializers.Serializer[Any]):
    email = EmailField()


class DoneOutput(serializers.Serializer[Any]):
    detail = serializers.CharField()


class TokensOutput(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class AccountOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    username = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    phone_number = serializers.CharField()
    is_verified = serializers.BooleanField()
    date_joined = serializers.DateTimeField()


class RegistrationOutput(TokensOutput):
    user = AccountOutput()


class MembershipOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    status = serializers.CharField()
    role = serializers.CharField()


class ProfileOutput(AccountOutput):
    roles = serializers.ListField(child=serializers.CharField())
    vendors = MembershipOutput(many=True)


class AddressInput(serializers.Serializer[Any]):
    full_name = TextField(max_length=150)
    line1 = TextField(max_length=200)
    line2 = TextField(max_length=200, required=False, allow_blank=True)
    city = TextField(max_length=100)
    region = TextField(max_length=100, required=False, allow_blank=True)
    postal_code = TextField(max_length=20, required=False, allow_blank=True)
    country = CountryField()
    phone_number = PhoneNumberField(required=False, allow_blank=True)
    is_default_shipping = StrictBooleanField(required=False)
    is_default_billing = StrictBooleanField(required=False)


class AddressOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    full_name = serializers.CharField()
    line1 = serializers.CharField()
    line2 = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2")
    phone_number = serializers.CharField()
    is_default_shipping = serializers.BooleanField()
    is_default_billing = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


ADDRESS_COLUMNS = tuple(AddressOutput().fields)


def account_of(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "email": user.email,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone_number": user.phone_number,
        "is_verified": user.is_verified,
        "date_joined": user.date_joined,
    }


def profile_of(user: User) -> dict[str, Any]:
    vendors = querysets.vendors_of(user)
    return account_of(user) | {"roles": querysets.roles_of(user, vendors), "vendors": vendors}


def registration_of(session: AuthSession) -> dict[str, Any]:
    return {"user": account_of(session.user), **tokens.pair_for(session)}

"""The admin's own forms about people: signing in, and people by e-mail."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm, UserChangeForm, UserCreationForm

from shop.accounts import limits, querysets
from shop.accounts.models import User, normalize_email
from shop.core.errors import TooManyRequests
from shop.core.rate_limits import client_address


class SignInForm(AuthenticationForm):
    """The admin's door is as narrow as the API's: the same limits, the same counters."""

    def clean(self) -> dict[str, Any]:
        subject = self._subject()
        try:
            limits.SIGN_IN_FROM_ADDRESS.count(limits.network_of(client_address(self.request)))
            limits.SIGN_IN_OF_ACCOUNT.count(subject)
        except TooManyRequests as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None
        cleaned: dict[str, Any] = super().clean()
        limits.SIGN_IN_OF_ACCOUNT.give_back(subject)
        return cleaned

    def _subject(self) -> str:
        email = normalize_email(self.cleaned_data.get("username") or "")
        address = client_address(self.request)
        known = querysets.has_signed_in_from(email=email, address=address)
        return limits.sign_in_subject(email, known_address=address if known else None)


class EmailForm(forms.ModelForm):  # type: ignore[type-arg]
    """One spelling per mailbox, before the form looks whether it is taken."""

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class NewUserForm(EmailForm, UserCreationForm):
    class Meta:
        model = User
        fields = ["email"]


class UserForm(EmailForm, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"  # noqa: DJ007 (the admin's fieldsets choose)

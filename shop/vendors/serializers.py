"""What the API takes and says of vendors."""

from typing import Any

from rest_framework import serializers

from shop.accounts.fields import CountryField, EmailField, PhoneNumberField, SecretField, TextField
from shop.vendors.models import Vendor, VendorMember

MAX_DESCRIPTION = 5000
MAX_REASON = 500
MAX_TOKEN = 1000

Input = serializers.Serializer[Any]
Output = serializers.Serializer[Any]


class PayoutDetailsInput(Input):
    """`manual`: account_holder, iban, bic?, bank_name?; `stripe`: account."""

    account_holder = TextField(required=False, max_length=140)
    iban = TextField(required=False, max_length=60)
    bic = TextField(required=False, max_length=20, allow_blank=True)
    bank_name = TextField(required=False, max_length=140, allow_blank=True)
    account = TextField(required=False, max_length=70, help_text="Of Stripe: acct_…")


class VendorApplicationInput(Input):
    name = TextField(max_length=100)
    description = TextField(required=False, allow_blank=True, max_length=MAX_DESCRIPTION)
    contact_email = EmailField(required=False)
    contact_phone = PhoneNumberField(required=False, allow_blank=True)
    country = CountryField(required=False)
    payout_method = serializers.ChoiceField(Vendor.PayoutMethod.choices, required=False)
    payout_details = PayoutDetailsInput(required=False)


class VendorChangesInput(VendorApplicationInput):
    """What is not sent stays. `payout_details` are replaced whole."""

    name = TextField(max_length=100, required=False)


class VendorLogoInput(Input):
    image = serializers.FileField(
        allow_null=True, help_text="PNG, JPEG or WebP, at most 8 MB; null takes the logo away."
    )


class VendorApprovalInput(Input):
    reason = TextField(required=False, allow_blank=True, max_length=MAX_REASON)


class VendorReasonInput(Input):
    reason = TextField(max_length=MAX_REASON)


class VendorInvitationInput(Input):
    email = EmailField()
    role = serializers.ChoiceField(VendorMember.Role.choices)


class VendorInvitationTokenInput(Input):
    token = SecretField(max_length=MAX_TOKEN, help_text="As the mail shows it.")


class VendorRoleInput(Input):
    role = serializers.ChoiceField(VendorMember.Role.choices)


class VendorOutput(Output):
    """What everybody reads of a vendor."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField()
    logo = serializers.CharField(help_text="An address; empty without a logo.")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2, or empty.")
    average_rating = serializers.CharField(help_text="Of all reviews of its goods.")
    review_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class PrivateVendorOutput(VendorOutput):
    """What its members read besides, and staff."""

    role = serializers.CharField(
        allow_null=True, help_text="The caller's: owner, manager or fulfiller. null: staff."
    )
    status = serializers.ChoiceField(Vendor.Status.choices)
    status_reason = serializers.CharField(help_text="Why it was rejected or suspended.")
    is_house = serializers.BooleanField()
    contact_email = serializers.CharField()
    contact_phone = serializers.CharField()
    payout_method = serializers.ChoiceField(Vendor.PayoutMethod.choices)
    payout_details = serializers.DictField(
        child=serializers.CharField(),
        help_text="Numbers of accounts in full for owners, else their last four signs.",
    )
    payout_schedule = serializers.ChoiceField(Vendor.PayoutSchedule.choices)
    payout_hold_days = serializers.IntegerField(allow_null=True, help_text="null: the shop's own.")
    payout_minimum = serializers.CharField(allow_null=True, help_text="null: the shop's own.")
    products_need_approval = serializers.BooleanField()
    updated_at = serializers.DateTimeField()


class VendorPersonOutput(Output):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()


class VendorMemberOutput(Output):
    id = serializers.IntegerField()
    user = VendorPersonOutput()
    role = serializers.ChoiceField(VendorMember.Role.choices)
    created_at = serializers.DateTimeField()


class VendorInvitationOutput(Output):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(VendorMember.Role.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class VendorActorOutput(Output):
    id = serializers.IntegerField()
    email = serializers.EmailField()


class VendorChangeOutput(Output):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    reason = serializers.CharField()
    details = serializers.JSONField(help_text="Never bank details or addresses.")
    actor = VendorActorOutput(allow_null=True, help_text="null: the shop itself.")
    created_at = serializers.DateTimeField()

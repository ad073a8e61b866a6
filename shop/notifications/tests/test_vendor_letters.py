"""What vendors read about themselves, and staff about who wants to sell."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models.functions import Now
from pytest_django import Settings

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.core.events import Event, publish
from shop.ledger.events import PayoutFailed, PayoutSettled
from shop.ledger.models import Payout
from shop.notifications import services
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, tell_events
from shop.vendors import invitation_tokens
from shop.vendors import services as vendors
from shop.vendors.models import Vendor, VendorInvitation, VendorMember
from shop.vendors.tests.make import APPLICATION, make_member, make_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def victor(db: None) -> User:
    return make_staff("vendor managers", email="victor@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    """With a manager, who is not an owner."""
    vendor = make_vendor("Vera's Vases", owner=vera)
    make_member(vendor)
    return vendor


def readers(kind: str) -> set[str]:
    tell_events()
    return set(Mail.objects.filter(kind=kind).values_list("recipient", flat=True))


class TestApplied:
    def apply(self, vera: User) -> None:
        vendors.apply_as_vendor(user=vera, **APPLICATION)  # type: ignore[arg-type]

    def test_is_told_to_who_looks_after_vendors(
        self, vera: User, victor: User, clerk: User
    ) -> None:
        self.apply(vera)
        row = mail_of("vendor_applied")
        assert row.recipient == victor.email
        assert row.subject == "Vera's Vases wants to sell: please decide"
        assert "Hand-thrown stoneware." in row.text
        assert "(DE)" in row.text
        assert "vera@example.test" in row.text
        for body in (row.text, row.html):
            assert "DE89370400440532013000" not in body

    def test_goes_to_the_shops_own_address_for_such_letters(
        self, vera: User, victor: User, settings: Settings
    ) -> None:
        settings.STAFF_EMAIL = "office@example.test"
        self.apply(vera)
        assert readers("vendor_applied") == {"office@example.test"}


class TestDecided:
    def test_approved(self, vera: User, victor: User) -> None:
        vendor = make_vendor("Vera's Vases", owner=vera, status=Vendor.Status.PENDING)
        vendors.approve_vendor(vendor=vendor, actor=victor, reason="looks fine")
        row = mail_of("vendor_approved")
        assert row.recipient == vera.email
        assert "Vera's Vases is approved" in row.text
        assert "looks fine" not in row.text

    def test_rejected_with_the_reason(self, vera: User, victor: User) -> None:
        vendor = make_vendor("Vera's Vases", owner=vera, status=Vendor.Status.PENDING)
        vendors.reject_vendor(vendor=vendor, actor=victor, reason="No <imprint>.")
        row = mail_of("vendor_rejected")
        assert row.recipient == vera.email
        assert "Why: No <imprint>.\n" in row.text
        assert "No &lt;imprint&gt;." in row.html

    def test_suspended_with_the_reason(self, vases: Vendor, victor: User) -> None:
        vendors.suspend_vendor(vendor=vases, actor=victor, reason="Nothing arrives.")
        row = mail_of("vendor_suspended")
        assert row.recipient == "vera@example.test"
        assert "Why: Nothing arrives.\n" in row.text

    def test_tells_no_reason_that_is_not_true_any_more(self, vases: Vendor, victor: User) -> None:
        vendors.suspend_vendor(vendor=vases, actor=victor, reason="Nothing arrives.")
        vendors.approve_vendor(vendor=vases, actor=victor)
        assert "Why" not in mail_of("vendor_suspended").text

    def test_every_owner_whose_account_is_active_reads_it(
        self, vases: Vendor, victor: User
    ) -> None:
        second = make_member(vases, role=VendorMember.Role.OWNER).user
        gone = make_member(vases, role=VendorMember.Role.OWNER).user
        User.objects.filter(pk=gone.pk).update(is_active=False)
        vendors.suspend_vendor(vendor=vases, actor=victor, reason="Nothing arrives.")
        assert readers("vendor_suspended") == {"vera@example.test", second.email}


class TestInvited:
    @pytest.fixture
    def invitation(self, vases: Vendor, vera: User) -> VendorInvitation:
        return vendors.invite_member(
            vendor=vases,
            email="max@example.test",
            role=VendorMember.Role.FULFILLER,
            actor=vera,
        )

    def test_the_invited_address_gets_the_token(self, invitation: VendorInvitation) -> None:
        row = mail_of("member_invited")
        assert row.recipient == "max@example.test"
        assert row.has_secret
        token = invitation_tokens.token_for(invitation)
        assert f"/accept-invitation?token={token.replace(':', '%3A')}" in row.text
        assert "as fulfiller" in row.text
        person = make_user("max@example.test")
        member = vendors.accept_invitation(token=token, user=person)
        assert member.role == VendorMember.Role.FULFILLER

    def test_the_token_is_not_kept_once_it_is_sent(
        self, invitation: VendorInvitation, settings: Settings
    ) -> None:
        settings.MAIL_VIEWER = False
        tell_events()
        services.send_waiting()
        row = mail_of("member_invited")
        assert (row.state, row.text, row.html) == (Mail.State.SENT, "", "")

    @pytest.mark.parametrize(
        "change",
        [{"revoked_at": Now()}, {"accepted_at": Now()}, {"expires_at": Now() - timedelta(1)}],
        ids=["revoked", "accepted", "expired"],
    )
    def test_nobody_is_asked_when_it_is_not_open_any_more(
        self, change: dict[str, object], invitation: VendorInvitation
    ) -> None:
        VendorInvitation.objects.update(**change)
        assert readers("member_invited") == {""}


class TestPayouts:
    @pytest.fixture
    def payout(self, vases: Vendor) -> Payout:
        return Payout.objects.create(
            vendor=vases,
            number="PO-2026-000007",
            method="manual",
            currency="USD",
            amount=Decimal("1234.50"),
            period_end="2026-11-20",
            destination={"iban": "DE89370400440532013000"},
            failure_reason="The account is closed.",
        )

    def tell(self, event: Event) -> None:
        with transaction.atomic():
            publish(event)

    def test_settled(self, payout: Payout) -> None:
        self.tell(PayoutSettled(payout_id=payout.pk, vendor_id=payout.vendor_id))
        row = mail_of("payout_settled")
        assert row.recipient == "vera@example.test"
        assert row.subject == "Payout PO-2026-000007: 1,234.50 USD"
        assert "1,234.50 USD to Vera's Vases: payout PO-2026-000007." in row.text
        assert "DE89" not in row.text + row.html

    def test_failed_with_the_reason(self, payout: Payout) -> None:
        self.tell(PayoutFailed(payout_id=payout.pk, vendor_id=payout.vendor_id))
        row = mail_of("payout_failed")
        assert row.recipient == "vera@example.test"
        assert row.subject == "Payout PO-2026-000007 failed"
        assert "Why: The account is closed.\n" in row.text

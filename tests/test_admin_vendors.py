"""Vendors in the admin: the queue, decisions with their reasons, and people."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop.accounts.models import User
from shop.accounts.tests.make import make_staff, make_user
from shop.vendors import services
from shop.vendors.models import Vendor, VendorChange, VendorInvitation, VendorMember
from shop.vendors.tests.make import make_member, make_vendor
from tests.back_office import browser_of, form_of, in_dialog, page, said

pytestmark = pytest.mark.django_db

Status = Vendor.Status
IBAN = "DE89370400440532013000"


@pytest.fixture
def staff() -> User:
    return make_staff("vendor managers")


@pytest.fixture
def client(staff: User) -> Client:
    return browser_of(staff)


@pytest.fixture
def vera() -> User:
    return make_user("vera@example.test")


@pytest.fixture
def vases(vera: User) -> Vendor:
    return make_vendor("Vases", owner=vera, status=Status.PENDING)


def buttons(client: Client, vendor: Vendor) -> set[str]:
    html = client.get(page(Vendor, vendor.pk)).content.decode()
    names = ("approve", "reject", "suspend")
    return {name for name in names if page(Vendor, vendor.pk, do=name) in html}


class TestQueue:
    def test_offers_the_waiting_first(self, client: Client, vases: Vendor) -> None:
        make_vendor("Sells")
        html = client.get(page(Vendor)).content.decode()
        assert html.index("status=pending") < html.index("status=approved")
        html = client.get(f"{page(Vendor)}?status=pending").content.decode()
        assert "Vases" in html
        assert "Sells" not in html

    def test_approves_what_is_selected(self, client: Client, staff: User, vases: Vendor) -> None:
        pots, sells = make_vendor("Pots", status=Status.PENDING), make_vendor("Sells")
        chosen = [vases.pk, pots.pk, sells.pk]
        sent = {"action": "approve_selected", "_selected_action": chosen}
        messages = said(client.post(page(Vendor), sent, follow=True))
        assert ("success", "2 vendors are approved.") in messages
        assert [kind for kind, _ in messages].count("error") == 1
        assert set(Vendor.objects.filter(pk__in=chosen).values_list("status", flat=True)) == {
            Status.APPROVED
        }
        assert VendorChange.objects.filter(kind="approved", actor=staff).count() == 2

    def test_takes_the_same_queries_for_1_and_for_50_rows(
        self, client: Client, vases: Vendor
    ) -> None:
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                client.get(page(Vendor))
            counts.append(len(captured))
            for _ in range(49):
                make_vendor(owner=make_user())
        assert counts[0] == counts[1]


class TestDecisions:
    def test_are_offered_as_the_table_of_moves_has_them(
        self, client: Client, vases: Vendor
    ) -> None:
        assert buttons(client, vases) == {"approve", "reject"}
        assert buttons(client, make_vendor()) == {"suspend"}
        assert buttons(client, make_vendor(status=Status.REJECTED)) == {"approve"}
        assert buttons(client, make_vendor(status=Status.SUSPENDED)) == {"approve"}
        assert buttons(client, services.house_vendor()) == set()

    def test_approve(self, client: Client, staff: User, vases: Vendor) -> None:
        address = page(Vendor, vases.pk, do="approve")
        assert in_dialog(client, address, {"reason": ""}) == [("success", "Vases is approved.")]
        vases.refresh_from_db()
        assert vases.status == Status.APPROVED
        assert in_dialog(client, address, {"reason": ""})[0][0] == "error"

    @pytest.mark.parametrize(
        ("decision", "before", "after"),
        [
            ("reject", Status.PENDING, Status.REJECTED),
            ("suspend", Status.APPROVED, Status.SUSPENDED),
        ],
    )
    def test_need_a_reason(
        self, client: Client, decision: str, before: Status, after: Status
    ) -> None:
        vendor = make_vendor(status=before)
        address = page(Vendor, vendor.pk, do=decision)
        response = client.post(address, {"_form_submitted": "on", "reason": " "})
        assert "HX-Redirect" not in response.headers
        vendor.refresh_from_db()
        assert vendor.status == before
        in_dialog(client, address, {"reason": "No vases."})
        vendor.refresh_from_db()
        assert (vendor.status, vendor.status_reason) == (after, "No vases.")

    def test_are_for_those_who_may_change_vendors(self, vases: Vendor) -> None:
        curator = browser_of(make_staff("catalog managers"))
        assert buttons(curator, vases) == set()
        for decision in ("approve", "reject"):
            sent = {"_form_submitted": "on", "reason": "x"}
            response = curator.post(page(Vendor, vases.pk, do=decision), sent)
            assert response.status_code == 403
        chosen = {"action": "approve_selected", "_selected_action": [vases.pk]}
        curator.post(page(Vendor), chosen)
        vases.refresh_from_db()
        assert vases.status == Status.PENDING


class TestPage:
    def test_changes_fields_by_the_service(
        self, client: Client, staff: User, vases: Vendor
    ) -> None:
        address = page(Vendor, vases.pk)
        sent = form_of(client.get(address), name="Bowls", payout_hold_days="3")
        assert client.post(address, sent | {"status": "approved"}).status_code == 302
        vases.refresh_from_db()
        assert (vases.name, vases.slug, vases.status) == ("Bowls", "vases", Status.PENDING)
        assert vases.payout_hold_days == 3
        noted = vases.changes.get()
        assert (noted.kind, noted.actor) == ("changed", staff)

    def test_says_no_beside_the_form(self, client: Client, vases: Vendor) -> None:
        make_vendor("Alder")
        address = page(Vendor, vases.pk)
        response = client.post(address, form_of(client.get(address), name="al der", country="DE"))
        assert response.status_code == 302
        Vendor.objects.create(name="X", slug="birch", status=Status.APPROVED)
        response = client.post(address, form_of(client.get(address), name="Birch"))
        assert response.context["adminform"].form.errors["name"]
        vases.refresh_from_db()
        assert vases.name == "al der"

    def test_shows_no_whole_number_of_an_account(self, client: Client, vases: Vendor) -> None:
        details = {"account_holder": "Vera Vogel", "iban": IBAN}
        Vendor.objects.filter(pk=vases.pk).update(payout_details=details)
        html = client.get(page(Vendor, vases.pk)).content.decode()
        assert IBAN not in html
        assert "****3000" in html

    def test_shows_the_trail(self, client: Client, staff: User, vases: Vendor) -> None:
        services.reject_vendor(vendor=vases, actor=staff, reason="We sell no vases.")
        html = client.get(page(Vendor, vases.pk)).content.decode()
        assert "We sell no vases." in html

    def test_adds_one_that_waits(self, client: Client, staff: User) -> None:
        sent = {"name": "Vera's Vases", "contact_email": "vera@example.test"}
        assert client.post(reverse("admin:vendors_vendor_add"), sent).status_code == 302
        made = Vendor.objects.get(slug="veras-vases")
        assert (made.status, made.contact_email) == (Status.PENDING, "vera@example.test")
        assert made.changes.get().kind == "added"
        again = client.post(reverse("admin:vendors_vendor_add"), sent)
        assert again.status_code == 200
        assert Vendor.objects.filter(slug__startswith="veras").count() == 1

    def test_is_never_deleted(self, client: Client, vases: Vendor) -> None:
        delete = reverse("admin:vendors_vendor_delete", args=[vases.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403


class TestPeople:
    def send(self, client: Client, vendor: Vendor, **changes: Any) -> Any:
        address = page(Vendor, vendor.pk)
        return client.post(address, form_of(client.get(address)) | changes)

    def test_are_added_with_a_line_in_the_trail(
        self, client: Client, staff: User, vases: Vendor
    ) -> None:
        person = make_user()
        more = {"members-1-user": person.pk, "members-1-role": "manager"}
        self.send(client, vases, **{"members-TOTAL_FORMS": "2"} | more)
        assert vases.members.get(user=person).role == "manager"
        noted = vases.changes.get()
        assert (noted.kind, noted.actor) == ("member_added", staff)

    def test_get_another_role_and_stay_the_same_person(self, client: Client, vases: Vendor) -> None:
        member = make_member(vases)
        changes = {"members-1-role": "owner", "members-1-user": make_user().pk}
        assert self.send(client, vases, **changes).status_code == 302
        after = VendorMember.objects.get(pk=member.pk)
        assert (after.role, after.user) == ("owner", member.user)
        assert vases.changes.get().kind == "role_changed"

    def test_are_removed_but_for_the_last_owner(self, client: Client, vases: Vendor) -> None:
        member = make_member(vases)
        self.send(client, vases, **{"members-1-DELETE": "on"})
        assert not vases.members.filter(pk=member.pk).exists()
        response = self.send(client, vases, **{"members-0-DELETE": "on"})
        assert response.status_code == 200
        assert vases.members.count() == 1

    def test_have_lists_that_are_read_only(self, client: Client, vera: User, vases: Vendor) -> None:
        services.invite_member(vendor=vases, email="max@example.test", role="owner", actor=vera)
        for model in (VendorMember, VendorInvitation, VendorChange):
            row = model._default_manager.latest("id")
            assert client.get(page(model)).status_code == 200
            assert client.get(page(model, row.pk)).status_code == 200
            assert client.post(page(model, row.pk), {"role": "owner"}).status_code == 403

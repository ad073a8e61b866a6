"""GET /mails/: the mailbox of a shop on trial."""

from typing import Any

import pytest
from django.test import Client

from shop.accounts.models import User
from shop.notifications import services
from shop.notifications.models import Mail
from shop.notifications.tests.make import mail_of, make_mail
from shop.orders.tests.make import make_order

pytestmark = pytest.mark.django_db

URL = "/mails/"


@pytest.fixture
def on_trial(settings: Any) -> None:
    settings.MAIL_VIEWER = True


def test_is_not_there_in_other_shops(alice: User) -> None:
    row = make_mail(alice)
    client = Client()
    for address in (URL, f"{URL}{row.pk}/"):
        response = client.get(address)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/json"
    assert URL not in client.get("/").content.decode()


@pytest.mark.usefixtures("on_trial")
class TestOnTrial:
    def test_lists_mails_newest_first(self, alice: User) -> None:
        make_mail(alice)
        make_order(alice)
        mail_of("order_placed")
        html = Client().get(URL).content.decode()
        assert html.index("Your order NX-") < html.index("Set a new password")
        assert alice.email in html

    def test_is_linked_from_the_landing_page(self) -> None:
        assert f'href="{URL}"' in Client().get("/").content.decode()

    def test_says_when_there_is_none(self) -> None:
        assert "Nothing was written yet" in Client().get(URL).content.decode()

    def test_leaves_out_who_was_not_written_to(self, alice: User) -> None:
        row = Mail.objects.create(kind="stock_low")
        client = Client()
        assert f"{URL}{row.pk}/" not in client.get(URL).content.decode()
        assert client.get(f"{URL}{row.pk}/").status_code == 404

    def test_keeps_tokens_readable(self, alice: User) -> None:
        row = make_mail(alice)
        services.send_waiting()
        row.refresh_from_db()
        assert row.state == Mail.State.SENT
        html = Client().get(f"{URL}{row.pk}/").content.decode()
        assert "/reset-password?uid=" in html
        assert 'href="http://localhost:8000/reset-password?uid=' in html, "links can be followed"

    def test_shows_html_where_it_can_do_nothing(self, alice: User) -> None:
        row = make_mail(alice)
        Mail.objects.filter(pk=row.pk).update(html='"><script>alert(1)</script>')
        response = Client().get(f"{URL}{row.pk}/")
        assert "<script" not in response.content.decode()
        assert 'sandbox="" srcdoc="&quot;&gt;&lt;script' in response.content.decode()
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Frame-Options"] == "DENY"

    @pytest.mark.parametrize("name", ["0", "9" * 18, "9" * 30, "x"])
    def test_another_is_not_found(self, name: str) -> None:
        assert Client().get(f"{URL}{name}/").status_code == 404

    def test_is_only_read(self) -> None:
        assert Client().post(URL).status_code == 405

    def test_takes_the_same_queries_for_1_and_for_20_mails(
        self, alice: User, django_assert_num_queries: Any
    ) -> None:
        for count in (1, 20):
            for _ in range(count):
                services.write_mails(event_id=None, kind="stock_low", letters=[])
            Mail.objects.update(recipient="a@b.test", subject="x")
            with django_assert_num_queries(1):
                Client().get(URL)

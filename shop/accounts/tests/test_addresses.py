"""/api/store/addresses/."""

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from shop.accounts.models import Address, User
from shop.accounts.services import address_book
from shop.accounts.tests.make import ADDRESS, access_token, make_address, make_user
from tests.api import body, client_of, codes

pytestmark = pytest.mark.django_db

URL = "/api/store/addresses/"
DEFAULTS = ("is_default_shipping", "is_default_billing")


@pytest.fixture
def alice() -> User:
    return make_user()


def defaults_of(address: Address) -> tuple[bool, bool]:
    address.refresh_from_db()
    return address.is_default_shipping, address.is_default_billing


def test_adds_the_first_one_as_default_of_both(alice: User) -> None:
    response = client_of(alice).post(URL, ADDRESS | {"country": "us", "phone_number": "+1 5550100"})
    assert response.status_code == 201
    answer = body(response)
    assert answer == ADDRESS | {
        "id": answer["id"],
        "line2": "",
        "phone_number": "+15550100",
        "is_default_shipping": True,
        "is_default_billing": True,
        "created_at": answer["created_at"],
        "updated_at": answer["updated_at"],
    }
    assert body(client_of(alice).get(f"{URL}{answer['id']}/")) == answer
    assert body(client_of(alice).get(URL))["results"] == [answer]


def test_adds_later_ones_as_default_of_nothing(alice: User) -> None:
    make_address(alice)
    answer = body(client_of(alice).post(URL, ADDRESS))
    assert not any(answer[default] for default in DEFAULTS)


@pytest.mark.parametrize("method", ["post", "patch"])
def test_puts_a_new_default_in_the_place_of_the_old_one(alice: User, method: str) -> None:
    first, second, bobs = make_address(alice), make_address(alice), make_address(make_user())
    client = client_of(alice)
    if method == "post":
        answer = body(client.post(URL, ADDRESS | {"is_default_shipping": True}))
    else:
        answer = body(client.patch(f"{URL}{second.pk}/", {"is_default_shipping": True}))
    assert (answer["is_default_shipping"], answer["is_default_billing"]) == (True, False)
    assert defaults_of(first) == (False, True)
    assert defaults_of(bobs) == (True, True)


def test_changes_what_is_named_and_nothing_else(alice: User) -> None:
    address = make_address(alice, line2="Floor 3")
    response = client_of(alice).patch(f"{URL}{address.pk}/", {"city": "Shelbyville"})
    assert response.status_code == 200
    answer = body(response)
    assert (answer["city"], answer["line2"]) == ("Shelbyville", "Floor 3")
    assert defaults_of(address) == (True, True)


def test_replaces_all_but_the_defaults(alice: User) -> None:
    address = make_address(alice, line2="Floor 3")
    new = {"full_name": "A", "line1": "B", "city": "C", "country": "DE"}
    answer = body(client_of(alice).put(f"{URL}{address.pk}/", new))
    assert answer["country"] == "DE"
    assert (answer["line2"], answer["region"], answer["postal_code"]) == ("", "", "")
    assert answer["is_default_shipping"] is True
    assert codes(client_of(alice).put(f"{URL}{address.pk}/", {"city": "C"})) == ["required"] * 3


def test_can_do_without_a_default(alice: User) -> None:
    address = make_address(alice)
    client_of(alice).patch(f"{URL}{address.pk}/", {"is_default_billing": False})
    assert defaults_of(address) == (True, False)


def test_deletes_without_choosing_another_default(alice: User) -> None:
    first, second = make_address(alice), make_address(alice)
    client = client_of(alice)
    assert client.delete(f"{URL}{first.pk}/").status_code == 204
    assert client.delete(f"{URL}{first.pk}/").status_code == 404
    assert defaults_of(second) == (False, False)


def test_hides_other_peoples_addresses(alice: User) -> None:
    address = make_address(alice)
    bob = client_of(make_user())
    assert body(bob.get(URL))["results"] == []
    for method in (bob.get, bob.put, bob.patch, bob.delete):
        response = method(f"{URL}{address.pk}/", ADDRESS)
        assert response.status_code == 404
        assert codes(response) == ["not_found"]
    assert Address.objects.filter(pk=address.pk, user=alice).exists()


def test_ignores_whose_it_is_said_to_be(alice: User) -> None:
    bob = make_user()
    answer = body(client_of(alice).post(URL, ADDRESS | {"user": bob.pk, "id": 77}))
    assert Address.objects.get().user == alice
    assert answer["id"] != 77


@pytest.mark.parametrize("reference", ["0", "x", "-1", str(2**63), "9" * 400, "1.5"])
def test_does_not_find_an_impossible_id(alice: User, reference: str) -> None:
    client = client_of(alice)
    for method in (client.get, client.patch, client.delete):
        assert method(f"{URL}{reference}/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("full_name", "", "blank"),
        ("full_name", None, "null"),
        ("full_name", 5, "invalid"),
        ("line1", "x" * 201, "max_length"),
        ("line2", [], "invalid"),
        ("city", {"a": 1}, "invalid"),
        ("postal_code", 62701, "invalid"),
        ("postal_code", "x" * 21, "max_length"),
        ("country", "XX", "invalid_country"),
        ("country", "USA", "invalid_country"),
        ("country", 1, "invalid"),
        ("country", "", "blank"),
        ("phone_number", "0123", "invalid_phone_number"),
        ("is_default_shipping", "perhaps", "invalid"),
        ("is_default_shipping", None, "null"),
        ("is_default_billing", [True], "invalid"),
    ],
)
def test_refuses_a_bad_field(alice: User, field: str, value: Any, code: str) -> None:
    address = make_address(alice)
    before = Address.objects.values().get()
    client = client_of(alice)
    for response in (
        client.post(URL, ADDRESS | {field: value}),
        client.put(f"{URL}{address.pk}/", ADDRESS | {field: value}),
        client.patch(f"{URL}{address.pk}/", {field: value}),
    ):
        assert response.status_code == 400
        assert code in codes(response)
        assert {error["attr"] for error in body(response)["errors"]} == {field}
    assert Address.objects.values().get() == before


def test_refuses_to_grow_without_end(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_book, "MOST_ADDRESSES", 2)
    make_address(alice)
    make_address(alice)
    response = client_of(alice).post(URL, ADDRESS)
    assert response.status_code == 409
    assert codes(response) == ["address_book_is_full"]


def test_lists_in_pages(alice: User) -> None:
    for n in range(13):
        make_address(alice, line1=f"{n} Lane")
    page = body(client_of(alice).get(URL))
    assert page["count"] == 13
    assert len(page["results"]) == 12
    assert body(client_of(alice).get(page["next"]))["results"][0]["line1"] == "12 Lane"
    assert client_of(alice).get(URL, {"page": 0}).status_code == 400
    assert client_of(alice).get(URL, {"page": 9}).status_code == 404


def test_asks_the_same_number_of_questions_for_1_and_50(alice: User) -> None:
    client = client_of(alice)
    make_address(alice)
    with CaptureQueriesContext(connection) as one:
        client.get(URL, {"page_size": 100})
    for _ in range(49):
        make_address(alice)
    with CaptureQueriesContext(connection) as fifty:
        assert len(body(client.get(URL, {"page_size": 100}))["results"]) == 50
    assert len(one) == len(fifty) <= 3


def test_needs_a_token() -> None:
    for method in ("get", "post"):
        assert getattr(client_of(), method)(URL).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_keeps_one_default_when_many_are_set_at_once(alice: User) -> None:
    addresses = [make_address(alice) for _ in range(6)]
    token = access_token(alice)
    statuses: list[int] = []

    def choose(address: Address) -> None:
        mine = client_of()
        mine.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        change = {"is_default_shipping": True, "is_default_billing": True}
        statuses.append(mine.patch(f"{URL}{address.pk}/", change).status_code)
        connections.close_all()

    threads = [threading.Thread(target=choose, args=[address]) for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6
    assert Address.objects.filter(is_default_shipping=True).count() == 1
    assert Address.objects.filter(is_default_billing=True).count() == 1

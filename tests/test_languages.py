"""`Accept-Language`: every message in English, French or Swahili, and nothing else but messages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from shop.accounts import limits
from shop.accounts.models import User
from shop.accounts.tests.make import PASSWORD, make_user
from shop.core.rate_limits import RateLimit
from shop.products.models import Product
from shop.products.tests.make import make_product
from tests.api import body, client_of
from tests.graphql_door import ADDRESS, ask

pytestmark = pytest.mark.django_db

CART, ADD = "/api/store/carts/", "/api/store/carts/add_item/"
PRODUCTS = "/api/store/products/"
LANGUAGES = ("en", "fr", "sw")
Words = dict[str, str]


@pytest.fixture(autouse=True)
def _no_language_is_left_behind() -> Iterator[None]:
    yield
    assert translation.get_language() == "en-us"


@pytest.fixture
def alice() -> User:
    return make_user("alice@example.test")


@pytest.fixture
def vase() -> Product:
    return make_product("Oak vase", stock=3)


def speaking(language: str, user: User | None = None) -> Any:
    client = client_of(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    return client


def details(response: Any) -> list[str]:
    return [error["detail"] for error in body(response)["errors"]]


def the_rest(response: Any) -> Any:
    """An error answer without its words."""
    answer = body(response)
    return [(error["code"], error["attr"]) for error in answer["errors"]], answer.get("type")


def check(response: Any, language: str, words: Words) -> None:
    assert details(response) == [words[language]]
    assert response["Content-Language"] == language
    assert "accept-language" in response["Vary"].lower().split(", ")


# --- REST ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
class TestOverRest:
    def test_a_refusal_of_a_service(self, language: str, alice: User) -> None:
        words = {
            "en": "Put something in the cart before placing the order.",
            "fr": "Ajoutez un article au panier avant de passer la commande.",
            "sw": "Weka kitu kwenye kikapu kabla ya kuagiza.",
        }
        response = speaking(language, alice).post("/api/store/orders/", {})
        assert response.status_code == 409
        check(response, language, words)

    def test_values_stand_where_the_language_wants_them(
        self, language: str, alice: User, vase: Product
    ) -> None:
        words = {
            "en": "Only 3 of Oak vase are left; 2 are in the cart already.",
            "fr": "Il ne reste que 3 × Oak vase\u00a0; 2 sont déjà dans le panier.",
            "sw": "Oak vase imebaki 3 tu; 2 tayari ziko kwenye kikapu.",
        }
        client = speaking(language, alice)
        client.post(ADD, {"product": vase.slug, "quantity": 2})
        check(client.post(ADD, {"product": vase.slug, "quantity": 2}), language, words)

    def test_a_field_that_rest_framework_refuses(self, language: str, alice: User) -> None:
        words = {
            "en": "This field is required.",
            "fr": "Ce champ est obligatoire.",
            "sw": "Sehemu hii inahitajika.",
        }
        answer = speaking(language).post("/api/auth/jwt/create/", {"email": alice.email})
        check(answer, language, words)

    def test_a_field_of_our_own(self, language: str, alice: User) -> None:
        words = {
            "en": "Give a variant, or a product.",
            "fr": "Indiquez une variante ou un produit.",
            "sw": "Toa aina, au bidhaa.",
        }
        check(speaking(language, alice).post(ADD, {}), language, words)

    def test_a_row_that_a_body_names(self, language: str) -> None:
        words = {
            "en": "There is no such category.",
            "fr": "Cette catégorie n'existe pas.",
            "sw": "Hakuna kategoria hiyo.",
        }
        staff = make_user("admin@example.test", is_staff=True, is_superuser=True)
        new = {"name": "Vase", "category": "no-such", "price": "1.00"}
        check(speaking(language, staff).post(PRODUCTS, new), language, words)

    def test_a_field_with_a_limit_of_our_own(self, language: str) -> None:
        words = {
            "en": "Give an object, such as {'size': 'M'}.",
            "fr": "Indiquez un objet, par exemple {'size': 'M'}.",
            "sw": "Toa objekti, kama vile {'size': 'M'}.",
        }
        staff = make_user("admin@example.test", is_staff=True, is_superuser=True)
        product = make_product(sizes=["S"])
        address = f"{PRODUCTS}{product.slug}/variants/"
        check(speaking(language, staff).post(address, {"options": 1}), language, words)

    def test_a_password_that_django_refuses(self, language: str) -> None:
        words = {
            "en": "This password is too short. It must contain at least 8 characters.",
            "fr": "Ce mot de passe est trop court. Il doit contenir au minimum 8 caractères.",
            "sw": "Nenosiri hili ni fupi mno. Lazima liwe na angalau herufi 8.",
        }
        new = {"email": "new@example.test", "password": "kw7!xQ"}
        check(speaking(language).post("/api/auth/registration/", new), language, words)

    def test_nobody_is_signed_in(self, language: str) -> None:
        words = {
            "en": "Authentication credentials were not provided.",
            "fr": "Informations d'authentification non fournies.",
            "sw": "Taarifa za uthibitisho hazikutolewa.",
        }
        response = speaking(language).get(CART)
        assert response.status_code == 401
        check(response, language, words)

    def test_a_token_that_is_none(self, language: str) -> None:
        words = {
            "en": "The token is invalid, expired or its session has ended.",
            "fr": "Le jeton est invalide ou expiré, ou sa session est terminée.",
            "sw": "Tokeni si sahihi, imeisha muda au kipindi chake kimekwisha.",
        }
        headers = {"Authorization": "Bearer x", "Accept-Language": language}
        check(Client().get(CART, headers=headers), language, words)

    @pytest.mark.parametrize("address", [f"{PRODUCTS}no-such-thing/", "/no/such/address/"])
    def test_nothing_is_there(self, language: str, address: str) -> None:
        words = {"en": "Not found.", "fr": "Introuvable.", "sw": "Haikupatikana."}
        response = speaking(language).get(address)
        assert response.status_code == 404
        check(response, language, words)

    def test_a_method_that_is_not_there(self, language: str, alice: User) -> None:
        words = {
            "en": 'Method "DELETE" not allowed.',
            "fr": "Méthode «\u00a0DELETE\u00a0» non autorisée.",
            "sw": 'Mbinu ya "DELETE" hairuhusiwi.',
        }
        response = speaking(language, alice).delete(CART)
        assert response.status_code == 405
        check(response, language, words)

    def test_a_method_outside_of_the_api(self, language: str) -> None:
        words = {
            "en": "Use one of: GET, HEAD.",
            "fr": "Utilisez l'une de ces méthodes\u00a0: GET, HEAD.",
            "sw": "Tumia mojawapo ya hizi: GET, HEAD.",
        }
        check(speaking(language).post("/healthz"), language, words)

    def test_a_body_that_is_too_large(self, language: str, settings: Settings) -> None:
        words = {
            "en": "At most 10 bytes are accepted.",
            "fr": "Au plus 10 octets sont acceptés.",
            "sw": "Baiti zisizozidi 10 ndizo zinazokubaliwa.",
        }
        settings.MAX_BODY_BYTES = 10
        response = speaking(language).post("/api/auth/jwt/verify/", {"token": "x" * 10})
        assert response.status_code == 413
        check(response, language, words)

    def test_a_body_that_is_no_json(self, language: str) -> None:
        words = {
            "en": "The body is not valid JSON: a key stands twice in one object",
            "fr": "Le corps n'est pas un JSON valide\u00a0: une clé figure deux fois dans un objet",
            "sw": "Mwili wa ombi si JSON sahihi: ufunguo umerudiwa mara mbili katika objekti moja",
        }
        raw: Any = b'{"a": 1, "a": 2}'
        response = speaking(language).generic(
            "POST", "/api/auth/jwt/verify/", raw, "application/json"
        )
        check(response, language, words)

    def test_too_many_attempts(self, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
        words = {
            "en": "Too many attempts. Try again later.",
            "fr": "Trop de tentatives. Réessayez plus tard.",
            "sw": "Majaribio ni mengi mno. Jaribu tena baadaye.",
        }
        never = RateLimit("never", times=0, per=timedelta(days=365))
        monkeypatch.setattr(limits, "SIGN_IN_OF_ACCOUNT", never)
        said = {"email": "alice@example.test", "password": PASSWORD}
        response = speaking(language).post("/api/auth/jwt/create/", said)
        assert response.status_code == 429
        check(response, language, words)

    def test_some_items_of_many(self, language: str) -> None:
        words = {
            "en": ["A slug must not consist of digits only.", "There is no such category."],
            "fr": [
                "Un slug ne doit pas être composé uniquement de chiffres.",
                "Cette catégorie n'existe pas.",
            ],
            "sw": ["Slug haipaswi kuwa na tarakimu pekee.", "Hakuna kategoria hiyo."],
        }
        staff = make_user("admin@example.test", is_staff=True, is_superuser=True)
        new = {
            "action": "create",
            "name": "Vase",
            "price": "1.00",
            "category": "none",
            "slug": "12",
        }
        response = speaking(language, staff).post(f"{PRODUCTS}bulk/", {"items": [new]})
        assert response.status_code == 200
        (item,) = body(response)["results"]
        assert sorted(error["detail"] for error in item["errors"]) == sorted(words[language])
        assert response["Content-Language"] == language

    def test_an_item_that_a_service_refuses(self, language: str, vase: Product) -> None:
        words = {
            "en": "Another one already has this slug.",
            "fr": "Ce slug est déjà utilisé.",
            "sw": "Slug hii tayari inatumika.",
        }
        staff = make_user("admin@example.test", is_staff=True, is_superuser=True)
        new = {"action": "create", "name": "Vase", "price": "1.00", "slug": vase.slug}
        new["category"] = vase.category.slug
        response = speaking(language, staff).post(f"{PRODUCTS}bulk/", {"items": [new]})
        (item,) = body(response)["results"]
        assert [error["detail"] for error in item["errors"]] == [words[language]]

    def test_what_was_done(self, language: str) -> None:
        words = {
            "en": "If an account waits for it, a mail is on its way to this address.",
            "fr": "Si un compte l'attend, un e-mail est en route vers cette adresse.",
            "sw": "Ikiwa kuna akaunti inayoisubiri, barua pepe iko njiani kwenda anwani hii.",
        }
        said = {"email": "nobody@example.test"}
        response = speaking(language).post("/api/auth/password/reset/", said)
        assert body(response) == {"detail": words[language]}
        assert response["Content-Language"] == language


def test_codes_and_fields_are_the_same_in_every_language(alice: User) -> None:
    bad = {"email": "nobody", "password": "x"}
    answers = [speaking(name).post("/api/auth/registration/", bad) for name in LANGUAGES]
    assert the_rest(answers[0]) == the_rest(answers[1]) == the_rest(answers[2])
    assert len({tuple(details(answer)) for answer in answers}) == 3


def test_a_check_that_is_kept_answers_each_in_their_language(alice: User, vase: Product) -> None:
    """REST framework keeps the words of a limit as it first says them."""
    words = {
        "en": "Ensure this value is greater than or equal to 0.",
        "fr": "Assurez-vous que cette valeur est supérieure ou égale à\u00a00.",
        "sw": "Hakikisha thamani hii ni 0 au zaidi.",
    }
    for language in ("fr", "en", "sw", "fr"):
        answer = speaking(language).get(PRODUCTS, {"min_price": "-1"})
        check(answer, language, words)
        deep = {"product": vase.slug, "note": "x" * 2_000}
        said = speaking(language, alice).post("/api/store/orders/", deep)
        assert said.status_code == 400
        assert ("no more than" in details(said)[0]) is (language == "en"), details(said)


# --- GraphQL ---------------------------------------------------------------------------------

PLACE = "mutation { placeOrder { order { pk } } }"
QUANTITY = "mutation($input: AddToCartInput!) { addToCart(input: $input) { cart { pk } } }"


@pytest.mark.parametrize("language", LANGUAGES)
class TestOverGraphQL:
    def said(self, answer: Any) -> str:
        (error,) = answer["errors"]
        return str(error["message"])

    def test_a_refusal_of_a_service(self, language: str, alice: User) -> None:
        words = {
            "en": "Put something in the cart before placing the order.",
            "fr": "Ajoutez un article au panier avant de passer la commande.",
            "sw": "Weka kitu kwenye kikapu kabla ya kuagiza.",
        }
        response = speaking(language, alice).post(ADDRESS, {"query": PLACE})
        assert self.said(body(response)) == words[language]
        assert body(response)["errors"][0]["extensions"]["code"] == "cart_is_empty"
        assert response["Content-Language"] == language
        assert "accept-language" in response["Vary"].lower()

    def test_values(self, language: str, alice: User, vase: Product) -> None:
        words = {
            "en": "Only 3 of Oak vase are left.",
            "fr": "Il ne reste que 3 × Oak vase.",
            "sw": "Oak vase imebaki 3 tu.",
        }
        many = {"input": {"product": vase.slug, "quantity": 5}}
        answer = ask(speaking(language, alice), QUANTITY, many)
        assert self.said(answer) == words[language]

    def test_a_field(self, language: str, alice: User) -> None:
        words = {
            "en": "Ensure this value is greater than or equal to 1.",
            "fr": "Assurez-vous que cette valeur est supérieure ou égale à\u00a01.",
            "sw": "Hakikisha thamani hii ni 1 au zaidi.",
        }
        none = {"input": {"product": "x", "quantity": 0}}
        assert self.said(ask(speaking(language, alice), QUANTITY, none)) == words[language]

    def test_nobody_is_signed_in(self, language: str) -> None:
        words = {
            "en": "Authentication credentials were not provided.",
            "fr": "Informations d'authentification non fournies.",
            "sw": "Taarifa za uthibitisho hazikutolewa.",
        }
        assert self.said(ask(speaking(language), PLACE)) == words[language]

    def test_a_limit(self, language: str) -> None:
        words = {
            "en": "At most 30 aliases are accepted.",
            "fr": "Au plus 30 alias sont acceptés.",
            "sw": "Lakabu zisizozidi 30 ndizo zinazokubaliwa.",
        }
        # The same document each time: what was wrong with it is kept.
        query = "{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }"
        assert self.said(ask(speaking(language), query)) == words[language]

    def test_a_body_that_asks_for_nothing(self, language: str) -> None:
        words = {
            "en": "Send a document as `query`.",
            "fr": "Envoyez un document dans `query`.",
            "sw": "Tuma hati kama `query`.",
        }
        assert self.said(body(speaking(language).post(ADDRESS, {}))) == words[language]

    def test_what_programs_read_stays(self, language: str) -> None:
        cache.clear()
        known = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
        response = speaking(language).post(ADDRESS, {"extensions": known})
        assert self.said(body(response)) == "PersistedQueryNotFound"


# --- What no language changes ----------------------------------------------------------------


@pytest.mark.parametrize("path", [PRODUCTS, f"{PRODUCTS}oak-vase/", "/api/schema/?format=json"])
def test_goods_money_times_and_documents_are_the_same_to_the_byte(path: str) -> None:
    make_product("Oak vase", price="1234.50", stock=12_345)
    answers = [speaking(name).get(path) for name in LANGUAGES]
    assert answers[0].status_code == 200
    assert answers[0].content == answers[1].content == answers[2].content
    for answer in answers:
        assert "Content-Language" not in answer
        assert "accept-language" not in answer.get("Vary", "").lower()


def test_money_is_read_and_written_with_a_point(alice: User) -> None:
    make_product("Oak vase", price="1234.50")
    french = speaking("fr", alice)
    assert body(french.get(PRODUCTS, {"min_price": "1234.5"}))["results"][0]["price"] == "1234.50"
    assert french.get(PRODUCTS, {"min_price": "1234,5"}).status_code == 400


def test_the_back_office_stays_english() -> None:
    page = Client().get("/admin/login/", headers={"Accept-Language": "fr"})
    assert 'lang="en-us"' in page.text
    assert "Mot de passe" not in page.text


def test_a_replay_is_the_first_answer_in_the_language_of_the_first() -> None:
    said = {"email": "nobody@example.test"}
    key = {"Idempotency-Key": "one"}
    reset = "/api/auth/password/reset/"
    first = speaking("fr").post(reset, said, headers=key)
    second = speaking("sw").post(reset, said, headers=key)
    assert second["Idempotent-Replayed"] == "true"
    assert second.content == first.content
    assert body(first)["detail"].startswith("Si un compte")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_each_answered_in_their_language() -> None:
    words = {"en": "Not found.", "fr": "Introuvable.", "sw": "Haikupatikana."}

    def ask_often(language: str) -> set[str]:
        try:
            client = speaking(language)
            return {details(client.get(f"{PRODUCTS}none/"))[0] for _ in range(20)}
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        answers = dict(zip(words, pool.map(ask_often, words), strict=True))
    assert answers == {language: {text} for language, text in words.items()}

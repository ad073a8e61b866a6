"""What every address answers about itself: methods, caching, CORS, and rules for browsers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from shop.accounts.tests.make import ADDRESS, PASSWORD
from shop.core.http.routes import methods_of
from tests.api import client_of
from tests.furnished_shop import Furnished
from tests.hostile import furnished, root, undone, unlimited
from tests.operations import OPERATIONS, READS, Operation

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

FRONT_END = "https://shop.example"
PAGES = ["/", "/api/docs/", "/swagger/", "/redoc/", "/graphql/", "/admin/login/"]
TEMPLATES = sorted({operation.template for operation in OPERATIONS})

every_address = pytest.mark.parametrize("template", TEMPLATES)


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Furnished]:
    with furnished(django_db_blocker, root) as shop:
        yield shop


def of(template: str) -> list[Operation]:
    return [operation for operation in OPERATIONS if operation.template == template]


# --- Methods ------------------------------------------------------------------------------


@every_address
def test_options_says_which_methods_there_are(
    shop: Furnished, template: str, django_assert_num_queries: Any
) -> None:
    address = shop.address(of(template)[0])
    documented = {operation.method for operation in of(template)}
    expected = documented | {"OPTIONS"} | ({"HEAD"} if "GET" in documented else set())
    for prefix in ("/api/", "/api/v1/"):
        with django_assert_num_queries(0):
            response = APIClient().options(address.replace("/api/", prefix, 1))
        assert (response.status_code, response.content) == (204, b"")
        assert set(response["Allow"].split(", ")) == expected


@pytest.mark.parametrize("page", ["/", "/healthz", "/readyz", "/api/schema/", "/api/docs/"])
def test_pages_have_options_too_and_no_trace(client: Client, page: str) -> None:
    assert client.options(page)["Allow"] == "GET, HEAD, OPTIONS"
    assert client.trace(page).status_code == 405
    assert client.head(page).status_code == 200


def test_unknown_addresses_have_no_methods(client: Client) -> None:
    assert client.options("/api/nowhere/").status_code == 404
    assert methods_of(object()) is None


# --- Caching ------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", READS, ids=lambda one: one.template)
def test_what_somebody_reads_is_theirs_alone(shop: Furnished, operation: Operation) -> None:
    response = client_of(shop.owner).get(shop.address(operation))
    assert response["Cache-Control"] == "private, no-cache"
    varies = {name.lower() for name in response["Vary"].split(", ")}
    assert {"authorization", "accept-encoding", "origin"} <= varies
    assert ("x-vendor" in varies) == (
        operation.template.startswith("/api/vendor/")
        and operation.template != "/api/vendor/memberships/"
    )


@pytest.mark.parametrize("operation", READS, ids=lambda one: one.template)
def test_what_everybody_reads_may_be_kept_and_is_asked_for_again(
    shop: Furnished, operation: Operation
) -> None:
    response = APIClient().get(shop.address(operation))
    is_public = response.status_code == 200
    assert response["Cache-Control"] == ("public, no-cache" if is_public else "no-store")
    assert is_public or response.status_code == 401


def test_the_shop_may_let_caches_answer_for_a_while(client: Client, settings: Any) -> None:
    settings.PUBLIC_MAX_AGE_SECONDS = 60
    assert client.get("/api/store/products/")["Cache-Control"] == "public, max-age=60"


def test_answers_with_tokens_are_kept_by_nobody(client: Client) -> None:
    body = {"email": "carol@example.test", "password": PASSWORD}
    more: dict[str, Any] = {"headers": {"Accept-Encoding": "gzip"}}
    response = client.post("/api/auth/registration/", body, "application/json", **more)
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    assert not {"ETag", "Content-Encoding"} & set(response.headers)


def test_answers_to_writes_are_kept_by_nobody(shop: Furnished) -> None:
    with undone():
        response = client_of(shop.owner).post("/api/store/addresses/", ADDRESS)
        assert (response.status_code, response["Cache-Control"]) == (201, "no-store")


def test_queries_of_graphql_are_compressed_and_mutations_are_not(client: Client) -> None:
    def ask(document: str) -> Any:
        more: dict[str, Any] = {"headers": {"Accept-Encoding": "gzip"}}
        return client.post("/graphql/", {"query": document}, "application/json", **more)

    types = ask("{__schema{types{name fields{name}}}}")
    assert types["Cache-Control"] == "private, no-cache"
    assert types["Content-Encoding"] == "gzip"
    assert ask('mutation{signIn(input:{email:"a@b.co",password:"x"}){access}}')[
        "Cache-Control"
    ] == ("no-store")


# --- CORS ---------------------------------------------------------------------------------


@pytest.fixture
def front_end(settings: Any) -> str:
    settings.CORS_ALLOWED_ORIGINS = [FRONT_END]
    return FRONT_END


def test_a_front_end_may_send_every_header_that_the_api_knows(
    client: Client, front_end: str
) -> None:
    wanted = (
        "accept-language, authorization, content-type, idempotency-key, if-match, "
        "if-none-match, x-request-id, x-vendor"
    )
    response = client.options(
        "/api/store/orders/",
        headers={
            "Origin": front_end,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": wanted,
        },
    )
    assert response["Access-Control-Allow-Origin"] == front_end
    assert set(wanted.split(", ")) <= set(response["Access-Control-Allow-Headers"].split(", "))


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/store/products/", 200), ("/api/auth/user/", 401), ("/api/store/products/%00", 400)],
)
def test_a_front_end_may_read_every_answer_and_its_headers(
    client: Client, front_end: str, path: str, status: int
) -> None:
    response = client.get(path, headers={"Origin": front_end})
    assert response.status_code == status
    assert response["Access-Control-Allow-Origin"] == front_end
    exposed = set(response["Access-Control-Expose-Headers"].split(", "))
    assert exposed >= {
        *("ETag", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Link"),
        *("Location", "Deprecation", "Sunset", "Retry-After", "Idempotent-Replayed"),
        "X-Request-ID",
    }


def test_a_304_can_be_read_by_a_front_end(client: Client, front_end: str) -> None:
    tag = client.get("/api/store/products/")["ETag"]
    sent = {"Origin": front_end, "If-None-Match": tag}
    response = client.get("/api/store/products/", headers=sent)
    assert response.status_code == 304
    assert response["Access-Control-Allow-Origin"] == front_end


def test_other_origins_are_told_nothing(client: Client, front_end: str) -> None:
    response = client.get("/api/store/products/", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response


# --- Rules for browsers -------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*PAGES, "/healthz", "/api/store/products/", "/api/nowhere/", "/api/%00"]
)
def test_every_answer_has_the_rules_for_browsers(client: Client, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere(client: Client, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response["Content-Type"].startswith("text/html")
    rules = dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["object-src"] == "'none'"
    assert "http" not in rules["script-src"]
    has_script = b"<script>" in response.content
    assert ("'unsafe-inline'" in rules["script-src"]) >= has_script


def test_the_landing_page_runs_no_script_of_its_own(client: Client) -> None:
    assert "script-src 'self';" in client.get("/")["Content-Security-Policy"]


def test_browsers_keep_to_https_where_the_shop_stands_behind_it(
    client: Client, settings: Any
) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    assert "Strict-Transport-Security" not in client.get("/healthz")
    # The middleware reads it once, when it is made.
    assert Client().get("/healthz", secure=True)["Strict-Transport-Security"] == "max-age=60"


def test_the_version_stands_on_every_answer_of_the_api(client: Client) -> None:
    for path in ("/api/store/products/", "/api/v1/store/products/", "/products/", "/api/nowhere/"):
        assert client.get(path)["API-Version"] == "1"
    assert "API-Version" not in client.get("/healthz")

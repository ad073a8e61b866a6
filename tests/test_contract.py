"""The OpenAPI document: complete, valid, free of warnings, and the one that is committed."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate

from tests.api import body
from tests.openapi import operations, shop_document

ROOT = Path(__file__).parent.parent
COMMITTED = ROOT / "docs" / "api" / "openapi.json"


@pytest.fixture
def document() -> dict[str, Any]:
    return shop_document()


def test_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_is_the_committed_one(document: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text()) == document, "run: make api-docs"


def test_covers_the_shop(document: dict[str, Any]) -> None:
    assert len(list(operations(document))) > 60


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    silent = [name for name, operation in operations(document) if not operation.get("summary")]
    assert not silent


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    without = [
        name
        for name, operation in operations(document)
        if "requestBody" in operation
        and not any(
            "examples" in content or "example" in content
            for content in operation["requestBody"]["content"].values()
        )
    ]
    assert not without


def test_every_answer_has_an_example(document: dict[str, Any]) -> None:
    without = [
        f"{name} {status}"
        for name, operation in operations(document)
        for status, response in operation["responses"].items()
        for content in response.get("content", {}).values()
        if status.startswith("2") and "examples" not in content and "example" not in content
    ]
    assert not without


def test_every_operation_names_its_errors(document: dict[str, Any]) -> None:
    public_reads_without_parameters = {
        name
        for name, operation in operations(document)
        if name.startswith("GET") and not operation.get("parameters")
    }
    without = [
        name
        for name, operation in operations(document)
        if not any(status.startswith("4") for status in operation["responses"])
        and name not in public_reads_without_parameters
    ]
    assert not without


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/", "/swagger/", "/redoc/", "/"])
@pytest.mark.django_db
def test_documentation_pages_need_no_other_host(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    if path != "/api/schema/":
        page = response.content.decode()
        for attribute in ('src="http', 'href="http', "src='http", "@import"):
            assert attribute not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nowhere/", "/api/nowhere/", "/api/store/products/none/nope/"])
def test_an_unknown_address_is_a_json_404(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert body(response)["errors"][0]["code"] == "not_found"
    assert response["X-Request-ID"]

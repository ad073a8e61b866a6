"""Versions: what says that something will go away."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches, path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.core.http.versions import deprecated
from shop.core.openapi import documented


class Things(GenericViewSet[Any]):
    permission_classes = [AllowAny]
    authentication_classes = []
    queryset = None

    @deprecated(
        since=date(2027, 1, 1),
        sunset=date(2027, 7, 1),
        successor="/api/store/products/",
        details="/docs/versions",
    )
    @documented("List things")
    def list(self, request: Request) -> Response:
        return Response([])

    @documented("Add a thing", status=201)
    def create(self, request: Request) -> Response:
        return Response({}, status=201)


@deprecated(since=date(2027, 1, 1))
class Relics(Things):
    pass


urlpatterns = [
    path("api/things/", Things.as_view({"get": "list", "post": "create"})),
    path("api/relics/", Relics.as_view({"post": "create"})),
]


@pytest.fixture(autouse=True)
def only_these(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_deprecated_method_says_since_when_and_until_when(client: Client, method: str) -> None:
    response = getattr(client, method)("/api/things/")
    assert response["Deprecation"] == "@1798761600"
    assert response["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
    assert response["Link"] == (
        '</api/store/products/>; rel="successor-version", </docs/versions>; rel="deprecation"'
    )
    assert response["API-Version"] == "1"


def test_the_other_methods_say_nothing(client: Client) -> None:
    response = client.post("/api/things/")
    assert (response.status_code, response["API-Version"]) == (201, "1")
    assert not {"Deprecation", "Sunset", "Link"} & set(response.headers)


def test_a_deprecated_view_says_it_of_all_its_methods(client: Client) -> None:
    response = client.post("/api/relics/")
    assert response["Deprecation"] == "@1798761600"
    assert "Sunset" not in response


def test_the_document_says_it_too() -> None:
    generator: Any = SchemaGenerator(patterns=urlpatterns)  # type: ignore[no-untyped-call]
    paths = generator.get_schema(public=True)["paths"]
    assert paths["/api/things/"]["get"]["deprecated"] is True
    assert "deprecated" not in paths["/api/things/"]["post"]
    assert paths["/api/relics/"]["post"]["deprecated"] is True

"""The OpenAPI document as the code generates it, for tests that walk it."""

import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.core.management import call_command

METHODS = {"get", "post", "put", "patch", "delete"}


@cache
def shop_document() -> dict[str, Any]:
    """Generated once per process; a warning of drf-spectacular is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        call_command("spectacular", format="openapi-json", file=str(file), fail_on_warn=True)
        document: dict[str, Any] = json.loads(file.read_text())
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation by its name, such as "GET /api/store/products/"."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation

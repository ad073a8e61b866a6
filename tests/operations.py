"""The operations of the API, as the committed OpenAPI document lists them.

`tests/test_contract.py` sees to it that this is what the code has.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parent.parent / "docs" / "api" / "openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one path; `schema` is that of its JSON body, `form` that of its form.

    References are resolved.
    """

    method: str
    template: str
    schema: dict[str, Any]
    form: dict[str, Any]
    example: dict[str, Any]
    query: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def path_parameters(self) -> list[str]:
        return re.findall(r"\{([^}]+)\}", self.template)

    @property
    def file_field(self) -> str:
        """Under which name a form brings a file, whether the operation asks for one or not."""
        fields = self.form["properties"].items()
        return next((name for name, kind in fields if kind.get("format") == "binary"), "image")


def _operations() -> Iterator[Operation]:
    document = json.loads(DOCUMENT.read_text())
    schemas = document["components"]["schemas"]
    for template, methods in document["paths"].items():
        for method in METHODS & methods.keys():
            said = methods[method]
            content = said.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {})
            form = content.get("multipart/form-data", {})
            examples = body.get("examples", {"": {"value": {}}})
            yield Operation(
                method=method.upper(),
                template=template,
                schema=_resolved(body.get("schema", {}), schemas),
                form=_resolved(form.get("schema", {}), schemas),
                example=next(iter(examples.values()))["value"],
                query={
                    parameter["name"]: parameter["schema"]
                    for parameter in said.get("parameters", [])
                    if parameter.get("in") == "query"  # those of all operations are referred to
                },
            )


def _resolved(schema: Any, schemas: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_resolved(part, schemas) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolved(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    return {key: _resolved(part, schemas) for key, part in schema.items()}


OPERATIONS = sorted(_operations(), key=lambda operation: operation.name)
WITH_BODY = [operation for operation in OPERATIONS if operation.schema]
UPLOADS = [operation for operation in OPERATIONS if operation.form]
READS = [operation for operation in OPERATIONS if operation.method == "GET"]

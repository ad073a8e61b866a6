"""What is done to the OpenAPI document as a whole, before and after it is made."""

from typing import Any

Endpoint = tuple[str, str, str, Any]


def keep_canonical_paths(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Each route once: the pinned version and the alias are the same views."""
    return [
        endpoint
        for endpoint in endpoints
        if endpoint[0].startswith("/api/") and not endpoint[0].startswith("/api/v1/")
    ]


def finish_document(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The address of the server is where the document was read from."""
    result["servers"] = [{"url": "/", "description": "This shop"}]
    for methods in result["paths"].values():
        for operation in methods.values():
            # Left out, it would mean that nobody thought about it.
            operation.setdefault("security", [])
    return result

"""Form-encoded parameters, as Stripe reads them: `metadata[order]=1&expand[0]=customer`."""

import re
from typing import Any
from urllib.parse import parse_qsl


def parse(text: str) -> dict[str, Any]:
    """Nested dictionaries and lists of strings; the last of equal names wins."""
    found: dict[str, Any] = {}
    for position, (name, value) in enumerate(parse_qsl(text, keep_blank_values=True)):
        *path, last = re.findall(r"[^\[\]]+|\[\]", name) or [name]
        here = found
        for key in path:
            if not isinstance(here.get(key), dict):
                here[key] = {}
            here = here[key]
        here[str(position) if last == "[]" else last] = value
    return {name: _with_lists(value) for name, value in found.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_with_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _with_lists(inner) for key, inner in value.items()}

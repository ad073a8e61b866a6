"""The Postman collection: the walk of `demo/walk.py` with the words of the OpenAPI document.

Run it with newman against `make run`:

    npx newman run docs/api/nexus.postman_collection.json
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from demo.steps import Step
from demo.walk import WALK

Document = Mapping[str, Any]


def collection(document: Document) -> dict[str, Any]:
    """The walk as a Postman collection (format 2.1)."""
    return {
        "info": {
            "name": "Nexus",
            "description": document["info"]["description"],
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "variable": [{"key": "base_url", "value": "http://127.0.0.1:8000"}],
        "item": [
            {"name": chapter, "item": [_item(document, step) for step in steps]}
            for chapter, steps in WALK.items()
        ],
    }


def _item(document: Document, step: Step) -> dict[str, Any]:
    method, _, path = step.operation.partition(" ")
    described = document["paths"][path][method.lower()]
    body = _example(described) if step.body is None else step.body
    request: dict[str, Any] = {
        "method": method,
        "description": described.get("description", ""),
        "header": [],
        "url": "{{base_url}}" + (step.path or path),
    }
    if step.caller:
        request["header"].append({"key": "Authorization", "value": f"Bearer {{{{{step.caller}}}}}"})
    if "requestBody" in described and body is not None:
        request["header"].append({"key": "Content-Type", "value": "application/json"})
        request["body"] = {"mode": "raw", "raw": _text(body)}
    return {
        "name": described["summary"],
        "request": request,
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": _tests(step)}}],
    }


def _example(described: Mapping[str, Any]) -> Any:
    """The first example of the operation's JSON body, or nothing."""
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    return next((example["value"] for example in content.get("examples", {}).values()), None)


def _text(body: Any) -> str:
    """JSON in which `"{{#name}}"` stands for a number: `{{name}}` without quotes."""
    return re.sub(r'"\{\{#(\w+)\}\}"', r"{{\1}}", json.dumps(body, indent=2, ensure_ascii=False))


def _tests(step: Step) -> list[str]:
    lines = [f"pm.test('answers {step.status}', () => pm.response.to.have.status({step.status}));"]
    for variable, path in step.save.items():
        where = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path.split("."))
        lines.append(f"pm.collectionVariables.set('{variable}', pm.response.json(){where});")
    if step.pause:
        lines.append(f"setTimeout(() => {{}}, {step.pause});")
    return lines

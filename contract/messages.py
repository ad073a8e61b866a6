"""Every message that clients may read, found in the source of the shop and of its libraries.

A message is plain English where a refusal is raised or declared, and in `_("…")` anywhere else;
one with values is a template in `_("…")`, never an f-string; in `error_messages` `_` is
`gettext_lazy`.
"""

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

# Calls whose text is a message, and which argument it is.
SAID_BY = {
    "_": 0,
    "gettext_noop": 0,
    "GraphQLError": 0,
    "ErrorDetail": 0,
    "Problem": 1,
    "TooMuch": 1,
    "_wrong": 1,
    "error_response": 2,
}
# Names of attributes, keywords and keys of dictionaries that hold messages.
HELD_BY = {"detail", "default_detail", "message"}
# What is raised for developers and operators, or stands in a report or a log.
NOT_FOR_CLIENTS = {
    "AnotherImportRuns",
    "AssertionError",
    "BrokerAway",
    "CommandError",
    "ConnectError",
    "NotDownloaded",
    "NotImplementedError",
    "Refused",
    "RuntimeError",
    "TransactionManagementError",
    "TypeError",
    "ValueError",
    "WebhookRefused",
    "_Refused",
}
# What these say clients may read as well.
LIBRARIES = (
    "rest_framework.exceptions",
    "rest_framework.fields",
    "rest_framework.relations",
    "rest_framework.serializers",
    "rest_framework.validators",
    "django.contrib.auth.password_validation",
)
_GETTEXT = {"_", "gettext", "ngettext"}
# Help texts, and what only forms, file paths and links say.
UNSAID = (
    "Your password ",
    "More than ",
    "Invalid hyperlink",
    "Incorrect type. Expected URL string",
    "This field must be unique for",
    '"{input}" is not a valid path',
)
OTHERS = {
    "Null characters are not allowed.",  # django.core.validators
    "Server Error (500)",  # drf_standardized_errors.handler
}


@dataclass(frozen=True)
class Message:
    """`plural` is empty but for messages that count."""

    text: str
    plural: str = ""


@dataclass(frozen=True)
class Fault:
    """A message that cannot be translated, because values are in it."""

    place: str


def of_the_shop() -> tuple[set[Message], list[Fault]]:
    messages: set[Message] = set()
    faults: list[Fault] = []
    for path in sorted((ROOT / "shop").rglob("*.py")):
        if {"tests", "migrations", "management", "admin"} & set(path.parts) or "admin" in path.stem:
            continue
        for found in in_source(path.read_text("utf-8")):
            if isinstance(found, str):
                messages.add(Message(found))
            else:
                faults.append(Fault(f"{path.relative_to(ROOT)}:{found.lineno}"))
    return messages, faults


def in_source(source: str) -> Iterator[str | ast.JoinedStr]:
    """The messages in Python's `source`; those with values in them as syntax."""
    for position in _positions(ast.parse(source)):
        yield from _texts(position)


def of_libraries() -> set[Message]:
    found = {Message(text) for text in OTHERS}
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        for node in ast.walk(ast.parse(Path(spec.origin).read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in _GETTEXT:
                texts = [text for arg in node.args for text in _texts(arg) if isinstance(text, str)]
                found |= {Message(*texts[:2])} if texts else set()
    return {message for message in found if message.text and not message.text.startswith(UNSAID)}


def _positions(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions that stand where messages do."""
    for node in ast.walk(tree):
        match node:
            case ast.Call():
                yield from _of_call(node)
            case ast.Raise(exc=ast.Call() as call):
                name = _name(call.func)
                yield from [] if name in SAID_BY or name in NOT_FOR_CLIENTS else call.args[:1]
            case ast.ClassDef():
                yield from _of_class(node)
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                yield from (text for key, text in pairs if key and _is_detail(key))


def _is_detail(key: ast.expr) -> bool:
    return isinstance(key, ast.Constant) and key.value == "detail"


def _of_call(call: ast.Call) -> Iterator[ast.expr]:
    place = SAID_BY.get(_name(call.func))
    if place is not None:
        yield from call.args[place : place + 1]
    for keyword in call.keywords:
        if keyword.arg == "error_messages":
            yield from _of_field(keyword.value)


def _of_class(definition: ast.ClassDef) -> Iterator[ast.expr]:
    for node in definition.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if _name(target).endswith("error_messages"):
                yield from _of_field(node.value)
            elif _name(target) in HELD_BY:
                yield node.value


def _of_field(messages: ast.expr) -> Iterator[ast.expr]:
    """REST framework formats these before anybody could look them up: templates are lazy."""
    for text in _parts(messages):
        is_template = isinstance(text, ast.Constant) and "{" in str(text.value)
        yield ast.copy_location(ast.JoinedStr([text]), text) if is_template else text


def _texts(node: ast.expr) -> Iterator[str | ast.JoinedStr]:
    """The texts in `node`, which may be a choice or a collection; f-strings as they are."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield node
    else:
        for part in _parts(node):
            yield from _texts(part)


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return []


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")

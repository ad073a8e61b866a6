import json

import pytest
from rest_framework.exceptions import ParseError

from shop.core.parsers import parse_object


def test_reads_an_object() -> None:
    assert parse_object('{"name": "Été", "n": [1, null, true]}'.encode()) == {
        "name": "Été",
        "n": [1, None, True],
    }


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        "[null]",
        "1",
        '"text"',
        "",
        "{",
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": -Infinity}',
        '{"a": 1e400}',
        '{"a": 1e-400}',
        '{"a": 1.' + "0" * 100 + "}",
        '{"a": ' + "9" * 5000 + "}",
        '{"a": "\\u0000"}',
        '{"\\u0000": 1}',
        '{"a": "\\ud800"}',
        '{"a": ["\\udc00"]}',
        '{"a": "\0"}',
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a": ' + "[" * 25 + "]" * 25 + "}",
        '{"a": 1}}',
    ],
    ids=lambda text: text[:30],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ParseError):
        parse_object(text.encode())


def test_refuses_what_is_not_utf8() -> None:
    with pytest.raises(ParseError, match="UTF-8"):
        parse_object(b'{"a": "\xff"}')


def test_keeps_numbers_exact() -> None:
    value = parse_object(b'{"price": 19.99, "big": 9223372036854775808}')
    assert json.dumps(value, default=str) == '{"price": "19.99", "big": 9223372036854775808}'

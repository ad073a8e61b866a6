"""The committed schema is the one of the code, and the guide names the limits."""

import re
from pathlib import Path

from shop.core.graphql import documents

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "guides" / "graphql.md").read_text(encoding="utf-8")


def test_the_schema_is_the_committed_one() -> None:
    committed = (ROOT / "docs" / "api" / "schema.graphql").read_text(encoding="utf-8")
    assert committed == f"{documents.schema().as_str()}\n", "run: make api-docs"


def test_the_guide_names_the_limits_of_the_code() -> None:
    limits = dict(re.findall(r"^\| ([a-z ]+) \| ([0-9,]+) \|", GUIDE, re.MULTILINE))
    assert {name: int(number.replace(",", "")) for name, number in limits.items()} == {
        "nested fields": documents.MAX_DEPTH,
        "aliases": documents.MAX_ALIASES,
        "tokens": documents.MAX_TOKENS,
        "characters": documents.MAX_LENGTH,
    }

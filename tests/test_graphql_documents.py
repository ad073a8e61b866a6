"""The committed schema is the one of the code, and the guide's examples run."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from shop.core.graphql import documents
from shop.products.tests.make import make_product
from shop.reviews.tests.make import make_review
from tests.server import running_server

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


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_the_examples_of_the_guide_end_with_a_paid_order() -> None:
    make_review(make_product("Ocean blue shirt", sizes=["S", "M"], price="20.00"))
    script = "\n".join(re.findall(r"^```bash\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE))
    with running_server() as address:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail"],
            input=script,
            env=os.environ | {"SHOP": address},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    products, cart, paid, refused = ran.stdout.splitlines()
    assert '"totalCount":1' in products
    assert '"itemCount":1' in cart
    assert '"status":"PAID"' in paid
    shown = re.search(r"^```json\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    assert shown
    assert json.loads(refused) == json.loads(shown[1])

"""The documents tell the truth: their commands run, their tables name what is there."""

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client

from demo import catalogue
from demo.load import make_product, variants_of
from shop.accounts.tests.make import make_user
from shop.core.views import DEMO_PASSWORD
from shop.products.tests.make import house_vendor, make_category
from shop.vendors.tests.make import make_vendor
from tests.server import running_server
from tests.stripe_simulator.running import running_stripe

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCHEMA = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
_VARIABLE = r"^\| `([A-Z][A-Z_]+)` \| (.+?) \|.*$"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


# --- The journey with curl --------------------------------------------------------------


@pytest.fixture
def demo_goods(transactional_db: None) -> None:
    """The department of the demo that the journey buys from, and the demo's admin and seller."""
    make_user("admin@nexus.test", password=DEMO_PASSWORD, is_staff=True, is_superuser=True)
    top = make_category("Clothing")
    leaf = make_category("T-Shirts", parent=make_category("Tops", parent=top))
    for line in catalogue.LINES:
        if line.leaf == "T-Shirts":
            make_product(line, leaf, house_vendor(), variants_of(line))
    (shelter,) = (line for line in catalogue.LINES if line.name == "Tarp Shelter")
    owner = make_user("vendor@nexus.test", password=DEMO_PASSWORD)
    fjord = make_vendor("Fjord and Fell", owner=owner)
    make_product(shelter, make_category("Tents"), fjord, variants_of(shelter))


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
@pytest.mark.usefixtures("demo_goods")
def test_the_journey_ends_with_a_delivered_order() -> None:
    script = "\n".join(re.findall(r"^```bash\n(.*?)^```", README, re.DOTALL | re.MULTILINE))
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
    assert ran.stderr == ""
    said = ran.stdout.splitlines()
    assert said[-1].endswith("'DELIVERED')"), ran.stdout
    before, after = (_stock(line) for line in said if "'White'" in line)
    assert after == before - 2
    assert len([line for line in said if line.startswith("(") and "'staff'" in line]) == 3


def _stock(line: str) -> int:
    return int(re.findall(r"\d+", line)[-1])


# --- The guides -------------------------------------------------------------------------

GUIDES = sorted(path for path in ROOT.glob("docs/guides/*.md") if path.name != "index.md")
_BLOCK = re.compile(r"^```bash\n(.*?)^```(?:\s*^```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE)
_END = "--- end of a block ---"


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
@pytest.mark.usefixtures("demo_goods")
def test_the_guides_print_what_they_say() -> None:
    """Each page by itself, after the words of the first page; `…` is whatever it is."""
    (words, _), *_ = _BLOCK.findall((ROOT / "docs/guides/index.md").read_text(encoding="utf-8"))
    with running_stripe() as stripe, running_server(environment=stripe.environment) as address:
        shop = os.environ | {"SHOP": address, "STRIPE_SIM": stripe.url}
        wrong = {
            guide.name: problem
            for guide in GUIDES
            if (problem := _problem_of(guide.read_text(encoding="utf-8"), words, shop))
        }
    assert not wrong, "\n\n".join(f"{name}: {problem}" for name, problem in wrong.items())


def _problem_of(guide: str, words: str, shop: dict[str, str]) -> str:
    """The first block that does not print what stands below it, or nothing."""
    blocks = _BLOCK.findall(guide)
    assert blocks
    ran = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=words + "".join(f"{script}echo '{_END}'\n" for script, _ in blocks),
        env=shop,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    for (script, expected), printed in zip(blocks, ran.stdout.split(f"{_END}\n"), strict=False):
        pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
        if not re.fullmatch(pattern, printed.strip(), re.DOTALL):
            return f"{script}printed\n{printed}{ran.stderr}and not\n{expected}"
    return ran.stderr or ("" if ran.returncode == 0 else ran.stdout)


# --- Configuration ----------------------------------------------------------------------


def table_of_variables() -> dict[str, str]:
    """The default of each variable, as docs/configuration.md says it."""
    return dict(re.findall(_VARIABLE, CONFIGURATION, re.MULTILINE))


def calls_to_environment() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "config").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "environment"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield str(node.args[0].value), node


def test_the_configuration_table_has_every_variable() -> None:
    example, for_compose = (
        set(re.findall(r"^#?([A-Z][A-Z_]+)=", part, re.MULTILINE))
        for part in (ROOT / ".env.example")
        .read_text("utf-8")
        .split("# --- Only for docker compose")
    )
    read = {name for name, _ in calls_to_environment()}
    assert set(table_of_variables()) == example | for_compose
    assert example == read


def test_the_readme_says_of_the_first_variables_what_the_table_says() -> None:
    first = [row.group(0) for row in re.finditer(_VARIABLE, README, re.MULTILINE)]
    assert len(first) > 5
    assert set(first) <= set(CONFIGURATION.splitlines())


def test_the_configuration_table_has_the_defaults_of_the_code() -> None:
    table = table_of_variables()
    checked = 0
    for name, call in calls_to_environment():
        default = call.args[1] if len(call.args) > 1 else None
        is_required = isinstance(call.func, ast.Attribute) and call.func.attr == "required"
        if is_required or not isinstance(default, ast.Constant) or default.value == "":
            continue
        value = default.value
        expected = str(value).lower() if isinstance(value, bool) else str(value)
        assert table[name] == f"`{expected}`", name
        checked += 1
    assert checked > 10


# --- The schema -------------------------------------------------------------------------


def names(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_the_schema_names_every_table() -> None:
    tables = names("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {table for table in tables if f"`{table}`" not in SCHEMA} == set()


@pytest.mark.django_db
def test_the_schema_names_every_index_and_no_other() -> None:
    indexes = names("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
    listed = re.findall(r"^\| `(\w+)` \| `\w+` \| (?!\|)", SCHEMA, re.MULTILINE)
    assert set(listed) == indexes
    assert len(listed) == len(set(listed)), "an index is listed twice"


@pytest.mark.django_db
def test_the_diagram_has_every_table_of_the_shop() -> None:
    diagram = re.search(r"```mermaid\n(.*?)```", SCHEMA, re.DOTALL)
    assert diagram
    relations = re.findall(r"^ +(\w+) [|}o]\S+ (\w+) :", diagram[1], re.MULTILINE)
    drawn = {table for pair in relations for table in pair}
    drawn |= set(re.findall(r"^ +(\w+) \{", diagram[1], re.MULTILINE))
    tables = names("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    theirs = ("auth_", "django_", "accounts_user_groups", "accounts_user_user_permissions")
    assert {table for table in tables if not table.startswith(theirs)} <= drawn


@pytest.mark.django_db
def test_the_schema_names_every_check_and_trigger_of_ours() -> None:
    checks = names(
        "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
        " WHERE contype = 'c' AND relname ~ '^(accounts|cart|commissions|core|inventory|ledger"
        "|orders|payments|products|reviews|vendors|webhooks|wishlist)_' AND conname !~ '_check$'"
    )
    assert checks
    triggers = names("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    assert triggers
    assert {name for name in checks | triggers if f"`{name}`" not in SCHEMA} == set()


# --- Links and pages --------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    broken = [
        target
        for target in targets
        if not re.match(r"[a-z]+:", target) and not (document.parent / unquote(target)).exists()
    ]
    assert not broken


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 200


@pytest.mark.django_db
def test_redoc_may_not_ask_other_hosts(client: Client) -> None:
    page = client.get("/redoc/").content.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert "default-src 'self'" in policy[1]
    assert "http" not in policy[1]

"""The house keeps its shape: budgets, names and places that no linter knows."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "signals"}


def source_files() -> list[Path]:
    folders = [ROOT / name for name in ("shop", "config", "demo", "benchmarks")]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def code_files() -> list[Path]:
    return [path for path in source_files() if "tests" not in path.parts]


def services() -> list[Path]:
    return [
        path
        for path in code_files()
        if path.name == "services.py" or path.parent.name == "services"
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            yield node


def test_finds_the_code_that_it_judges() -> None:
    assert len(code_files()) > 60
    assert len(services()) >= 8


def test_code_files_stay_readable() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in source_files()}
    too_long = {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > 400}
    assert not too_long
    code = sorted(lengths[path] for path in code_files())
    assert code[int(len(code) * 0.9)] <= 220, "nine of ten files are short"


def test_no_file_is_named_after_nothing() -> None:
    assert not [path for path in source_files() if path.stem in FORBIDDEN_NAMES]


def test_no_model_hides_behaviour_in_save() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}: {node.name}.{method.name}"
        for path in (ROOT / "shop").rglob("models.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete", "clean"}
    ]
    assert not hidden


def test_no_app_listens_to_signals() -> None:
    listening = re.compile(r"django\.(db\.models\.|dispatch|core\.)signals|@receiver")
    assert not [path for path in code_files() if listening.search(path.read_text())]


@pytest.mark.parametrize("path", services(), ids=lambda path: str(path.relative_to(ROOT)))
def test_services_take_their_arguments_by_name(path: Path) -> None:
    by_position = [
        function.name
        for function in functions(path)
        if not function.name.startswith("_") and (function.args.args or function.args.posonlyargs)
    ]
    # A single subject, such as lines_of(cart), is as clear by position.
    allowed = {f.name for f in functions(path) if len(f.args.args) == 1 and not f.args.kwonlyargs}
    assert set(by_position) <= allowed


@pytest.mark.parametrize("path", services(), ids=lambda path: str(path.relative_to(ROOT)))
def test_services_say_what_they_do(path: Path) -> None:
    silent = [
        function.name
        for function in functions(path)
        if not function.name.startswith("_") and not ast.get_docstring(function)
    ]
    assert not silent


def test_views_are_thin() -> None:
    thick = [
        f"{path.relative_to(ROOT)}: {node.name}.{method.name} has {lines} lines"
        for path in code_files()
        if path.name == "views.py" or path.parent.name == "views"
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
        if (lines := (method.end_lineno or 0) - method.lineno) > 15
    ]
    assert not thick


# Libraries that would weigh on every process, for what few of them ever do.
LATE = {("shop/ledger/payout_views.py", "_pdf")}  # fpdf2


def test_no_import_hides_in_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in (ROOT / "shop").rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and (str(path.relative_to(ROOT)), node.name) not in LATE
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not hidden


def test_no_process_starts_with_what_few_need() -> None:
    heavy = ["fpdf", "fontTools", "django.contrib.gis.gdal"]
    script = (
        "import django, sys; django.setup(); import config.urls; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_test"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"


def test_migrations_are_named() -> None:
    unnamed = [
        path
        for path in (ROOT / "shop").rglob("migrations/[0-9]*.py")
        if re.search(r"_auto_|_initial$|_alter_.*_and_more$", path.stem)
    ]
    assert not unnamed


def test_every_setting_of_the_environment_is_explained() -> None:
    read = re.compile(r'environment\.\w+\(\s*"([A-Z_]+)"')
    used = {
        name for path in (ROOT / "config").glob("*.py") for name in read.findall(path.read_text())
    }
    example = (ROOT / ".env.example").read_text()
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert used - explained == set()
    assert len(used) > 20


def test_every_event_has_one_line_in_the_routes() -> None:
    """Of two, which merges may leave behind, Python keeps the last and says nothing."""
    tree = ast.parse((ROOT / "config" / "event_routes.py").read_text())
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    names = [ast.unparse(key) for table in tables for key in table.keys if key is not None]
    assert len(names) > 20
    assert sorted(names) == sorted(set(names))

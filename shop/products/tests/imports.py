"""How tests import: through the command, as people do."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop.products.models import Category, Product, ProductImage, Variant
from shop.products.tests.make import house_vendor

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[4] / "shared"


@dataclass
class Result:
    """`counts` by "created", "updated", "skipped", "refused"; `lines` is all that was printed."""

    counts: dict[str, int]
    lines: list[str]
    error: str

    @property
    def refusals(self) -> dict[int, str]:
        """Reasons by line number."""
        found = [line.split(": ", 2) for line in self.lines if line.startswith("line ")]
        return {int(line.removeprefix("line ")): reason for line, _, reason in found}


def run_import(path: Path, **options: Any) -> Result:
    # Tests with real transactions empty the tables, also of what migrations put there.
    house_vendor()
    output, error, exit_code = StringIO(), "", 0
    try:
        call_command("import_products", str(path), stdout=output, **options)
    except CommandError as refused:
        error, exit_code = str(refused), refused.returncode
    assert exit_code == (1 if error else 0)
    lines = output.getvalue().splitlines()
    words = [line.split() for line in lines[:4]]
    return Result({name: int(count) for name, count in words}, lines, error)


def import_text(folder: Path, text: str, name: str = "catalogue.csv", **options: Any) -> Result:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return run_import(path, **options)


def counts(
    created: int = 0, updated: int = 0, skipped: int = 0, refused: int = 0
) -> dict[str, int]:
    return {"created": created, "updated": updated, "skipped": skipped, "refused": refused}


def assert_broken(result: Result, *words: str) -> None:
    """Refused as a whole: the error says all `words`, nothing was printed, nothing written."""
    for word in (*words, "Nothing was imported."):
        assert word in result.error
    assert result.lines == []
    assert rows() == (0, 0, 0, 0)


def rows() -> tuple[int, int, int, int]:
    """How many categories, products, variants and images there are."""
    models = (Category, Product, Variant, ProductImage)
    categories, products, variants, images = (model._default_manager.count() for model in models)
    return categories, products, variants, images


def without(*names: str) -> pytest.MarkDecorator:
    """Skip where the shared folder of this machine is absent; the samples in `data` always run."""
    absent = [name for name in names if not (SHARED / name).exists()]
    return pytest.mark.skipif(bool(absent), reason=f"no {', '.join(absent)} beside the repository")

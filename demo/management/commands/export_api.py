"""`manage.py export_api`: writes docs/api/, the documents of REST and GraphQL, from the code."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo.postman import collection
from shop.core.graphql import documents


class Command(BaseCommand):
    help = "Writes what describes the API; --check only compares."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a file is out of date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "api"
        written = folder / "openapi.json"
        fresh = written.with_suffix(".new")
        try:
            call_command("spectacular", format="openapi-json", file=str(fresh), fail_on_warn=True)
            document = json.loads(fresh.read_text(encoding="utf-8"))
        finally:
            fresh.unlink(missing_ok=True)
        files = {
            written: _json(document),
            folder / "nexus.postman_collection.json": _json(collection(document)),
            folder / "schema.graphql": f"{documents.schema().as_str()}\n",
        }
        for path, text in files.items():
            if not check:
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"{path.name} is out of date: run make api-docs")


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

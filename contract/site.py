"""Hooks of mkdocs.yml: the API reference, links that lead out of docs/, and no other host."""

import html
import re
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REDOC = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"

# Scripts, styles, pictures: whatever a browser fetches by itself.
_FETCHED = re.compile(r"<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)=[\"']?https?://[^>]*>")


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """What is not part of the site is named by its path in the repository."""
    here = (ROOT / "docs" / page.file.src_uri).parent

    def plain(link: re.Match[str]) -> str:
        target = (here / link[2]).resolve()
        inside = target.is_relative_to(ROOT / "docs") and target.is_file()
        if inside or re.match(r"[a-z]+:", link[2]) or link[2].startswith("#"):
            return link[0]
        return f"{link[1]} (`{target.relative_to(ROOT)}`)"

    parts = re.split(r"(^```.*?^```)", markdown, flags=re.DOTALL | re.MULTILINE)
    link = r"\[([^\]]+)\]\(([^)#\s]+)(?:#[^)]*)?\)"
    return "".join(part if part.startswith("```") else re.sub(link, plain, part) for part in parts)


def on_post_page(output: str, *, page: Any, config: Any) -> str:
    """Refuses a page that would ask another host."""
    for tag in _FETCHED.findall(output):
        if 'rel="canonical"' not in tag:
            raise ValueError(f"{page.file.src_uri} asks another host: {html.escape(tag)}")
    return output


def on_post_build(config: Any) -> None:
    """What contract/theme/reference.html shows: Redoc, as the shop itself serves it."""
    site = Path(config["site_dir"])
    document = (ROOT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8")
    (site / "assets" / "openapi.js").write_text(f"window.openapi = {document};", encoding="utf-8")
    (bundle,) = (ROOT / ".venv").glob(f"lib/*/site-packages/{REDOC}")
    shutil.copy(bundle, site / "assets")
    (site / "index.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>Nexus</title>'
        '<meta http-equiv="refresh" content="0; url=guides/index.html">',
        encoding="utf-8",
    )

"""Makes the clients that docs/clients.md describes, and buys something with each.

usage: python -m contract.clients [--shop URL]

The programs are the blocks of that page. Without `--shop` a shop is started for them.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from contract.shop import ROOT, running_shop

DOCUMENT = ROOT / "docs" / "api" / "openapi.json"
PAGE = ROOT / "docs" / "clients.md"
TYPESCRIPT = ROOT / "clients" / "typescript"
TOOLS = ROOT / ".tools" / "contract" / "bin"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shop", help="the address of one that runs")
    given = parser.parse_args()
    try:
        program = typescript()
        with tempfile.TemporaryDirectory(prefix="nexus-client-") as folder:
            script = python(Path(folder))
            if given.shop:
                buy(given.shop, program, script)
            else:
                with running_shop(BACKGROUND="false") as (address, _):
                    buy(address, program, script)
    except subprocess.CalledProcessError as failed:
        print(failed.stdout or "", failed.stderr or "", failed, sep="\n")
        return 1
    return 0


def block(language: str) -> str:
    """The one block of the page in `language`."""
    (found,) = re.findall(
        rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return str(found)


def typescript() -> Path:
    """Types from the document, and the program compiled with them, `strict`."""
    build = TYPESCRIPT / "build"
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir()
    (build / "buy.ts").write_text(block("ts"), encoding="utf-8")
    tools = TYPESCRIPT / "node_modules" / ".bin"
    _run(str(tools / "openapi-typescript"), str(DOCUMENT), "--output", str(build / "schema.d.ts"))
    _run(str(tools / "tsc"), "--strict", "--project", str(TYPESCRIPT))
    return build / "out" / "buy.js"


def python(folder: Path) -> Path:
    """The package from the document, and the program beside it."""
    package = folder / "nexus_client"
    generator = str(TOOLS / "openapi-python-client")
    # It formats what it wrote with ruff, where it finds that.
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
    said = _run(
        generator, "generate", f"--path={DOCUMENT}", f"--output-path={package}", "--meta=none",
        f"--config={ROOT / 'contract' / 'python_client.yaml'}", "--fail-on-warning", PATH=path,
    )  # fmt: skip
    assert "WARNING" not in said.upper(), said
    script = folder / "buy.py"
    script.write_text(block("python"), encoding="utf-8")
    return script


def buy(address: str, program: Path, script: Path) -> None:
    for name, command in (
        ("TypeScript", ["node", str(program)]),
        ("Python", [str(TOOLS / "python"), str(script)]),
    ):
        said = _run(*command, SHOP=address).strip()
        if not re.fullmatch(r"NX-\S+ [0-9]+\.[0-9]{2} succeeded", said):
            raise subprocess.CalledProcessError(1, command, said)
        print(f"{name}: {said}", flush=True)


def _run(*command: str, **variables: str) -> str:
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())

"""Runs the Postman collection from start to end with newman, against a shop of its own.

usage: python -m contract.postman
"""

import subprocess
import sys

from contract.shop import ROOT, running_shop

NEWMAN = ROOT / "contract" / "node_modules" / ".bin" / "newman"
COLLECTION = ROOT / "docs" / "api" / "nexus.postman_collection.json"


def main() -> int:
    with running_shop() as (address, _):
        command = [str(NEWMAN), "run", str(COLLECTION), "--env-var", f"base_url={address}"]
        quiet = ["--reporter-cli-no-success-assertions", "--reporter-cli-no-banner"]
        return subprocess.run([*command, *quiet, "--color", "off"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

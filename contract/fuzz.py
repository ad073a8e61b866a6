"""Sends a shop what docs/api/openapi.json allows, and what it does not: schemathesis, all checks.

usage: python -m contract.fuzz [--nightly] [--examples N] [--caller EMAIL] [--seed N]

Four callers ask one after the other, each for what is meant for them: nobody, a shopper, a vendor
and an admin; with `--nightly` each at every address. What failed is printed with a curl command;
at last `manage.py verify` proves that the books still agree. `contract/hooks.py` says which
refusals count as right, and why.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping

from contract.shop import PASSWORD, ROOT, running_shop

CALLERS = ("", "shopper@nexus.test", "vendor@nexus.test", "admin@nexus.test")
SCHEMATHESIS = ROOT / ".tools" / "contract" / "bin" / "schemathesis"
DOCUMENT = ROOT / "docs" / "api" / "openapi.json"
# The tags of what each caller asks for in the short run; the admin: whatever is left.
OPEN = ["Sign-in", "Passwords", "Reviews", "Vendors"]
OWN = ["Account", "Addresses", "Cart", "Wishlist", "Orders", "Payments"]
SELLING = ["Vendor back office", "Webhooks", "Events"]
# The admin is no member of a vendor, and would be refused everywhere in its back office.
NOT_FOR_STAFF = ["Sign-in", "Passwords", *OWN, "Vendor back office"]
SHORT_TOUR = {
    "": [f"--include-tag={tag}" for tag in OPEN],
    "shopper@nexus.test": [f"--include-tag={tag}" for tag in OWN],
    "vendor@nexus.test": [f"--include-tag={tag}" for tag in SELLING],
    "admin@nexus.test": [f"--exclude-tag={tag}" for tag in NOT_FOR_STAFF],
}
# Random ones of each operation and caller; before these come examples and the edges of every field.
SHORT, NIGHTLY = 1, 100
AT_LEAST = {SHORT: 3_000, NIGHTLY: 50_000}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nightly", action="store_true", help="at least 50,000 requests")
    parser.add_argument("--examples", type=int, help="random ones of each operation and caller")
    parser.add_argument("--caller", choices=CALLERS, action="append", help="only this one")
    parser.add_argument("--seed", type=int, help="of an earlier run")
    given = parser.parse_args()
    examples = given.examples or (NIGHTLY if given.nightly else SHORT)
    # Nothing goes out: webhooks to addresses that schemathesis made up stay in the outbox.
    with running_shop(BACKGROUND="false") as (address, environment):
        ran = [_ask(address, caller, examples, given) for caller in given.caller or CALLERS]
        books = _prove_the_books(environment)
    requests, good = sum(count for count, _ in ran), all(good for _, good in ran)
    print(f"{requests} requests, answered {'as' if good else 'NOT as'} the document says")
    if not given.caller and requests < AT_LEAST.get(examples, 0):
        print(f"at least {AT_LEAST[examples]} were expected")
        return 1
    return 0 if books and good else 1


def _ask(address: str, caller: str, examples: int, given: argparse.Namespace) -> tuple[int, bool]:
    """How many requests were sent for one caller, and whether every answer was right."""
    started = time.monotonic()
    command = [str(SCHEMATHESIS), "--config-file", "schemathesis.toml", "run", str(DOCUMENT)]
    command += ["--url", address, "--max-examples", str(examples)]
    command += ["--seed", str(given.seed)] if given.seed is not None else []
    command += [] if given.nightly else SHORT_TOUR[caller]
    variables = os.environ | {
        "PYTHONPATH": ".",
        "CONTRACT_SHOP": address,
        "CONTRACT_CALLER": caller,
        "CONTRACT_PASSWORD": PASSWORD,
    }
    ran = subprocess.run(
        command, cwd=ROOT / "contract", env=variables, capture_output=True, text=True, check=False
    )
    counted = re.search(r"^  (\d+) generated", ran.stdout, re.MULTILINE)
    count, seconds = int(counted[1]) if counted else 0, time.monotonic() - started
    good = ran.returncode == 0 and count > 0
    if not good:
        print(ran.stdout, ran.stderr, sep="\n")
    said = "ok" if good else "FAILED"
    print(f"{caller or 'nobody'}: {count} requests in {seconds:.0f} s, {said}", flush=True)
    return count, good


def _prove_the_books(environment: Mapping[str, str]) -> bool:
    command = [sys.executable, "manage.py", "verify"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())

"""Lists, newest first and page by page, and the expansion of ids into objects."""

import copy
from collections.abc import Callable
from typing import Any

from tests.stripe_simulator import params
from tests.stripe_simulator.refusals import Object, invalid, missing
from tests.stripe_simulator.state import State

PAGES = {"limit", "starting_after", "ending_before", "created"}


def listing(
    state: State, kind: str, given: Object, url: str, charge: Object | None = None
) -> Object:
    """The newest first. Parameters that are fields of the kind must be equal."""
    found = [one for one in reversed(state.of_kind(kind)) if not one.get("deleted")]
    if charge is not None:
        found = [one for one in found if one["charge"] == charge["id"]]
    for name in given.keys() - PAGES - {"expand", "types"}:
        found = [one for one in found if one.get(name) == given[name]]
    if "types" in given:
        found = [one for one in found if one["type"] in given["types"]]
    if "created" in given:
        found = [one for one in found if _is_within(one["created"], given["created"])]
    limit = params.whole_number(given, "limit") if "limit" in given else 10
    if not 1 <= limit <= 100:
        raise invalid("limit", "This value must be between 1 and 100.")
    found = _from_the_cursor(kind, found, given, limit)
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": found[:limit]}


def _from_the_cursor(kind: str, found: list[Object], given: Object, limit: int) -> list[Object]:
    ids = [one["id"] for one in found]
    for name in ("starting_after", "ending_before"):
        if name in given and given[name] not in ids:
            raise missing(kind, given[name], name)
    if "starting_after" in given:
        return found[ids.index(given["starting_after"]) + 1 :]
    if "ending_before" in given:
        return found[: ids.index(given["ending_before"])][-limit:]
    return found


def _is_within(created: int, limits: Any) -> bool:
    if not isinstance(limits, dict):
        limits = {"gte": limits, "lte": limits}
    tests: dict[str, Callable[[int], bool]] = {
        "gt": lambda n: created > n,
        "gte": lambda n: created >= n,
        "lt": lambda n: created < n,
        "lte": lambda n: created <= n,
    }
    params.allow(limits, tests)
    return all(tests[name](params.whole_number(limits, name)) for name in limits)


def expand(state: State, made: Any, path: list[str]) -> None:
    if isinstance(made, list):
        for item in made:
            expand(state, item, path)
    elif path and isinstance(made, dict):
        name, *rest = path
        if name == "refunds" and made.get("object") == "charge":
            made[name] = listing(state, "refund", {}, f"/v1/charges/{made['id']}/refunds", made)
        elif name not in made:
            raise invalid("expand", f"This property cannot be expanded ({name}).")
        if isinstance(made[name], str) and made[name] in state.objects:
            made[name] = copy.deepcopy(state.objects[made[name]])
        expand(state, made[name], rest)

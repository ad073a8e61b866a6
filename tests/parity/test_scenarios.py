"""Each scenario is played at both doors, and leaves the same behind."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shop.webhooks.tests.make import relay
from tests.hostile import unlimited
from tests.parity.cast import Stage, staged
from tests.parity.doors import Door
from tests.parity.running import RUNNING
from tests.parity.selling import SELLING
from tests.parity.shopping import SHOPPING, puts_into_the_cart
from tests.parity.snapshot import Snapshot, differences, from_the_start, taken

__all__ = ["unlimited"]  # a fixture that every test here uses

pytestmark = pytest.mark.django_db

Scenario = Callable[[Door, Stage], object]
SCENARIOS: tuple[Scenario, ...] = (*SHOPPING, *SELLING, *RUNNING)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    with staged(django_db_blocker) as stage:
        yield stage


def play(scenario: Scenario, stage: Stage, door: str) -> Snapshot:
    """What is there when all who hear of it have heard."""
    with from_the_start():
        through = Door(door)
        scenario(through, stage)
        relay()
        return taken(through.said)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_leaves_the_same_at_both_doors(scenario: Scenario, stage: Stage) -> None:
    by_rest, by_graphql = (play(scenario, stage, door) for door in ("rest", "graphql"))
    found = differences(by_rest, by_graphql)
    assert not found, "\n" + "\n".join(found)
    assert by_rest.said, "a scenario has a refusal or a read to compare"


def test_would_see_what_differs(stage: Stage) -> None:
    """Else the comparison above proves nothing."""
    found = play(puts_into_the_cart, stage, "rest")
    line = next(line for line in found.rows if line.startswith("inventory_stocklevel"))
    other_value = Counter(found.rows)
    other_value[line] -= 1
    other_value[line.replace('"on_hand": ', '"on_hand": 1')] += 1
    for changed, words in (
        ({"rows": found.rows + Counter([line])}, "is there only by GraphQL"),
        ({"rows": found.rows - Counter([line])}, "is there only by REST"),
        ({"rows": other_value}, " on_hand: "),
        ({"events": [*found.events, "cart.changed {}"]}, "published at"),
        ({"said": [*found.said[:-1], (400, [("invalid", None)])]}, "answered at"),
    ):
        other = dataclasses.replace(found, **changed)
        assert any(words in one for one in differences(found, other)), words
    assert not differences(found, found)


def test_begins_each_time_with_the_same(stage: Stage) -> None:
    nothing: Scenario = lambda door, stage: None  # noqa: E731
    first = play(nothing, stage, "rest")
    play(SHOPPING[4], stage, "rest")
    assert not differences(first, play(nothing, stage, "graphql"))

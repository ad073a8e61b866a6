"""Every service has a door on either side, or a reason."""

import ast
from pathlib import Path

import pytest

from tests.parity.service_doors import GRAPHQL, REST, doors, named_in, services
from tests.parity.without_a_door import WITHOUT_A_DOOR

ROOT = Path(__file__).parent.parent.parent
BOTH = frozenset({REST, GRAPHQL})


def test_every_service_can_be_called_at_both_doors() -> None:
    found = {service: at for service, at in doors().items() if at != BOTH}
    unexplained = {
        service: f"called by {' and '.join(at) or 'neither'}"
        for service, at in found.items()
        if service not in WITHOUT_A_DOOR
    }
    assert not unexplained


def test_no_reason_is_left_over() -> None:
    """One that has both doors by now, or is gone, or has a door that its reason denies."""
    found = doors()
    wrong = {
        service: f"called by {' and '.join(found.get(service, ['nobody: it is no service']))}"
        for service, reason in WITHOUT_A_DOOR.items()
        if found.get(service) != set(reason.doors)
    }
    assert not wrong


@pytest.mark.parametrize("service", [s for s, reason in WITHOUT_A_DOOR.items() if reason.callers])
def test_who_is_said_to_call_it_does(service: str) -> None:
    app, name = service.split(".")
    callers = [path for glob in WITHOUT_A_DOOR[service].callers for path in ROOT.glob(glob)]
    files = [file for path in callers for file in ([path] if path.is_file() else path.glob("*.py"))]
    assert any(
        service in named_in(file.read_text())
        or (file.is_relative_to(ROOT / "shop" / app) and _names(file, name))
        for file in files
    )


def _names(file: Path, name: str) -> bool:
    """Whether it uses `name`, which is of its own app; to define or to import it is no use."""
    nodes = ast.walk(ast.parse(file.read_text()))
    return any(
        (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.Attribute) and node.attr == name)
        for node in nodes
    )


def test_finds_the_services() -> None:
    found = services()
    assert {"orders.place_order", "cart.add_item", "vendors.approve_vendor"} <= found
    assert not [service for service in found if service.split(".")[1].startswith("_")]


@pytest.mark.parametrize(
    "code",
    [
        "from shop.orders import services\nservices.place_order()",
        "from shop.orders import services as orders\norders.place_order()",
        "from shop.orders import querysets, services\nMOVES = [services.place_order]",
        "from shop.orders.services import place_order",
        "from shop.orders.services.placing import place_order as place",
    ],
)
def test_sees_a_call_however_it_is_written(code: str) -> None:
    assert "orders.place_order" in named_in(code)


@pytest.mark.parametrize(
    "code",
    [
        "from shop.cart import services\nservices.place_order()",
        "from shop.orders import services\nservices.cancel_order()",
        "from elsewhere import services\nservices.place_order()",
        "place_order()",
    ],
)
def test_sees_no_call_where_there_is_none(code: str) -> None:
    assert "orders.place_order" not in named_in(code)

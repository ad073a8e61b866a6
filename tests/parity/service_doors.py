"""Which services REST and GraphQL call, as the code says."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

SHOP = Path(__file__).parent.parent.parent / "shop"
REST, GRAPHQL = "REST", "GraphQL"


def services() -> set[str]:
    """Every public service, such as "orders.place_order"."""
    found = set()
    for path in sorted(SHOP.glob("*/services*")):
        app = path.parent.name
        module = importlib.import_module(f"shop.{app}.services")
        names = getattr(module, "__all__", None) or [
            name
            for name, value in vars(module).items()
            if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
        ]
        found |= {f"{app}.{name}" for name in names if inspect.isfunction(getattr(module, name))}
    return found


def doors() -> dict[str, set[str]]:
    """Of each service the doors that name it, or that share a `…_doors.py` which does."""
    found: dict[str, set[str]] = {service: set() for service in services()}
    for path in sorted(SHOP.glob("*/**/*.py")):
        door = _door_of(path)
        for code in (path.read_text(), *_shared_by(path)) if door else ():
            for service in named_in(code) & found.keys():
                found[service].add(str(door))
    return found


def _door_of(path: Path) -> str | None:
    parts = path.relative_to(SHOP).parts[1:]
    if "tests" in parts or "migrations" in parts:
        return None
    if parts[-1].startswith("graphql") or parts[0] == "graphql":
        return GRAPHQL
    if parts[-1] == "views.py" or parts[-1].endswith("_views.py") or "views" in parts[:-1]:
        return REST
    return None


def _shared_by(path: Path) -> Iterator[str]:
    """The code of what this door shares with the other one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("shop."):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                shared = SHOP.parent.joinpath(*str(name).split(".")).with_suffix(".py")
                if shared.stem.endswith("_doors") and shared.is_file():
                    yield shared.read_text()


def named_in(code: str) -> set[str]:
    """The services that `code` calls or hands on: `services.name`, by whatever name it imports."""
    tree = ast.parse(code)
    modules, names = {}, set()
    for alias, app, service in _imports(tree):
        if service is None:
            modules[alias] = app
        else:
            names.add(f"{app}.{service}")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in modules:
            names.add(f"{modules[node.value.id]}.{node.attr}")
    return names


def _imports(tree: ast.AST) -> Iterator[tuple[str, str, str | None]]:
    """Alias, app, and the service if it is imported alone."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("shop."):
            continue
        _, app, *below = (node.module or "").split(".")
        for alias in node.names:
            if not below and alias.name == "services":
                yield alias.asname or alias.name, app, None
            elif below[:1] == ["services"]:
                yield alias.asname or alias.name, app, alias.name

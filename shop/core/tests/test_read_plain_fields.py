"""Plain fields are read at once, and answer and fail as all others do."""

from typing import Any

import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionResult

from shop.core.graphql.executing import ShopSchema


@strawberry.type
class Inner:
    name: str


@strawberry.type
class Outer:
    name: str
    nickname: str | None = None
    inner: Inner | None = None

    @strawberry.field
    def loud(self) -> str:
        return self.name.upper()

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("no luck")

    @strawberry.field
    def must(self) -> str:
        raise ValueError("no luck at all")

    @strawberry.field
    def empty(self) -> str:
        return None  # type: ignore[return-value]  # what is told of it is the point

    @strawberry.field
    def times(self, info: strawberry.Info, of: int) -> str:
        return self.name * of


@strawberry.type
class Query:
    @strawberry.field
    def outers(self) -> list[Outer | None]:
        return [Outer(name="one", inner=Inner(name="in")), Outer(name="two", nickname="t")]


def run(selection: str) -> ExecutionResult:
    return ShopSchema(Query).execute_sync(f"{{ outers {{ {selection} }} }}")


def test_answers_with_aliases_fragments_and_what_takes_arguments() -> None:
    found = run(
        "name again: name ...More } } fragment More on Outer { loud times(of: 2) inner { name "
    )
    assert found.errors is None
    assert found.data == {
        "outers": [
            {
                "name": "one",
                "again": "one",
                "loud": "ONE",
                "times": "oneone",
                "inner": {"name": "in"},
            },
            {"name": "two", "again": "two", "loud": "TWO", "times": "twotwo", "inner": None},
        ]
    }


def test_tells_where_a_field_failed_and_answers_the_others() -> None:
    found = run("name broken nickname")
    assert found.data == {
        "outers": [
            {"name": "one", "broken": None, "nickname": None},
            {"name": "two", "broken": None, "nickname": "t"},
        ]
    }
    assert found.errors is not None
    assert [(error.path, error.message) for error in found.errors] == [
        (["outers", 0, "broken"], "no luck"),
        (["outers", 1, "broken"], "no luck"),
    ]


def test_takes_the_whole_object_away_where_a_required_field_fails() -> None:
    for field, message in (("must", "no luck at all"), ("empty", "Cannot return null")):
        found = run(f"name {field}")
        assert found.data == {"outers": [None, None]}
        assert found.errors is not None
        assert [error.path for error in found.errors] == [["outers", at, field] for at in (0, 1)]
        assert all(message in error.message for error in found.errors)


def test_goes_through_what_stands_between_where_something_does() -> None:
    class Shouting(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: str, **given: Any) -> Any:
            found = _next(root, info, *args, **given)
            return f"{found}!" if isinstance(found, str) else found

    schema = ShopSchema(Query, extensions=[Shouting])
    assert schema.execute_sync("{ outers { name } }").data == {
        "outers": [{"name": "one!"}, {"name": "two!"}]
    }

"""What bulk mutations have in common: each item has a fate of its own, as in REST."""

from typing import Any

import strawberry

from shop.core.graphql.errors import in_camel_case


@strawberry.type(description="Why an item was refused.")
class BulkProblem:
    code: str
    detail: str
    attr: str | None = strawberry.field(description="From the input: `items.3.price`.")


def in_graphql(answer: dict[str, Any]) -> dict[str, Any]:
    """What REST answers, with the fields called as they are here."""
    for result in answer["results"]:
        for error in result["errors"]:
            error["attr"] = error["attr"] and in_camel_case(error["attr"])
    return answer

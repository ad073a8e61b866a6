"""What a page of 50 products takes by GraphQL, beside the same by REST.

usage: python -m benchmarks.graphql [--catalogue FILE] [--requests N]

Starts a shop of its own on an empty embedded PostgreSQL in a temporary folder, imports the
catalogue (10,000 products of `benchmarks.catalogue` when no file is named), and prints a Markdown
table: medians in milliseconds at one connection, and how often GraphQL takes what REST takes.
The two are asked in turns, so that a machine which is busy is busy for both. Exits 1 when the
plain list takes more than twice what REST's takes.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import catalogue
from benchmarks.crud import Client, running_shop

ROWS = 50
LIMIT = 2.0
# What a row of REST's list holds.
PLAIN = """
query($first: Int) { products(first: $first) { totalCount pageInfo { hasNextPage endCursor } edges { node {
  pk name slug category { pk name slug } vendor { pk name slug } price compareAtPrice currency
  stock inStock status averageRating reviewCount image createdAt updatedAt
} } } }
"""  # noqa: E501 (one line less to parse for nobody)
# And what REST answers in two further requests for each of the products.
WHOLE = """
query($first: Int) { products(first: $first) { totalCount pageInfo { hasNextPage endCursor } edges { node {
  pk name slug category { pk name slug } vendor { pk name slug } price compareAtPrice currency
  stock inStock status averageRating reviewCount image createdAt updatedAt
  description tags metaTitle metaDescription
  variants { pk sku size options { name value } price compareAtPrice stock inStock }
  images { pk image altText position isMain thumbnails { small medium large } }
  reviews(first: 12) { totalCount edges { node { pk rating title body createdAt author { name } } } }
} } } }
"""  # noqa: E501

Ask = Callable[[Client], None]


def by_graphql(document: str) -> Ask:
    body = {"query": document, "variables": {"first": ROWS}}

    def ask(client: Client) -> None:
        answer = client.send("POST", "/graphql/", body)
        if "errors" in answer or len(answer["data"]["products"]["edges"]) != ROWS:
            raise RuntimeError(str(answer)[:300])

    return ask


def the_list_by_rest(client: Client) -> None:
    client.send("GET", f"/api/store/products/?page_size={ROWS}")


def the_whole_by_rest(client: Client) -> None:
    """The list, and of each product its page and its reviews: 101 requests."""
    for row in client.send("GET", f"/api/store/products/?page_size={ROWS}")["results"]:
        client.send("GET", f"/api/store/products/{row['slug']}/")
        client.send("GET", f"/api/store/products/{row['slug']}/reviews/")


def medians(client: Client, asks: tuple[Ask, Ask], times: int) -> tuple[float, float]:
    """Milliseconds of each, asked in turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(times + 5):
        for ask, found in zip(asks, taken, strict=True):
            started = time.perf_counter()
            ask(client)
            if turn >= 5:
                found.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--catalogue", type=Path, help="a nexus-json file")
    parser.add_argument("--requests", type=int, default=90, help="of each kind")
    given = parser.parse_args()
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as own:
        if given.catalogue is None:
            own.writelines(json.dumps(line) + "\n" for line in catalogue.lines(10_000))
            own.flush()
        with running_shop(given.catalogue or Path(own.name)) as (port, _):
            client = Client(port)
            plain = medians(client, (the_list_by_rest, by_graphql(PLAIN)), given.requests)
            few = max(3, given.requests // 10)
            whole = medians(client, (the_whole_by_rest, by_graphql(WHOLE)), few)
    rows: list[tuple[str, Any]] = [
        (f"{ROWS} products: what REST's list answers", plain),
        (f"{ROWS} products with variants, images and reviews; REST: 101 requests", whole),
    ]
    print("| Page | REST ms | GraphQL ms | ratio |\n|---|---:|---:|---:|")
    for name, (rest, graphql) in rows:
        print(f"| {name} | {rest:.1f} | {graphql:.1f} | {graphql / rest:.2f} |")
    return 1 if plain[1] > LIMIT * plain[0] else 0


if __name__ == "__main__":
    sys.exit(main())

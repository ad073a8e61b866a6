"""A catalogue of any size in Nexus's own JSON Lines format, the same on every machine.

usage: python -m benchmarks.catalogue [PRODUCTS] > catalogue.jsonl
"""

import json
import random
import sys
from collections.abc import Iterator
from typing import Any

DEPARTMENTS = ("Garden", "Kitchen", "Office", "Outdoors", "Play", "Reading", "Repair", "Travel")
FIRST = ("Amber", "Brisk", "Calm", "Dusky", "Early", "Fine", "Grand", "Hardy", "Ivory", "Jolly")
SECOND = ("basket", "bench", "clock", "drill", "easel", "flask", "kite", "lantern", "map", "stove")
WORDS = ("sturdy", "folds", "oak", "steel", "rain", "winter", "gift", "repairable", "light", "fast")
SIZES = ("XS", "S", "M", "L", "XL", "XXL")


def lines(count: int) -> Iterator[dict[str, Any]]:
    """Categories in three levels, then `count` products with 1 to 4 variants each."""
    pick = random.Random(2026)
    leaves = []
    identity = 0
    for department in DEPARTMENTS:
        levels: list[int | None] = [None]
        for depth, width in ((1, 1), (2, 5), (3, 4)):
            parents, levels = levels, []
            for parent in parents:
                for _ in range(width):
                    identity += 1
                    name = department if depth == 1 else f"{department} {identity}"
                    slug = name.lower().replace(" ", "-")
                    yield {"kind": "category", "id": identity, "parent": parent, "name": name,
                           "slug": slug}  # fmt: skip
                    levels.append(identity)
        leaves += levels
    for number in range(1, count + 1):
        name = f"{pick.choice(FIRST)} {pick.choice(SECOND)} {number}"
        price = pick.randint(300, 90_000)
        yield {
            "kind": "product",
            "id": number,
            "category": pick.choice(leaves),
            "name": name,
            "slug": name.lower().replace(" ", "-"),
            "description": " ".join(pick.choices(WORDS, k=50)),
            "variants": [
                {"sku": f"B{number}-{size}", "size": size, "price_cents": price + 150 * step,
                 "stock": pick.randint(100, 2000)}
                for step, size in enumerate(pick.sample(SIZES, pick.randint(1, 4)))
            ],
        }  # fmt: skip


if __name__ == "__main__":
    for line in lines(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        print(json.dumps(line))

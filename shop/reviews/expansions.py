"""Reviews in answers about products, and products in answers about reviews."""

from collections.abc import Collection
from typing import Any

from shop.core.pagination import PagePagination
from shop.core.shaping import Expansion
from shop.products import answers
from shop.products.outputs import ProductOutput
from shop.products.querysets import Somebody
from shop.reviews import querysets
from shop.reviews.serializers import ReviewOutput

Row = dict[str, Any]


def _newest(product_ids: Collection[int], _: Somebody) -> dict[int, list[Row]]:
    """As the first page of a product's reviews has them."""
    return {
        product_id: [
            querysets.shown(row)
            for row in querysets.rows_of_product(product_id)[: PagePagination.page_size]
        ]
        for product_id in product_ids
    }


def _named(references: Collection[str], user: Somebody) -> dict[str, answers.Answer]:
    """One address names one product."""
    return {named: answers.product(named, user) for named in references}


# For the page of one product: a list would ask for each.
NEWEST_REVIEWS = Expansion(_newest, ReviewOutput, found_by="id")
REVIEWED_PRODUCT = Expansion(_named, ProductOutput, found_by="product_pk")

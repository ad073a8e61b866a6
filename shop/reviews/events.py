from dataclasses import dataclass

from shop.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ReviewPosted(Event):
    """A shopper wrote a review for the first time; changes and deletions are not announced."""

    name = "review.posted"

    review_id: int
    product_id: int

"""What `?expand=` adds to answers from an app above theirs: the one way up, as of events.

By the name of the route and the action. What an app itself can expand stands in its views.
"""

from collections.abc import Mapping

from shop.core.shaping import Expansions
from shop.reviews.expansions import NEWEST_REVIEWS

EXPANSIONS: Mapping[str, Expansions] = {"product.retrieve": {"reviews": NEWEST_REVIEWS}}

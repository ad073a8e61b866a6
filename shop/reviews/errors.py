from shop.core.errors import Conflict


class AlreadyReviewed(Conflict):
    code = "already_reviewed"
    detail = "You have reviewed this product already; change that review instead."

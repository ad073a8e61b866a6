"""Why a rate is not set or ended."""

from shop.core.errors import Conflict, Invalid


class OneTargetOnly(Invalid):
    code = "one_target_only"
    detail = "A rate is for a category or for a product, not for both."


class ProductOfAnother(Invalid):
    code = "product_of_another"
    detail = "This product is another vendor's."


class EndsBeforeItBegins(Invalid):
    code = "ends_before_it_begins"
    detail = "A rate ends after it begins."


class HouseHasNoCommission(Conflict):
    code = "house_has_no_commission"
    detail = "The shop's own goods pay no commission."


class PastCommission(Conflict):
    code = "past_commission"
    detail = "Commission of the past is not changed."


class RateBeginsThen(Conflict):
    code = "rate_begins_then"
    detail = "Another rate of the same goods begins at that moment: withdraw it first."


class RateEndsSooner(Conflict):
    code = "rate_ends_sooner"
    detail = "This rate ends no later than that already."


class RateHasNotBegun(Conflict):
    code = "rate_has_not_begun"
    detail = "This rate has not begun by then: withdraw it instead."


class RateHasBegun(Conflict):
    code = "rate_has_begun"
    detail = "This rate has begun: it can be ended, not withdrawn."

from shop.core.errors import Conflict, Invalid


class AddressNotAllowed(Invalid):
    code = "address_not_allowed"
    detail = "Give an https address on the public internet."


class NoSuchEvent(Invalid):
    code = "no_such_event"
    detail = "There is no such event, or vendors are not told of it."


class TooManyEndpoints(Conflict):
    code = "too_many_endpoints"
    detail = "At most 20 webhooks: delete one first."


class EndpointIsSilent(Conflict):
    code = "webhook_is_silent"
    detail = "It is paused or switched off: resume it first."

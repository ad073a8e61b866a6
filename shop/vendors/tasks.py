"""What vendors hear."""

from shop.core.handlers import handler
from shop.core.schedule import periodic
from shop.vendors import services


@handler("vendors.forget_person")
def forget_person(*, user_id: int) -> None:
    services.forget_person(user_id=user_id)


@periodic("vendors.prune_invitations")
def prune_invitations() -> None:
    services.prune_invitations()

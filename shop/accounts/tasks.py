from shop.accounts import services
from shop.core.schedule import periodic


@periodic("accounts.prune_sessions")
def prune_sessions() -> None:
    services.prune_sessions()

from shop.core.schedule import periodic
from shop.orders import services


@periodic("orders.expire_orders")
def expire_orders() -> None:
    services.expire_orders()

from celery import shared_task

from shop.orders import services


@shared_task(name="orders.expire_orders")
def expire_orders() -> None:
    services.expire_orders()

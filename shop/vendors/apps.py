from django.apps import AppConfig


class VendorsConfig(AppConfig):
    name = "shop.vendors"
    label = "vendors"

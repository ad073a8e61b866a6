"""`manage.py load_demo`: fills an empty shop with goods, people, reviews and orders."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from demo.load import load_demo
from shop.products.models import Product


class Command(BaseCommand):
    help = "Fills an empty shop with the demo; refuses when there are products already."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if Product.objects.exists():
            raise CommandError("the shop is not empty: the demo would mix with real goods")
        if not settings.PAYMENTS_TEST_MODE:
            raise CommandError("the demo's orders are paid by the method test: PAYMENTS_TEST_MODE")

        def say(what: str) -> None:
            if verbosity:
                self.stdout.write(what)

        with transaction.atomic():
            load_demo(say)

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.payments import services
from shop.payments.errors import ProviderAway


class Command(BaseCommand):
    help = "Ask the providers of payments what we were not told; prints what that changed."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = 0
        try:
            for change in services.reconcile_all():
                self.stdout.write(change)
                changed += 1
        except ProviderAway:
            raise CommandError(f"the provider does not answer; {changed} changed so far.") from None
        self.stdout.write(f"{changed} changed.")

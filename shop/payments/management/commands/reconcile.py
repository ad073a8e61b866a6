from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from shop.payments import services


class Command(BaseCommand):
    help = "Ask the providers of payments what we were not told; prints what that changed."

    def handle(self, *args: Any, **options: Any) -> None:
        changes = services.reconcile(patience=timedelta(0))
        for change in changes:
            self.stdout.write(change)
        self.stdout.write(f"{len(changes)} changed.")

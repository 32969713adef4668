"""`rebuild_register`: rebuild the register from all filings; it is derived data."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from compliance.filings.register_statements import restate
from compliance.models import Filing


class Command(BaseCommand):
    help = "Rebuild the register from the latest revision of every submitted filing. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        keys = list(Filing.objects.filter(first_submitted_at__isnull=False).order_by("pk").values_list("pk", flat=True))
        for done, key in enumerate(keys, start=1):
            restate(key)
            if done % 500 == 0:
                self.stdout.write(f"processed {done} of {len(keys)}")
        self.stdout.write(self.style.SUCCESS(f"Filings processed: {len(keys)}."))

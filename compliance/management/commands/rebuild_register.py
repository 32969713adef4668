"""`rebuild_register`: rebuild the register from all filings; it is derived data."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from compliance.filings.register_statements import rebuild_statements
from compliance.models import Filing
from registry.register.batches import batches

AT_ONCE = 200


class Command(BaseCommand):
    help = "Rebuild the register from the latest revision of every submitted filing. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        keys = list(Filing.objects.filter(first_submitted_at__isnull=False).order_by("pk").values_list("pk", flat=True))
        done = 0
        for part in batches(keys, AT_ONCE):
            done += rebuild_statements(part)
            self.stdout.write(f"processed {done} of {len(keys)}")
        self.stdout.write(self.style.SUCCESS(f"Filings processed: {len(keys)}."))

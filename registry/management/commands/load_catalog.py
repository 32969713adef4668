"""`load_catalog`: load the known base models."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from registry.register.catalog import load_catalog


class Command(BaseCommand):
    help = "Load the catalog of known base models. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        count, changed = load_catalog()
        state = "loaded" if changed else "unchanged"
        self.stdout.write(f"Base models in the catalog: {count}, {state}.")

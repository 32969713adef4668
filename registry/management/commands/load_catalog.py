"""`load_catalog`: enter the known base models."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from registry.register.catalog import load_catalog


class Command(BaseCommand):
    help = "Enter the catalog of known base models. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        count, changed = load_catalog()
        told = "entered" if changed else "unchanged"
        self.stdout.write(f"Base models in the catalog: {count}, {told}.")

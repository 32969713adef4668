"""`load_demo`: load the demonstration data."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from compliance import demo
from registry.models import User


class Command(BaseCommand):
    help = (
        "Load the demonstration: the users admin, reviewer, filer and stranger, and fictitious filings. "
        "The password is DEMO_PASSWORD, or on the first run the content of the password file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password-file", type=Path, help="the file with the password for the first run")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD") or self._first_password(options["password_file"])
        demo.load(password)

    def _first_password(self, path: Path | None) -> str | None:
        is_first = not User.objects.filter(username="admin").exists()
        return path.read_text().strip() if path and is_first else None

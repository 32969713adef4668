"""`apply_retention`: delete what is older than RETENTION keeps it; `--dry-run` only counts."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.retention.applying import apply_retention
from compliance.retention.kinds import KINDS, RetentionRefused, days_of


class Command(BaseCommand):
    help = "Delete what is kept about people beyond its time, by kind, as the setting RETENTION says (accesses=1095,mails=730)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="delete nothing, and print how many rows would be")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            days = days_of(settings.RETENTION)
        except RetentionRefused as error:
            raise CommandError(str(error)) from error
        done = {each.kind.name: each for each in apply_retention(days, dry_run=options["dry_run"])}
        verb = "would be deleted" if options["dry_run"] else "deleted"
        for kind in KINDS:
            kept = (
                f"{done[kind.name].days} days, {done[kind.name].rows:,} {verb}" if kind.name in done else "kept forever"
            )
            self.stdout.write(f"{kind.name:<12} {kept:<32} {kind.title}")

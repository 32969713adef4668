"""`accept_changes`: accept rows of users, roles, tokens and reference data that were changed by hand, with a reason."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.audit.accepting import accept_changes


class Command(BaseCommand):
    help = (
        "Write into the log of changes that rows which were changed by hand are as they should be: after a repair by SQL, or after an "
        "upgrade during which old processes wrote. The reason is kept; `verify_history` does not name them any more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="why they were changed, by whom, by which decision")

    def handle(self, *_args: Any, reason: str, **_options: Any) -> None:
        if not reason.strip():
            raise CommandError("Give a reason: it is what an auditor reads later.")
        accepted = accept_changes(reason.strip())
        for fault in accepted:
            self.stdout.write(f"{fault.kind} {fault.label}")
        self.stdout.write(f"Accepted: {len(accepted)}.")

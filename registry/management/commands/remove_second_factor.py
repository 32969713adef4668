"""Remove the second factor of a person who lost it."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.accounts.second_factor import end_other_sessions
from registry.models import User


class Command(BaseCommand):
    """Remove the authenticators of a person, who sets up new ones at the next sign-in, and end all sessions of the person."""

    help = "Remove the second factor of a person who lost phone, key and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="whose second factor is removed")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username!r}. The desk lists them under Users.")
        count, _rows = Authenticator.objects.filter(user=user).delete()
        end_other_sessions(None, user)
        self.stdout.write(f"Removed {count} authenticators of {username}.")

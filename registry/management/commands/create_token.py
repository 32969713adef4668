"""`create_token USERNAME`: create an API token."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.models import Scope, User
from registry.tokens import LONGEST_VALIDITY, create_token, has_too_many_tokens


class Command(BaseCommand):
    help = "Create an API token for a user. It is printed once, alone on the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="create_token", help="What the token is for.")
        parser.add_argument(
            "--scope", action="append", choices=Scope.values, dest="scopes", help="Can be repeated. Default: all."
        )
        parser.add_argument("--days", type=int, default=365, help="Days until it expires. Default: 365.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(
                _("There is no active user “%(name)s”. Add one in the admin, or with createsuperuser.")
                % {"name": options["username"]}
            )
        self.stderr.write(_("Send it as “Authorization: Bearer …”. It is not shown again."))
        if not 1 <= options["days"] <= LONGEST_VALIDITY.days:
            raise CommandError(_("Choose from 1 to %(most)s days.") % {"most": LONGEST_VALIDITY.days})
        if has_too_many_tokens(user):
            raise CommandError(_("You have 100 tokens in force. Revoke one that is not needed any more."))
        expires_at = timezone.now() + timedelta(days=options["days"])
        self.stdout.write(create_token(user, name=options["name"], scopes=options["scopes"], expires_at=expires_at))

"""`create_token USERNAME`: create an API token."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from registry.models import User
from registry.tokens import create_token


class Command(BaseCommand):
    help = "Create an API token for a user. It is printed once, alone on the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(
                _("There is no active user “%(name)s”. Add one in the admin, or with createsuperuser.")
                % {"name": options["username"]}
            )
        self.stderr.write(_("Send it as “Authorization: Token …”. It is not shown again."))
        self.stdout.write(create_token(user))

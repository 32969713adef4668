"""`export_person`: everything that the registry holds on a person, as JSON."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from compliance.retention.person import Named, held_on
from registry.models import User


class Command(BaseCommand):
    help = "Write what is held on a person: the account (--username), and where filings name the person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="", help="the account of the person")
        parser.add_argument("--name", default="", help="as filings name contacts and legal representatives")
        parser.add_argument("--email", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument(
            "--output", "-o", type=Path, help="a file, which only its owner can read; otherwise it is printed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["username"]) if options["username"] else None
        named = Named(options["name"], options["email"] or (user.email if user else ""), options["phone"])
        if user is None and not named.texts:
            raise CommandError("Say who: --username, --name, --email or --phone.")
        text = json.dumps(held_on(user, named), ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
        if path := options["output"]:
            self._write(path, f"{text}\n")
            return
        self.stdout.write(text)

    def _write(self, path: Path, text: str) -> None:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{path} cannot be made: {error.strerror}. Name a file that does not exist.") from error
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)

    def _user(self, username: str) -> User:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        return user

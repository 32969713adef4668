"""`identify_base_model NAME…`: say which known base model each name means."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import override

from registry.reference.identifying import Identified, names
from registry.register.base_model_names import identify

LANGUAGES = {"en": "en", "zh": "zh-hans"}


class Command(BaseCommand):
    help = (
        "Say which known base model each name means: a hub id, an address, a name with the words of a copy, a Chinese name. What "
        "is not known says so; what resembles a known name is offered as a question."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="+", metavar="NAME")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--language", choices=list(LANGUAGES), default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        found = _identified(options["names"])
        if options["format"] == "json":
            self.stdout.write(json.dumps([each.as_json() for each in found], ensure_ascii=False, indent=1))
            return
        with override(LANGUAGES[options["language"]]):
            for each in found:
                self.stdout.write(f"{each.given}: {in_words(each)}")


def _identified(given: list[str]) -> list[Identified]:
    """Return what each name means; without a database, by the table shipped with the product."""
    try:
        return identify(given)
    except DatabaseError:
        return [names().identify_or_ask(name) for name in given]


def in_words(found: Identified) -> str:
    """Return a sentence on what a name means, in the current language."""
    family = found.family
    if family is None:
        return (
            _("not known. Do you mean %(names)s?") % {"names": ", ".join(found.maybe)}
            if found.maybe
            else _("not known.")
        )
    values = {
        "model": found.model.name if found.model else _("family %(name)s") % {"name": family.name},
        "developer": family.developer,
        "country": family.country,
        "license": found.license or _("no license known"),
    }
    sentence = _("%(model)s by %(developer)s (%(country)s), %(license)s.") % values
    return sentence + (" " + _("Copy by %(name)s.") % {"name": found.repackager} if found.repackager else "")

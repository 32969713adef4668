"""`import_base_models FILE…`: add families of base models to those that the registry knows."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from registry.reference.family_sources import FamilyFileRefused, FileFault, read_family
from registry.register.catalog import FamilyRefused, add_family

LANGUAGES = {"en": "en", "zh": "zh-hans"}
REFUSALS = {
    "taken": gettext_lazy("models of the table or of another added family have these ids: %(ids)s. Choose other ids."),
    "unknown_base": gettext_lazy(
        "a model stands on %(ids)s, which is not known. Add that model first, or leave it out."
    ),
}


class Command(BaseCommand):
    help = (
        "Add families of base models (YAML, one a file) to those that the registry knows. A file with a fault is refused as a "
        "whole. Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--language", choices=list(LANGUAGES), default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(LANGUAGES[options["language"]]):
            faults = [fault for name in options["files"] for fault in self._import(name)]
        if faults:
            raise CommandError("\n".join(faults))

    def _import(self, name: str) -> list[str]:
        """Import one file and return what is wrong with it."""
        try:
            file = read_family(Path(name).read_text(encoding="utf-8"))
            count, changed = add_family(file)
        except (OSError, UnicodeDecodeError) as error:
            return [f"{name}: {_('cannot be read')} ({error})"]
        except FamilyFileRefused as refused:
            return [f"{name}: {fault.at or _('the file')}: {_worded(fault)}" for fault in refused.faults]
        except FamilyRefused as refused:
            return [f"{name}: {REFUSALS[refused.code] % {'ids': ', '.join(refused.ids)}}"]
        state = _("imported") if changed else _("unchanged")
        self.stdout.write(f"{file.family}: {_('models: %(count)s') % {'count': count}}, {state}.")
        return []


FAULTS = {
    "too_large": gettext_lazy("The file has more than %(detail)s characters. Split it by families."),
    "not_yaml": gettext_lazy("This is not YAML: %(detail)s"),
    "missing": gettext_lazy("This field is missing."),
    "extra_forbidden": gettext_lazy("No such field is known here. Leave it out, or correct its name."),
    "string_pattern_mismatch": gettext_lazy("The value does not have the form that is asked for here."),
    "literal_error": gettext_lazy("The value is none of those that are allowed here."),
    "key_heads": gettext_lazy("The number of attention heads is not a multiple of the number of key-value heads."),
    "head_size": gettext_lazy("The hidden size is not a multiple of the number of heads. Give head_dim."),
    "unknown_source": gettext_lazy("Sources that the file does not list: %(detail)s. Add them to sources."),
    "listed_twice": gettext_lazy("Models that are listed twice: %(detail)s."),
}
OTHER_FAULT = gettext_lazy("The value is of the wrong type or out of range.")


def _worded(fault: FileFault) -> str:
    return str(FAULTS.get(fault.code, OTHER_FAULT)) % {"detail": fault.detail}

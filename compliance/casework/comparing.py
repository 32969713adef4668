"""What changed between two revisions of a filing, for people: field by field, documents too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from compliance.casework.readable import Line, lines_of, shown_value
from compliance.dossier.comparing import Difference, differences
from compliance.dossier.pointer import Pointer
from compliance.language import Language
from compliance.models import Revision
from compliance.rules.wording import place

# A shorter text is shown whole.
LONGEST = 600


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A difference with names: its place, what happened, and both values as text."""

    at: str
    name: str
    change: str
    label: str
    before: str
    after: str


def compared(before: Revision, after: Revision, language: Language) -> list[ShownDifference]:
    """Return the differences between two revisions, with names in the language of the reader."""
    return compared_trees(json.loads(before.content), json.loads(after.content), language)


def compared_trees(before: Any, after: Any, language: Language) -> list[ShownDifference]:
    """Return the differences between two dossiers, given as trees."""
    return [_shown(difference, language) for difference in differences(before, after)]


def _shown(difference: Difference, language: Language) -> ShownDifference:
    labels = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
    at = difference.at
    return ShownDifference(
        str(at),
        place(at, language),
        difference.change,
        labels[difference.change],
        _text(at, difference.before, language),
        _text(at, difference.after, language),
    )


def _text(at: Pointer, value: Any, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return "\n".join(_part_lines(lines_of(at, value, language, 0)))
    text = shown_value(at, value, language)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _part_lines(lines: Iterator[Line]) -> Iterator[str]:
    """Yield a part that was added or removed as a whole, a line a field."""
    for line in lines:
        indent = "  " * line.depth
        yield f"{indent}{line.name}: {line.value}" if line.value else f"{indent}{line.name}"

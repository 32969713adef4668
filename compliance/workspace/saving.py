"""Saving a section: strictly parsed, merged with what others saved meanwhile, stored and checked in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.dossier.pointer import Pointer
from compliance.dossier.stored import Canonical
from compliance.filings.actions import edit_dossier
from compliance.filings.refusals import ChangedMeanwhile
from compliance.filings.reviewing import check_at_once
from compliance.forms.answers import ABSENT, Answers, entered
from compliance.forms.merging import Merged, merge
from compliance.forms.sections import Section, own_tree, tree_at, with_section
from compliance.models import Filing
from registry.models import User


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving: whether anything changed, and the places that somebody else had changed, which were kept."""

    is_changed: bool
    of_other: tuple[Pointer, ...] = ()


class Conflict(Exception):
    """Somebody else changed the same fields meanwhile: `places`. Nothing is stored."""

    def __init__(self, places: tuple[Pointer, ...], of_other: tuple[Pointer, ...] = ()) -> None:
        super().__init__(places)
        self.places, self.of_other = places, of_other


def save_section(filing: Filing, section: Section, answers: Answers, *, by: User, version: str, shown: Any) -> Saved:
    """
    Save what was entered in a section, and check the filing.

    `version` and `shown` are the hash of the dossier and the tree of the section that the form showed. What somebody else saved
    meanwhile in other fields is kept. Raises Malformed, Conflict, and what `edit_dossier` refuses.
    """
    mine = entered(section.part, section.at, answers, shown)
    while True:
        current = filing.kept_dossier()
        document = json.loads(current.content)
        place = section if current.sha256 == version else _moved(section, document, shown)
        merged = _merged(place, document, shown, mine, is_same=current.sha256 == version)
        parsed = parsed_document(with_section(document, place, merged.tree))
        if parsed.canonical.sha256 == current.sha256:
            return Saved(is_changed=False, of_other=merged.of_other)
        try:
            store(filing, parsed, by=by, version=current.sha256)
        except ChangedMeanwhile:
            # Somebody saved between reading and writing: merge with that as well.
            continue
        return Saved(is_changed=True, of_other=merged.of_other)


@transaction.atomic
def store(filing: Filing, parsed: Parsed, *, by: User, version: str) -> None:
    """Replace the dossier of a filing whose version is known, and check it."""
    edit_dossier(filing, parsed, by=by, expected_version=frozenset({version}))
    check_at_once(filing)


def parsed_document(document: Any) -> Parsed:
    """Parse a tree as strictly as a posted dossier. Raises Malformed."""
    return parse(Canonical.of(document).text.encode())


def _merged(section: Section, document: Any, shown: Any, mine: Any, *, is_same: bool) -> Merged:
    if is_same:
        return Merged(mine, (), ())
    merged = merge(shown, mine, own_tree(section, document), section.at)
    if merged.conflicts:
        raise Conflict(merged.conflicts, merged.of_other)
    return merged


def _moved(section: Section, document: Any, shown: Any) -> Section:
    """
    Return where an entry of a list stands after somebody else added or removed entries before it; a new one comes last. Raises
    Conflict if it is gone.
    """
    if not section.is_entry:
        return section
    entries = tree_at(document, Pointer(section.at.rpartition("/")[0]))
    count = len(entries) if isinstance(entries, list) else 0
    if shown is ABSENT:
        return _at(section, count)
    numbers = [int(section.at.steps[-1]), *range(count)]
    same = (number for number in numbers if own_tree(_at(section, number), document) == shown)
    number = next(same, numbers[0])
    if number >= count:
        raise Conflict((section.at,))
    return _at(section, number)


def _at(section: Section, number: int) -> Section:
    return replace(section, at=Pointer(section.at.rpartition("/")[0]) / number)


def refused_in(error: Malformed, section: Section) -> tuple[list[Fault], list[Fault]]:
    """Return the faults of a section, and those of other sections."""
    prefix = f"{section.at}/"
    inside = [fault for fault in error.faults if fault.at == section.at or fault.at.startswith(prefix)]
    return inside, [fault for fault in error.faults if fault not in inside]

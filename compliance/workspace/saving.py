"""Saving a section: strictly parsed, merged with what others saved meanwhile, stored and checked in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from compliance.api.problems import problem_of
from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.parsing import Parsed, parse, schema_faults
from compliance.dossier.pointer import Pointer
from compliance.dossier.stored import Canonical, tree_of
from compliance.filings.actions import edit_dossier
from compliance.filings.refusals import ChangedMeanwhile, Refused
from compliance.filings.reviewing import check_at_once
from compliance.forms.answers import ABSENT, Answers, entered
from compliance.forms.merging import Merged, merge
from compliance.forms.moving import place_now
from compliance.forms.sections import Section, own_tree, with_section
from compliance.language import Language
from compliance.models import Filing
from registry.models import User


@dataclass(frozen=True, slots=True)
class Saved:
    """
    What came of saving: whether anything changed, where the section stands now, and the places that somebody else had changed,
    which were kept.
    """

    is_changed: bool
    section: Section
    of_other: tuple[Pointer, ...] = ()


class Conflict(Exception):
    """
    Somebody else changed the same fields meanwhile (`places`), or removed the entry (`merged` is None then). Nothing is stored.

    `section` is where the section stands now, and `merged` its tree with the changes of both sides, with mine where they conflict.
    """

    def __init__(self, section: Section, merged: Merged | None) -> None:
        super().__init__(section.path)
        self.section, self.merged = section, merged


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form showed: the hash of the dossier, the tree of the section, and the identity of the model it belongs to."""

    version: str
    tree: Any
    owner: str = ""


def shown_by(post: Mapping[str, str], section: Section, document: Any) -> Shown | None:
    """
    Return what a form showed, as it says itself; None if it says nothing that the dossier could have held. What it says concerns
    only who sends it.
    """
    text = post.get("shown", "")
    try:
        tree = json.loads(text, parse_float=Decimal) if text else ABSENT
        if tree not in (ABSENT, None) and not _could_be(tree, section, document):
            return None
    except (ValueError, RecursionError):
        return None
    return Shown(post.get("version", ""), tree, post.get("owner", ""))


def _could_be(tree: Any, section: Section, document: Any) -> bool:
    """Whether a tree has the types of a section. Raises ValueError for what cannot be stored."""
    first = section.moved_to(Pointer("/".join("0" if step.isdigit() else step for step in section.at.split("/"))))
    whole = with_section({name: document[name] for name in ("kind", "applicant", "service")}, first, tree)
    return isinstance(tree, dict) and bool(Canonical.of(whole)) and not schema_faults(whole)


def save_section(filing: Filing, section: Section, answers: Answers, *, by: User, shown: Shown) -> Saved:
    """
    Save what was entered in a section, and check the filing. What somebody else saved meanwhile in other fields is kept.

    Raises Malformed, Conflict, and what `edit_dossier` refuses.
    """
    while True:
        current = filing.kept_dossier()
        place, merged = _merged(section, answers, tree_of(current.content), current.sha256, shown)
        parsed = parsed_document(with_section(tree_of(current.content), place, merged.tree))
        if parsed.canonical.sha256 == current.sha256:
            return Saved(is_changed=False, section=place, of_other=merged.of_other)
        try:
            store(filing, parsed, by=by, version=current.sha256)
        except ChangedMeanwhile:
            # Somebody saved between reading and writing: merge with that as well.
            continue
        return Saved(is_changed=True, section=place, of_other=merged.of_other)


def _merged(section: Section, answers: Answers, document: Any, version: str, shown: Shown) -> tuple[Section, Merged]:
    """Return where the section stands now, and its tree with the changes of both sides. Raises Conflict."""
    now = own_tree(section, document)
    if version == shown.version:
        return section, Merged(entered(section.part, section.at, answers, now), (), ())
    mine = entered(section.part, section.at, answers, shown.tree)
    if shown.tree is ABSENT and now == mine:
        # The answer to the first save was lost, and the form was sent again.
        return section, Merged(now, (), ())
    place = place_now(section, document, shown.tree, shown.owner)
    if place is None:
        raise Conflict(section, None)
    merged = merge(shown.tree, mine, own_tree(place, document), place.at)
    if merged.conflicts:
        raise Conflict(place, merged)
    return place, merged


@transaction.atomic
def store(filing: Filing, parsed: Parsed, *, by: User, version: str) -> None:
    """Replace the dossier of a filing whose version is known, and check it."""
    edit_dossier(filing, parsed, by=by, expected_version=frozenset({version}))
    check_at_once(filing)


def parsed_document(document: Any) -> Parsed:
    """Parse a tree as strictly as a posted dossier. Raises Malformed."""
    return parse(Canonical.of(document).text.encode())


# What is raised when a dossier is not stored.
NOT_STORED = (Malformed, Refused)


def not_stored_text(error: Malformed | Refused, language: Language) -> str:
    """Return why a dossier was not stored: the refusal, or its first faults, in one message."""
    if isinstance(error, Refused):
        return problem_of(error).text
    return " ".join(fault.message(language) for fault in error.faults[:3])


def refused_in(error: Malformed, section: Section) -> tuple[list[Fault], list[Fault]]:
    """Return the faults of a section, and those of other sections."""
    prefix = f"{section.at}/"
    inside = [fault for fault in error.faults if fault.at == section.at or fault.at.startswith(prefix)]
    return inside, [fault for fault in error.faults if fault not in inside]

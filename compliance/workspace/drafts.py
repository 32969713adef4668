"""A filing as its filers see it: the dossier as it is now, its sections, and what is flagged in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from compliance.dossier.asked_besides import Information, asked_besides
from compliance.dossier.pointer import Pointer
from compliance.dossier.stored import load, tree_of
from compliance.forms.answers import ABSENT, SAYING_NONE
from compliance.forms.guidance import Guidance, guidance_of
from compliance.forms.sections import Section, own_tree, section_of_place, sections_of
from compliance.forms.shape import Node, Part
from compliance.language import Language
from compliance.models import Filing, Flag, Level, Revision, WorkingCopy


@dataclass(frozen=True, slots=True)
class SectionState:
    """A section with how much of it is filled in, in per cent, and the numbers of its flags."""

    section: Section
    title: str
    percent: int
    errors: int
    warnings: int

    @property
    def depth(self) -> int:
        """How far the section is indented: a corpus and the annotation belong to their model."""
        return 1 if self.section.path.count("/") > 1 else 0


class Draft:
    """The current dossier of a filing with its flags."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.kept: WorkingCopy | Revision = filing.kept_dossier()
        self.document: dict[str, Any] = tree_of(self.kept.content)
        self.day = timezone.localdate()

    @property
    def version(self) -> str:
        return self.kept.sha256

    @cached_property
    def flags(self) -> list[Flag]:
        return list(Flag.objects.filter(filing=self.filing).unresolved().order_by("pk"))

    def information(self, section: Section) -> list[Information]:
        """Return what the forms ask for besides, in a section: information, no gap."""
        return [each for each in asked_besides(load(self.kept.content)) if str(each.at).startswith(f"{section.at}/")]

    @cached_property
    def guidance(self) -> Guidance:
        return guidance_of(self.document["kind"], self.document.get("action") or "initial", self.day)

    @cached_property
    def sections(self) -> list[Section]:
        return sections_of(self.document, self.day)

    def states(self, language: Language) -> list[SectionState]:
        """Return the sections that are asked for with their state."""
        flagged: dict[str, list[Flag]] = {}
        for flag in self.flags:
            flagged.setdefault(section_of_place(self.sections, flag.at).path, []).append(flag)
        return [
            self._state(section, flagged.get(section.path, []), language)
            for section in self.sections
            if section.is_asked or section.path in flagged
        ]

    def _state(self, section: Section, flags: list[Flag], language: Language) -> SectionState:
        open_flags = [flag for flag in flags if not flag.is_waived]
        return SectionState(
            section,
            section.title.in_(language),
            self._percent(section),
            sum(flag.level == Level.ERROR for flag in open_flags),
            sum(flag.level == Level.WARNING for flag in open_flags),
        )

    def _percent(self, section: Section) -> int:
        filled, asked = _counted(section.part, section.at, own_tree(section, self.document), self.guidance)
        return round(100 * filled / asked) if asked else 100

    @property
    def error_count(self) -> int:
        return sum(flag.level == Level.ERROR and not flag.is_waived for flag in self.flags)


def _counted(node: Node, at: Pointer, tree: Any, guidance: Guidance) -> tuple[int, int]:
    """Return how many of the fields that are asked for are filled in, and how many there are. A list counts as one field."""
    if not isinstance(node, Part):
        is_asked = guidance.asks_for_node(node, at)
        return int(is_asked and _is_given(at, tree)), int(is_asked)
    known = tree if isinstance(tree, dict) else {}
    counted = [_counted(child, at / name, known.get(name), guidance) for name, child in node.children.items()]
    return sum(filled for filled, _asked in counted), sum(asked for _filled, asked in counted)


def _is_given(at: Pointer, value: Any) -> bool:
    return value not in (None, "", [], {}, ABSENT) or (value == [] and at in SAYING_NONE)

"""The documents that a dossier lists, with their files, and what was counted in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from compliance.attachments.contents import Contents
from compliance.attachments.faults import UNREADABLE_MESSAGES
from compliance.dossier.codes import ASPECTS, DOCUMENT_KINDS
from compliance.dossier.naming import name_of
from compliance.dossier.pointer import ROOT
from compliance.dossier.risks import RISKS
from compliance.language import Bilingual, Language
from compliance.models import Document, Filing

# What a browser shows by itself. Everything else is downloaded.
IN_A_BROWSER = frozenset({"application/pdf", "image/png", "image/jpeg"})


@dataclass(frozen=True, slots=True)
class BankCount:
    """The rows of a list of keywords or questions (`bank`, as in the assessment), in total and by class, as labels and counts."""

    bank: str
    name: str
    total: int
    classes: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the list of documents: its kind, its title, why there is none, its file, and what is in the file."""

    number: int
    kind: str
    title: str
    reason: str
    held: Document | None
    is_listed: bool = True
    remarks: list[str] = field(default_factory=list)
    banks: list[BankCount] = field(default_factory=list)

    @property
    def is_shown_in_a_browser(self) -> bool:
        return self.held is not None and self.held.media_type in IN_A_BROWSER

    @property
    def is_image(self) -> bool:
        return self.held is not None and self.held.media_type.startswith("image/")


def entries_of(filing: Filing, tree: Mapping[str, Any], language: Language) -> list[Entry]:
    """Return the documents that a revision, given as a tree, lists."""
    held = {document.sha256: document for document in filing.documents.select_related("facts")}
    entries = tree.get("documents") or []
    return [_entry(i, entry, held.get(entry.get("sha256")), language) for i, entry in enumerate(entries)]


def _entry(number: int, entry: Mapping[str, Any], held: Document | None, language: Language) -> Entry:
    contents = held.facts.known_contents if held and held.facts else None
    return Entry(
        number,
        DOCUMENT_KINDS[entry["kind"]].in_(language) if entry.get("kind") else "–",
        entry.get("title") or entry.get("filename") or "",
        entry.get("not_applicable_reason") or "",
        held,
        remarks=_remarks(held, contents, language),
        banks=_banks(contents, language) if contents and not contents.unreadable else [],
    )


def _remarks(held: Document | None, contents: Contents | None, language: Language) -> list[str]:
    if held and held.facts and contents is None:
        return [_("being processed …")]
    if contents and contents.unreadable:
        fault = contents.unreadable
        return [Bilingual(*UNREADABLE_MESSAGES[fault.code]).filled(language, fault.values)]
    return []


def _banks(contents: Contents, language: Language) -> list[BankCount]:
    labels = {**RISKS, **ASPECTS}
    return [
        BankCount(
            name,
            name_of(ROOT / "assessment" / name).in_(language),
            bank.total,
            [
                (f"{code} {labels[code].in_(language)}" if code in labels else code, count)
                for code, count in sorted(bank.by_class.items())
            ],
        )
        for name, bank in contents.banks.items()
    ]

"""The files that a dossier lists, and the counts in those that were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from compliance.attachments.contents import (
    KEYWORDS,
    NON_REFUSAL_QUESTIONS,
    QUESTIONS,
    REFUSAL_QUESTIONS,
    Bank,
    Contents,
)
from compliance.attachments.counting import bank_named
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Document, Dossier
from compliance.rules.context import Context
from compliance.rules.reading import DOCUMENTS, is_excused

KEYWORD_LIST, TEST_QUESTIONS = "keyword_list", "test_questions"
Read = tuple[Pointer, Document, Contents]
# The kind of document that contains each bank of the assessment.
KIND_OF_BANK: Mapping[str, str] = MappingProxyType(
    {
        KEYWORDS: KEYWORD_LIST,
        QUESTIONS: TEST_QUESTIONS,
        REFUSAL_QUESTIONS: TEST_QUESTIONS,
        NON_REFUSAL_QUESTIONS: TEST_QUESTIONS,
    }
)


def listed_files(dossier: Dossier) -> Iterator[tuple[Pointer, Document]]:
    """Yield the entries for files: all except those that give a reason instead."""
    for i, document in enumerate(dossier.documents or ()):
        if not is_excused(document):
            yield DOCUMENTS / i, document


def read_files(dossier: Dossier, context: Context) -> list[Read]:
    """Return the listed files that were read, with their contents."""
    return context.once("read files", lambda: list(_read_files(dossier, context))) if context.facts.contents else []


def _read_files(dossier: Dossier, context: Context) -> Iterator[Read]:
    for at, document in listed_files(dossier):
        contents = context.facts.contents.get(document.sha256 or "")
        if contents is not None:
            yield at, document, contents


def banks_of_files(kind: str, dossier: Dossier, context: Context) -> list[Mapping[str, Bank]] | None:
    """
    Return the banks in each file of a kind that could be read; None if none could, or if one is not counted yet. A file
    that is listed twice counts once.
    """
    return context.once(f"banks of {kind}", lambda: _banks_of_files(kind, dossier, context))


def _banks_of_files(kind: str, dossier: Dossier, context: Context) -> list[Mapping[str, Bank]] | None:
    listed = {document.sha256 for _, document in listed_files(dossier) if document.kind == kind}
    read = {
        document.sha256: (document, held) for _, document, held in read_files(dossier, context) if document.kind == kind
    }
    banks = [_by_name(document, held) for document, held in read.values()]
    of_kind = [each for each in banks if any(KIND_OF_BANK[name] == kind for name in each)]
    return of_kind if of_kind and len(read) == len(listed) else None


def _by_name(document: Document, contents: Contents) -> Mapping[str, Bank]:
    """Return the banks of a file by name; a text table has no sheet name, so the listed name identifies its bank."""
    named = bank_named(document.filename or "") or bank_named(document.title or "")
    if contents.is_nameless and named and QUESTIONS in contents.banks:
        return {named: contents.banks[QUESTIONS]}
    return contents.banks


def held_bank(name: str, dossier: Dossier, context: Context) -> Bank | None:
    """Return the counts of a bank in its files, added up; None if they are unknown."""
    if not context.facts.contents:
        return None
    return context.once(f"bank {name}", lambda: _held_bank(name, dossier, context))


def _held_bank(name: str, dossier: Dossier, context: Context) -> Bank | None:
    files = banks_of_files(KIND_OF_BANK[name], dossier, context)
    banks = [banks[name] for banks in files or () if name in banks]
    return _together(banks) if len(banks) > 1 else banks[0] if banks else None


def _together(banks: list[Bank]) -> Bank:
    classes = {name for bank in banks for name in bank.by_class}
    return Bank(
        total=sum(bank.total for bank in banks),
        by_class={name: sum(bank.by_class.get(name, 0) for bank in banks) for name in sorted(classes)},
        answered=sum(bank.answered for bank in banks),
        passed=sum(bank.passed for bank in banks),
    )

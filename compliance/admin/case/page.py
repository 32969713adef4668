"""The context of the case page, in a fixed number of queries."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from compliance.admin.case.flags import by_place, cards_of
from compliance.admin.case.neighbors import neighbors_of
from compliance.admin.case.next_steps import next_steps
from compliance.admin.evidence import evidence_of
from compliance.admin.filing_list import shown
from compliance.admin.pages import user_of
from compliance.casework.assigning import eligible_for
from compliance.casework.comparing import compared
from compliance.casework.looking import remember_look
from compliance.casework.readable import Section, sections_of
from compliance.casework.timeline import MOST_ENTRIES, timeline_of
from compliance.documents.entries import entries_of
from compliance.dossier.asked_besides import asked_besides
from compliance.dossier.naming import DOSSIER
from compliance.dossier.pointer import Pointer
from compliance.dossier.stored import load
from compliance.filings import workflow
from compliance.filings.permissions import Permissions
from compliance.language import Language, language_of
from compliance.letters.answering import Answered, answers_to
from compliance.models import Filing, Flag, Revision
from compliance.rules.wording import place
from registry.models import ModelStatement, User
from registry.reference.regions import PROVINCES

# A longer comparison has a page of its own.
MOST_DIFFERENCES = 25
MOST_RESOLVED = 30


def context_of(filing: Filing, request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page of a filing for the signed-in user, and remember that the user looked at it."""
    language, by = language_of(get_language()), user_of(request)
    looked_at = remember_look(filing, by)
    permissions = Permissions(filing)
    may_review = permissions.allow(workflow.REVIEWING, by)
    revisions = list(Revision.objects.filter(filing=filing).select_related("by").order_by("-number")[:2])
    # While a filing is with the applicant, its flags are those of the working copy, which nobody else sees.
    flags = [] if filing.is_editable else list(filing.flags.select_related("waived_by"))
    (filing,) = shown([filing])
    answered = answers_to(filing, flags, revisions)
    return {
        "filing": filing,
        "title": filing.case_number,
        "today": timezone.localdate(),
        "province": PROVINCES.get(filing.province, (filing.province, filing.province))[language == "zh"],
        "looked_at": looked_at,
        "steps": next_steps(filing, permissions, by, language),
        "may_waive": may_review and filing.status not in workflow.ENDED,
        "may_review": may_review,
        "eligible": eligible_for(filing, permissions) if may_review and filing.status not in workflow.ENDED else [],
        **_flags(flags, language),
        **_dossier(filing, revisions, flags, answered, language),
        **_related(filing, by),
        "answered": answered,
        **_timeline(filing, language, request, for_staff=not permissions.is_member(by)),
        **neighbors_of(filing, request),
    }


def _flags(flags: list[Flag], language: Language) -> dict[str, Any]:
    open_flags = [flag for flag in flags if not flag.resolved_at and not flag.is_waived]
    resolved = sorted((flag for flag in flags if flag.resolved_at), key=lambda flag: flag.resolved_at, reverse=True)
    return {
        "cards": cards_of(open_flags, language),
        "open_count": len(open_flags),
        "waived": cards_of((flag for flag in flags if not flag.resolved_at and flag.is_waived), language),
        "resolved": cards_of(resolved[:MOST_RESOLVED], language),
        "resolved_count": len(resolved),
    }


def _dossier(
    filing: Filing, revisions: list[Revision], flags: list[Flag], answered: Answered, language: Language
) -> dict[str, Any]:
    revision = revisions[0] if revisions else None
    if revision is None:
        return {"revision": None}
    unresolved = [flag for flag in flags if not flag.resolved_at]
    linked = {answer.at for answer in answered[1]} if answered else set()
    sections = sections_of(revision.content, language, by_place(unresolved, language), linked)
    found = compared(revisions[1], revision, language) if len(revisions) == 2 else []
    return {
        "revision": revision,
        "previous": revisions[1] if len(revisions) == 2 else None,
        "differences": found[:MOST_DIFFERENCES],
        "more_differences": max(len(found) - MOST_DIFFERENCES, 0),
        "sections": sections,
        "information": [each.in_(language) for each in asked_besides(load(revision.content))],
        "answers": _answers(answered, sections, language),
        "documents": entries_of(filing, json.loads(revision.content), language),
        "evidence": evidence_of(filing, revision, language),
    }


def _answers(answered: Answered, sections: list[Section], language: Language) -> list[dict[str, Any]]:
    """Return the answers with the names of their places for the reader, and whether the page has a line for each."""
    given = {str(line.at) for section in sections for line in section.lines if line.has_address}
    return [
        {
            "answer": answer,
            "name": place(Pointer(answer.at), language) if answer.at else DOSSIER.in_(language),
            "has_line": answer.at in given,
        }
        for answer in (answered[1] if answered else ())
    ]


def _related(filing: Filing, by: User) -> dict[str, Any]:
    """Return the other filings of the service, and the AI models that the filing declares."""
    others = Filing.objects.visible_to(by).of_same_service(filing).exclude(pk=filing.pk)
    amendments = Filing.objects.visible_to(by).filter(target=filing)
    rows = (others | amendments).select_related("official_number").defer("search_text", "search_grams")
    statements = ModelStatement.objects.filter(source=filing.source_id).select_related("model__developer")
    return {
        "related": rows.distinct().order_by("-pk")[:10],
        "models": {row.model_id: row for row in statements}.values() if filing.source_id else [],
    }


def _timeline(filing: Filing, language: Language, request: HttpRequest, *, for_staff: bool) -> dict[str, Any]:
    entries = timeline_of(filing, language, for_staff=for_staff)
    most = len(entries) if request.GET.get("history") == "all" else MOST_ENTRIES
    return {"entries": entries[:most], "entry_count": len(entries), "more_entries": max(len(entries) - most, 0)}

"""The documents of a filing: uploading several at once, each matched to the entry that it satisfies, and downloading them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from compliance.api.documents import download
from compliance.api.problems import problem_of
from compliance.documents.actions import upload_document
from compliance.documents.entries import BankCount, Entry, entries_of
from compliance.documents.uploads import LARGEST, Incoming, TooLarge, received
from compliance.dossier.codes import DOCUMENT_KINDS
from compliance.dossier.stored import tree_of
from compliance.filings import workflow
from compliance.filings.refusals import DocumentRefused
from compliance.filings.reviewing import check_at_once
from compliance.models import Document, Filing
from compliance.workspace.drafts import Draft
from compliance.workspace.fields import flag_view
from compliance.workspace.saving import NOT_STORED, not_stored_text, parsed_document, store
from compliance.workspace.visits import Visit, for_filers, for_members

# Words in the name of a file that tell its kind.
_WORDS = {
    "commitment_letter": ("承诺书", "commitment"),
    "responsibility_statement": ("主体责任", "responsibility"),
    "algorithm_self_assessment": ("算法安全自评估", "algorithm_self_assessment", "algorithm self-assessment"),
    "publicity_content": ("拟公示", "publicity"),
    "officer_proof": ("工作证明", "officer"),
    "business_license": ("营业执照", "business_license", "business license"),
    "security_assessment_report": ("安全评估报告", "security_assessment", "security assessment"),
    "service_agreement": ("服务协议", "service_agreement", "agreement", "terms"),
    "privacy_policy": ("隐私", "privacy"),
    "annotation_rules": ("标注规则", "annotation"),
    "keyword_list": ("关键词", "keyword"),
    "test_questions": ("测试题", "题库", "question"),
    "called_model_statement": ("调用", "called_model", "called model"),
    "content_safety_system": ("内容安全", "content_safety", "content safety"),
    "label_materials": ("标识", "label"),
    "continuity_statement": ("断供", "continuity"),
    "corpus_proof": ("语料来源", "corpus_proof", "proof"),
}


@for_members
def documents(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Show the documents of a filing, what was read in each beside what is declared, and which kinds are still missing."""
    filing = visit.find_filing(uid)
    draft = Draft(filing)
    entries = entries_of(filing, draft.document, visit.language)
    named = {entry.get("sha256") for entry in draft.document.get("documents") or ()}
    context = {
        "room": "filings",
        "filing": filing,
        "draft": draft,
        "entries": [(entry, _counts(draft, entry)) for entry in entries],
        "others": filing.documents.exclude(sha256__in=named - {None}),
        "kinds": [(code, label.in_(visit.language)) for code, label in DOCUMENT_KINDS.items()],
        "can_edit": filing.is_editable and visit.can_file,
        "can_upload": visit.can_file and filing.status not in workflow.ENDED,
        "missing": _missing(draft, visit),
        "is_reading": any(
            entry.remarks and not (entry.held and entry.held.facts and entry.held.facts.contents) for entry in entries
        ),
    }
    return visit.page("documents.html", context)


def _missing(draft: Draft, visit: Visit) -> list[str]:
    """Return what the rules say of documents that are not there."""
    flags = [flag for flag in draft.flags if flag.rule.startswith("DOC-") and flag.at == "/documents"]
    return [flag_view(flag, visit.language).message for flag in flags]


def _counts(draft: Draft, entry: Entry) -> list[tuple[BankCount, int | None]]:
    """Return what was counted in a list, each with the total that is declared."""
    assessment = draft.document.get("assessment") or {}
    return [(bank, (assessment.get(bank.bank) or {}).get("total")) for bank in entry.banks]


@for_filers
def upload(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Take one or more files; each is refused or kept by itself. Scripts get JSON, browsers without them the page again."""
    filing = visit.find_filing(uid)
    results = [_uploaded(visit, filing, file) for file in visit.request.FILES.getlist("file")]
    if visit.request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"results": results}, status=200 if all(line["ok"] for line in results) else 422)
    for line in results:
        (messages.success if line["ok"] else messages.error)(visit.request, f"{line['name']}: {line['text']}")
    if not results:
        messages.error(visit.request, _("Choose a file first."))
    return redirect("workspace:documents", visit.organization.uid, uid)


def _uploaded(visit: Visit, filing: Filing, file: Any) -> dict[str, Any]:
    """Keep a file for the entry that it was chosen for, or the one that it fits, or a new one of its kind."""
    post = visit.request.POST
    try:
        incoming = received(file.chunks(), file.name, limit=LARGEST)
        # What is refused leaves the entries as they were.
        with transaction.atomic():
            entry = _entry_for(visit, filing, incoming, post.get("entry", ""), post.get("kind", ""))
            document, is_new = upload_document(filing, incoming, entry=entry, by=visit.user)
            check_at_once(filing)
    except TooLarge as error:
        return _failed(file, problem_of(DocumentRefused("too_large", limit=error.limit)).text)
    except NOT_STORED as error:
        return _failed(file, not_stored_text(error, visit.language))
    kind = _kind_of(filing, document)
    label = DOCUMENT_KINDS[kind].in_(visit.language) if kind in DOCUMENT_KINDS else ""
    text = _("kept as %(kind)s.") % {"kind": label} if label else _("kept.")
    return {"ok": True, "name": document.filename, "text": text if is_new else _("was there already.")}


def _failed(file: Any, text: str) -> dict[str, Any]:
    return {"ok": False, "name": file.name, "text": text}


def _kind_of(filing: Filing, document: Document) -> str:
    entries = tree_of(filing.kept_dossier().content).get("documents") or []
    return next((entry.get("kind") or "" for entry in entries if entry.get("sha256") == document.sha256), "")


def _entry_for(visit: Visit, filing: Filing, file: Incoming, chosen: str, kind: str) -> int | None:
    """Return the number of the entry that a file fills in; a chosen one that names another file is emptied first."""
    kept = filing.kept_dossier()
    document = tree_of(kept.content)
    entries = document.get("documents") or []
    if any(entry.get("sha256") == file.sha256 for entry in entries) or not filing.is_editable:
        return None
    number = int(chosen) if re.fullmatch("[0-9]{1,6}", chosen) and int(chosen) < len(entries) else None
    if number is None:
        number = _fitting(entries, kind or kind_by_name(file.filename))
    if number is None:
        number = len(entries)
        entries.append({"kind": kind or kind_by_name(file.filename) or "other"})
    elif not entries[number].get("sha256"):
        return number
    for field in ("sha256", "size", "filename"):
        entries[number].pop(field, None)
    document["documents"] = entries
    store(filing, parsed_document(document), by=visit.user, version=kept.sha256)
    return number


def _fitting(entries: list[Any], kind: str) -> int | None:
    numbers = (i for i, entry in enumerate(entries) if entry.get("kind") == kind and not entry.get("sha256"))
    return next(numbers, None)


def kind_by_name(name: str) -> str:
    """Return the kind of document that the name of a file tells, by its longest word; empty if it tells none."""
    lowered = name.lower()
    known_names = [(word, kind) for kind, known in _WORDS.items() for word in (DOCUMENT_KINDS[kind].zh, kind, *known)]
    return max((pair for pair in known_names if pair[0] in lowered), key=lambda pair: len(pair[0]), default=("", ""))[1]


@for_members
def document(visit: Visit, uid: UUID, sha256: str) -> HttpResponseBase:
    """Download a document."""
    return download(visit.find_filing(uid), sha256, by=visit.user)

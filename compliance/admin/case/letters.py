"""Composing a letter to the applicant at the desk, and reading those that were sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from compliance.admin.acting import BUTTONS
from compliance.admin.case.cases import address_of, filing_of
from compliance.admin.pages import show_refusal, user_of
from compliance.api.problems import refusals_as_problems
from compliance.filings import workflow
from compliance.language import Language
from compliance.letters import sending
from compliance.letters.composing import Point, Text, draft, language_of_applicant, point_of
from compliance.letters.printing import as_pdf, office_of, particulars_of, title_of
from compliance.models import Filing, Flag, Letter, LetterKind
from registry.api.problems import Problem

LONGEST = 20_000
MOST_OWN_POINTS = 3
_KINDS: Mapping[str, tuple[LetterKind, Callable[..., Filing]]] = MappingProxyType(
    {
        workflow.RETURN.verb: (LetterKind.CORRECTION, sending.return_filing),
        workflow.REJECT.verb: (LetterKind.REJECTION, sending.reject_filing),
        workflow.DECIDE.verb: (LetterKind.DECISION, sending.decide_filing),
    }
)


def compose(request: HttpRequest, key: int, verb: str) -> HttpResponse:
    """Show the letter of a step as it is proposed; send it as it was edited. What is refused keeps what was typed."""
    filing = filing_of(request, key)
    if verb not in _KINDS:
        raise Http404
    flags = list(Flag.objects.open().filter(filing=filing).order_by("level", "pk"))
    if request.method != "POST":
        return _form(request, filing, verb, _proposed(request, filing, verb, flags))
    posted = _posted(request, filing, flags)
    try:
        _send(request, filing, verb, posted)
    except Problem as problem:
        show_refusal(request, problem)
        if problem.code == "changed_meanwhile":
            # What was typed can be sent once the writer has read what is new.
            posted["expected_version"] = filing_of(request, key).last_event_hash
        return _form(request, filing, verb, posted)
    messages.success(request, _("Sent. The applicant is told."))
    return redirect(address_of(filing, request))


def _proposed(request: HttpRequest, filing: Filing, verb: str, flags: list[Flag]) -> dict[str, Any]:
    language = _language(request.GET.get("language"), filing)
    kind = _KINDS[verb][0]
    text = draft(filing, kind, language)
    points = [_row(flag, language, flag.level == "error") for flag in flags] if kind == LetterKind.CORRECTION else []
    return {
        "language": language,
        "opening": text.opening,
        "closing": text.closing,
        "points": points,
        "own_points": [""] * MOST_OWN_POINTS,
        "reason": "",
        "expected_version": filing.last_event_hash,
    }


def _language(given: str | None, filing: Filing) -> Language:
    return "zh" if given == "zh" else "en" if given == "en" else language_of_applicant(filing)


def _row(flag: Flag, language: Language, is_chosen: bool) -> dict[str, Any]:
    point = point_of(flag, language)
    return {"flag": flag, "point": point, "text": point.text, "is_chosen": is_chosen}


def _posted(request: HttpRequest, filing: Filing, flags: list[Flag]) -> dict[str, Any]:
    form = request.POST
    language = _language(form.get("language"), filing)
    chosen = set(form.getlist("point"))
    rows = [_row(flag, language, str(flag.pk) in chosen) for flag in flags]
    for row in rows:
        row["text"] = form.get(f"text-{row['flag'].pk}", row["text"])[:LONGEST]
    return {
        "language": language,
        "opening": form.get("opening", "")[:LONGEST],
        "closing": form.get("closing", "")[:LONGEST],
        "points": rows if "closing" in form else [],
        "own_points": [text[:LONGEST] for text in form.getlist("own")[:MOST_OWN_POINTS]],
        "reason": form.get("reason", "")[:LONGEST],
        "expected_version": form.get("expected_version", ""),
    }


def _send(request: HttpRequest, filing: Filing, verb: str, posted: dict[str, Any]) -> None:
    kind, send = _KINDS[verb]
    text = _text(posted)
    if kind == LetterKind.CORRECTION and not text.points:
        raise Problem(400, "no_point", _("Not sent"), _("Choose or write at least one point to correct."))
    with refusals_as_problems():
        send(
            filing,
            by=user_of(request),
            reason=posted["reason"],
            expected_version=frozenset({posted["expected_version"]}),
            text=text,
        )


def _text(posted: dict[str, Any]) -> Text:
    points = [
        Point(row["text"].strip(), point.rule, point.at, point.variant, point.place, point.law)
        for row in posted["points"]
        for point in [row["point"]]
        if row["is_chosen"]
    ]
    own = [Point(text.strip()) for text in posted["own_points"] if text.strip()]
    opening = "\n".join(part for part in (posted["opening"].strip(), posted["reason"].strip()) if part)
    return Text(posted["language"], opening, posted["closing"].strip(), [*points, *own])


def _form(request: HttpRequest, filing: Filing, verb: str, values: dict[str, Any]) -> HttpResponse:
    label, hint = BUTTONS[verb]
    reader: Language = "zh" if request.LANGUAGE_CODE.startswith("zh") else "en"  # type: ignore[attr-defined]
    row = workflow.transition(verb, kind=filing.kind, action=filing.action, status=filing.status)
    context = {
        **admin.site.each_context(request),
        "title": label.in_(reader),
        "hint": hint.in_(reader),
        "filing": filing,
        "verb": verb,
        "is_open": row is not None,
        "needs_reason": bool(row and row.needs_reason),
        "queue": request.POST.get("queue") or request.GET.get("queue", ""),
        "opts": Filing._meta,
        **values,
    }
    return TemplateResponse(request, "compliance/desk/compose.html", context)


def letter(request: HttpRequest, key: int, number: str) -> HttpResponse:
    """Show a letter that was sent, or return it as PDF."""
    filing = filing_of(request, key)
    row = get_object_or_404(
        Letter.objects.filter(filing=filing).select_related("by", "event", "filing__applicant"), number=number
    )
    if "pdf" in request.GET:
        headers = {"Content-Disposition": f'inline; filename="{row.number}.pdf"', "Cache-Control": "private, no-cache"}
        return HttpResponse(as_pdf(row), content_type="application/pdf", headers=headers)
    context = {
        **admin.site.each_context(request),
        "title": title_of(row),
        "filing": filing,
        "letter": row,
        "particulars": particulars_of(row),
        "office": office_of(row),
        "opts": Filing._meta,
    }
    return TemplateResponse(request, "compliance/desk/letter.html", context)

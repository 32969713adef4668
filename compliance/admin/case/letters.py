"""Composing a letter to the applicant at the desk, and reading those that were sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.acting import BUTTONS
from compliance.admin.case.cases import address_of, filing_of
from compliance.admin.pages import show_refusal, user_of
from compliance.api.problems import refusals_as_problems
from compliance.api.refusal_texts import NOT_PERMITTED
from compliance.filings import workflow
from compliance.filings.permissions import Permissions
from compliance.filings.reviewing import check_at_once
from compliance.language import Language, language_of
from compliance.letters import sending
from compliance.letters.composing import Point, Text, draft, language_of_applicant, period_to_answer, point_of
from compliance.letters.printing import as_pdf
from compliance.models import DocumentTemplate, Filing, Flag, Letter, LetterKind, Level, Purpose
from compliance.reports.asking import in_the_readers
from compliance.reports.formats import FORMATS
from compliance.templating.keeping import template_for
from compliance.templating.rendering import TemplateRefused, filled_template
from compliance.templating.values import values_of_letter
from compliance.typesetting.pdf import NotSet
from registry.api.problems import Problem

LONGEST = 20_000
MOST_OWN_POINTS = 3
# More points of one's own than the form offers come from flags that are gone.
MOST_FLAGS = 200
logger = logging.getLogger(__name__)
# The steps that send the applicant a letter: its kind, and the action.
LETTERS: Mapping[str, tuple[LetterKind, Callable[..., Filing]]] = MappingProxyType(
    {
        workflow.RETURN.verb: (LetterKind.CORRECTION, sending.return_filing),
        workflow.REJECT.verb: (LetterKind.REJECTION, sending.reject_filing),
        workflow.DECIDE.verb: (LetterKind.DECISION, sending.decide_filing),
    }
)


def compose(request: HttpRequest, key: int, verb: str) -> HttpResponse:
    """Show the letter of a step as it is proposed; send it as it was edited. What is refused keeps what was typed."""
    filing = filing_of(request, key)
    if verb not in LETTERS:
        raise Http404
    if request.method != "POST":
        return _form(request, filing, verb, _proposed(request, filing, verb))
    posted = _posted(request, filing, verb)
    try:
        _send(request, filing, verb, posted)
    except Problem as problem:
        show_refusal(request, problem)
        if problem.code == "flags_changed":
            check_at_once(filing)
        return _form(request, filing, verb, _brought_up_to_date(posted, filing_of(request, key)))
    messages.success(request, _("Sent. The applicant will be notified."))
    return redirect(address_of(filing, request))


def _open_flags(filing: Filing, verb: str) -> list[Flag]:
    """Return the flags of which a correction notice can be made, errors first; none for another letter."""
    if LETTERS[verb][0] != LetterKind.CORRECTION:
        return []
    order = {str(level): place for place, level in enumerate(Level)}
    return sorted(Flag.objects.open().filter(filing=filing).order_by("pk"), key=lambda flag: order[flag.level])


def _proposed(request: HttpRequest, filing: Filing, verb: str) -> dict[str, Any]:
    language = _language(request.GET.get("language"), filing)
    return {
        "language": language,
        "opening": draft(filing, LETTERS[verb][0], language).opening,
        "closing": "",
        "points": [_row(flag, language, flag.level == Level.ERROR) for flag in _open_flags(filing, verb)],
        "own_points": [""] * MOST_OWN_POINTS,
        "reason": "",
        "expected_version": filing.last_event_hash,
    }


def _language(given: str | None, filing: Filing) -> Language:
    return "zh" if given == "zh" else "en" if given == "en" else language_of_applicant(filing)


def _row(flag: Flag, language: Language, is_chosen: bool, text: str | None = None) -> dict[str, Any]:
    point = point_of(flag, language)
    return {"flag": flag, "point": point, "text": point.text if text is None else text, "is_chosen": is_chosen}


def _posted(request: HttpRequest, filing: Filing, verb: str) -> dict[str, Any]:
    """Return what was typed, with the points that the writer was shown, whatever became of their flags."""
    form = request.POST
    language, chosen = _language(form.get("language"), filing), set(form.getlist("point"))
    offered = [int(key) for key in form.getlist("offered") if key.isdecimal() and len(key) < 19]
    flags = Flag.objects.filter(filing=filing, pk__in=offered).order_by("pk")
    return {
        "language": language,
        "opening": form.get("opening", "")[:LONGEST],
        "closing": form.get("closing", "")[:LONGEST],
        "points": [
            _row(flag, language, str(flag.pk) in chosen, form.get(f"text-{flag.pk}", "")[:LONGEST]) for flag in flags
        ],
        "own_points": [text[:LONGEST] for text in form.getlist("own")[:MOST_FLAGS]],
        "reason": form.get("reason", "")[:LONGEST],
        "expected_version": form.get("expected_version", ""),
        "verb": verb,
    }


def _brought_up_to_date(posted: dict[str, Any], filing: Filing) -> dict[str, Any]:
    """
    Return what was typed, with the flags and the version of now: it can be sent once its writer has looked at it. What was
    written of a flag that is gone becomes a point of the writer's own.
    """
    typed = {row["flag"].identity: row for row in posted["points"]}
    flags = _open_flags(filing, posted["verb"])
    points = [
        typed.pop(flag.identity, None) or _row(flag, posted["language"], flag.level == Level.ERROR) for flag in flags
    ]
    gone = [row["text"] for row in typed.values() if row["is_chosen"]]
    own = [text for text in (*posted["own_points"], *gone) if text.strip()]
    blank = [""] * max(MOST_OWN_POINTS - len(own), 1)
    return {**posted, "points": points, "own_points": [*own, *blank], "expected_version": filing.last_event_hash}


def _send(request: HttpRequest, filing: Filing, verb: str, posted: dict[str, Any]) -> None:
    kind, send = LETTERS[verb]
    text = _text(posted)
    if kind == LetterKind.CORRECTION and not text.points:
        raise Problem(400, "no_point", _("Not sent"), _("Choose or write at least one point to correct."))
    if not all(point.text for point in text.points):
        message = _("One of the chosen points has no text. Write what is to be corrected, or do not choose the point.")
        raise Problem(400, "empty_point", _("Not sent"), message)
    known = {"known": {row["flag"].identity for row in posted["points"]}} if kind == LetterKind.CORRECTION else {}
    with refusals_as_problems():
        send(
            filing,
            by=user_of(request),
            reason=posted["reason"],
            expected_version=frozenset({posted["expected_version"]}),
            text=text,
            **known,
        )


def _text(posted: dict[str, Any]) -> Text:
    chosen = [row for row in posted["points"] if row["is_chosen"]]
    points = [replace(row["point"], text=row["text"].strip()) for row in chosen]
    own = [Point(text.strip()) for text in posted["own_points"] if text.strip()]
    opening = "\n".join(part for part in (posted["opening"].strip(), posted["reason"].strip()) if part)
    return Text(posted["language"], opening, posted["closing"].strip(), [*points, *own])


def _form(request: HttpRequest, filing: Filing, verb: str, values: dict[str, Any]) -> HttpResponse:
    label, hint = BUTTONS[verb]
    reader = language_of(get_language())
    context = {
        **admin.site.each_context(request),
        "title": label.in_(reader),
        "hint": hint.in_(reader),
        "filing": filing,
        "reason_closed": _reason_closed(filing, verb, request),
        "needs_reason": verb == workflow.REJECT.verb,
        "period": period_to_answer(filing, values["language"]) if verb == workflow.RETURN.verb else "",
        "queue": request.POST.get("queue") or request.GET.get("queue", ""),
        "opts": Filing._meta,
        **values,
        "verb": verb,
    }
    return TemplateResponse(request, "compliance/desk/compose.html", context)


def _reason_closed(filing: Filing, verb: str, request: HttpRequest) -> str:
    """Return why the letter cannot be sent by this user now; empty if it can."""
    row = workflow.transition(verb, kind=filing.kind, action=filing.action, status=filing.status)
    if row is None:
        return _("This step is not possible in the status of the filing any more.")
    code = Permissions(filing).why_not(row.duty, user_of(request))
    return str(NOT_PERMITTED[code]) if code else ""


def letter(request: HttpRequest, key: int, number: str) -> HttpResponse:
    """Show a letter that was sent, or return it as PDF or, after the authority's own template, as Word document."""
    filing = filing_of(request, key)
    row = get_object_or_404(Letter.objects.filter(filing=filing), number=number)
    if "pdf" in request.GET:
        return _pdf(request, row)
    template = template_for(Purpose.LETTER, row.language)
    if "docx" in request.GET and template is not None:
        return _docx(request, row, template)
    context = {
        **admin.site.each_context(request),
        "title": row.title,
        "filing": filing,
        "letter": row,
        "has_template": template is not None,
        "opts": Filing._meta,
    }
    return TemplateResponse(request, "compliance/desk/letter.html", context)


def _pdf(request: HttpRequest, row: Letter) -> HttpResponse:
    try:
        content = as_pdf(row)
    except NotSet:
        logger.exception("The letter %s could not be set.", row)
        messages.error(request, _("The PDF could not be made. The letter below is complete; try again in a minute."))
        return redirect("admin:compliance_filing_letter", row.filing_id, row.number)
    headers = {"Content-Disposition": f'inline; filename="{row.number}.pdf"', "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _docx(request: HttpRequest, row: Letter, template: DocumentTemplate) -> HttpResponse:
    try:
        content = filled_template(bytes(template.content), values_of_letter(row))
    except TemplateRefused as refused:
        messages.error(request, in_the_readers(refused.text))
        return redirect("admin:compliance_filing_letter", row.filing_id, row.number)
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.docx"', "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type=FORMATS["docx"].media_type, headers=headers)

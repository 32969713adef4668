"""Letters of the authority, answers to a correction notice, and messages with whoever works on the filing."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from compliance.api.problems import problem_of
from compliance.casework.commenting import comment_on, comments_of
from compliance.casework.comparing import compared_trees
from compliance.casework.refusals import CommentRefused
from compliance.dossier.stored import tree_of
from compliance.filings import workflow
from compliance.filings.actions import submit_filing
from compliance.filings.refusals import Refused
from compliance.forms.sections import section_of_place
from compliance.language import listed
from compliance.letters.printing import as_pdf
from compliance.models import Audience, Filing, Letter, LetterKind, Level
from compliance.typesetting.pdf import NotSet
from compliance.workspace.drafts import Draft
from compliance.workspace.fields import FlagLine, flag_lines, id_of
from compliance.workspace.visits import Visit, for_filers, for_members
from compliance.workspace.visits import refused as refuse

logger = logging.getLogger(__name__)
# An answer to one point; together they are a message.
LONGEST_ANSWER = 1_000
LONGEST_MESSAGE = 4_000
# So many changed places are named in the message.
MOST_PLACES = 30


@for_members
def letter(visit: Visit, uid: UUID, number: str) -> HttpResponseBase:
    """Show a letter of the authority, or give it as PDF."""
    filing = visit.find_filing(uid)
    found = filing.letters.filter(number=number).first()
    if found is None:
        raise Http404
    if "pdf" in visit.request.GET:
        return _pdf(visit, filing, found)
    return visit.page("letter.html", {"room": "filings", "filing": filing, "letter": found})


def _pdf(visit: Visit, filing: Filing, found: Letter) -> HttpResponseBase:
    try:
        content = as_pdf(found)
    except NotSet:
        logger.exception("The letter %s could not be set.", found)
        messages.error(visit.request, _("The PDF could not be made. Try again in a minute; the whole text is here."))
        return redirect("workspace:letter", visit.organization.uid, filing.uid, found.number)
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@for_members
def conversation(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Show the messages about a filing, and take a new one."""
    filing = visit.find_filing(uid)
    text, refused = visit.request.POST.get("text", ""), ""
    if visit.request.method == "POST" and not visit.can_file:
        return refuse(visit, "not_a_filer")
    if visit.request.method == "POST":
        try:
            comment_on(filing, text, by=visit.user, audience=Audience.APPLICANT)
        except (CommentRefused, Refused) as error:
            refused = problem_of(error).text
        else:
            messages.success(visit.request, _("The message is sent."))
            return redirect("workspace:messages", visit.organization.uid, uid)
    context = {
        "room": "filings",
        "filing": filing,
        "comments": comments_of(filing, for_staff=False),
        "text": text,
        "refused": refused,
        "can_write": visit.can_file and filing.first_submitted_at is not None,
        "limit": LONGEST_MESSAGE,
    }
    return visit.page("messages_page.html", context, status=422 if refused else 200)


@for_filers
def answer(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Show a correction notice point by point, each leading to its field, and submit the answer."""
    filing = visit.find_filing(uid)
    notice = filing.letters.filter(kind=LetterKind.CORRECTION).order_by("-pk").first()
    if filing.status != workflow.RETURNED:
        return redirect("workspace:filing", visit.organization.uid, uid)
    points = notice.points if notice else []
    if visit.request.method == "POST":
        return _answered(visit, filing, notice, points)
    return _answer_page(visit, filing, notice, points)


def _answered(visit: Visit, filing: Filing, notice: Letter | None, points: list[Any]) -> HttpResponseBase:
    """Submit the filing again with the answers, in one transaction: both arrive, or neither."""
    answers = [visit.request.POST.get(f"answer-{i}", "").strip() for i in range(len(points))]
    text = _message_of(notice, points, answers, visit.request.POST.get("remark", "").strip())
    changed = _changed_places(filing, visit)
    text = "\n".join([text, changed]).strip() if len(text) + len(changed) < LONGEST_MESSAGE else text
    if len(text) > LONGEST_MESSAGE or any(len(each) > LONGEST_ANSWER for each in answers):
        messages.error(
            visit.request,
            _("The answers have %(n)s characters; at most %(limit)s are possible. Shorten them, or add a document.")
            % {"n": len(text), "limit": LONGEST_MESSAGE},
        )
        return _answer_page(visit, filing, notice, points, status=422)
    version = frozenset({visit.request.POST.get("version", "")})
    try:
        with transaction.atomic():
            submit_filing(filing, by=visit.user, expected_version=version)
            if text:
                comment_on(visit.find_filing(filing.uid), text, by=visit.user, audience=Audience.APPLICANT)
    except (CommentRefused, Refused) as error:
        messages.error(visit.request, problem_of(error).text)
        return _answer_page(visit, filing, notice, points, status=409)
    messages.success(visit.request, _("The filing is submitted again, with your answers."))
    return redirect("workspace:filing", visit.organization.uid, filing.uid)


def _changed_places(filing: Filing, visit: Visit) -> str:
    """Return what differs from the last revision, in one line."""
    last = filing.revisions.latest("number")
    found = compared_trees(tree_of(last.content), Draft(filing).document, visit.language)
    names = [row.name for row in found]
    shown = names[:MOST_PLACES] + ([f"… ({len(names)})"] if len(names) > MOST_PLACES else [])
    return _("Changed: %(fields)s") % {"fields": listed(shown, visit.language)} if names else ""


def _message_of(notice: Letter | None, points: list[Any], answers: list[str], remark: str) -> str:
    lines = [
        f"{i}. {point['place'] or point['text'].splitlines()[0][:80]}: {given}"
        for i, (point, given) in enumerate(zip(points, answers, strict=True), 1)
        if given
    ]
    heading = [_("Answer to %(number)s") % {"number": notice.number}] if notice and lines else []
    return "\n".join([*heading, *lines, *([remark] if remark else [])])


def _answer_page(
    visit: Visit, filing: Filing, notice: Letter | None, points: list[Any], status: int = 200
) -> HttpResponseBase:
    draft = Draft(filing)
    last = filing.revisions.latest("number")
    post = visit.request.POST
    context = {
        "room": "filings",
        "filing": filing,
        "draft": draft,
        "letter": notice,
        "points": [_point(draft, i, point, post.get(f"answer-{i}", ""), visit) for i, point in enumerate(points)],
        "others": _other_errors(draft, points, visit),
        "differences": compared_trees(tree_of(last.content), draft.document, visit.language),
        "remark": post.get("remark", ""),
    }
    return visit.page("answer.html", context, status=status)


def _point(draft: Draft, number: int, point: dict[str, str], answer: str, visit: Visit) -> dict[str, Any]:
    """Return a point with the address of its field, and whether its fault is still there."""
    section = section_of_place(draft.sections, point["at"])
    same = {flag.identity for flag in draft.flags if not flag.is_waived}
    is_open = (point["rule"], point["at"], point["variant"]) in same
    return {
        **point,
        "number": number,
        "answer": answer,
        "path": section.path if point["rule"] else "",
        "anchor": id_of(point["at"]),
        "state": "look" if not point["rule"] else "open" if is_open else "mended",
    }


def _other_errors(draft: Draft, points: list[Any], visit: Visit) -> list[FlagLine]:
    """Return the open errors that are no points of the notice."""
    known = {(point["rule"], point["at"], point["variant"]) for point in points}
    errors = [flag for flag in draft.flags if flag.level == Level.ERROR and not flag.is_waived]
    return flag_lines(draft, [flag for flag in errors if flag.identity not in known], visit.language)

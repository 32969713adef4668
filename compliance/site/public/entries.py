"""An entry of the register: what stands behind a number, its history, what its models declare, how to cite and to show it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from compliance.filings import workflow
from compliance.language import language_of
from compliance.models import Event, Filing
from compliance.site.public.limiting import public
from compliance.site.public.texts import without_controls
from registry.lineage.layout import laid_out
from registry.lineage.picture import drawn
from registry.models import AIModel, OfficialNumber
from registry.models.numbers import in_force
from registry.reference.regions import PROVINCES
from registry.site.linked_data import as_linked_data

# What happens to a number in public. Reasons and steps of the review are not.
_PUBLIC = {
    workflow.DECIDE.verb: workflow.FILED,
    workflow.RECORD_DECISION.verb: workflow.FILED,
    workflow.SUSPEND.verb: workflow.SUSPENDED,
    workflow.RESUME.verb: workflow.FILED,
    workflow.REVOKE.verb: workflow.REVOKED,
    workflow.CANCEL.verb: workflow.CANCELLED,
    workflow.AMENDED: workflow.AMENDED,
}
MOST_MODELS = 20
MOST_SUGGESTIONS = 8


@public()
def entry(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Show an entry."""
    row = _row(uid)
    models = list(AIModel.objects.visible_to(None).filter(official_numbers=row)[:MOST_MODELS])
    context = {
        "row": row,
        "province": _province(row),
        "history": history_of(row),
        "listings": row.listings.select_related("source").order_by("announced", "pk"),
        "models": [(model, _picture(model)) for model in models],
        "linked_data": _as_script(as_linked_data(row)),
        "address": f"{settings.BASE_URL}/register/{row.uid}/",
        "today": timezone.localdate(),
        "is_in_force": row.status == in_force(row.kind),
    }
    return render(request, "site/register/entry.html", context)


@public()
def suggestions(request: HttpRequest) -> JsonResponse:
    """Return names, holders and numbers that a beginning may mean: `{"suggestions": […]}`."""
    query = request.GET.get("q", "").strip()[:100]
    rows = OfficialNumber.objects.found_by(query).values_list("title", "holder", "number")[: 5 * MOST_SUGGESTIONS]
    terms = [term.casefold() for term in query.split()]
    found = (text for row in rows for text in row if terms and all(term in text.casefold() for term in terms))
    return JsonResponse({"suggestions": list(dict.fromkeys(found))[:MOST_SUGGESTIONS]})


@public(300)
def badge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a badge: kind and number, green while the number is in force, with the status else."""
    row = _row(uid)
    is_good = row.status == in_force(row.kind)
    context = {"row": row, "is_good": is_good, "label": row.get_kind_display(), "text": without_controls(row.number)}
    if not is_good:
        context["text"] += f" · {row.get_status_display()}"
    widths = {
        name: 16 + sum(12 if ord(letter) > 0x2E7F else 7 for letter in context[name]) for name in ("label", "text")
    }
    response = render(request, "site/register/badge.svg", {**context, "widths": widths}, content_type="image/svg+xml")
    return _for_other_sites(response)


@csp_replace({"frame-ancestors": ["*"]})
@xframe_options_exempt
@public(300)
def card(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a small page to be embedded in other sites: the verified number with its status and a link to the entry."""
    row = _row(uid)
    context = {
        "row": row,
        "is_in_force": row.status == in_force(row.kind),
        "address": f"{settings.BASE_URL}/register/{row.uid}/",
    }
    return _for_other_sites(render(request, "site/register/card.html", context))


def history_of(row: OfficialNumber) -> list[tuple[date, str]]:
    """Return when the status of a number changed, and to what, the oldest first; for a number from published lists, its day of issue."""
    events = Event.objects.filter(filing__in=Filing.objects.filter(official_number=row), verb__in=_PUBLIC)
    language = language_of(get_language())
    found = [
        (_day_of(event), _named(row, _PUBLIC[event.verb], language)) for event in events.order_by("filing", "number")
    ]
    if not found and row.issued_on:
        return [(row.issued_on, _("issued"))]
    return found


def _day_of(event: Event) -> date:
    """Return the day of a decision; one that was made elsewhere was recorded later."""
    day = event.data.get("day") if event.verb == workflow.RECORD_DECISION.verb else None
    return date.fromisoformat(day) if day else timezone.localdate(event.at)


def _named(row: OfficialNumber, status: str, language: Any) -> str:
    if status == workflow.AMENDED:
        return workflow.VERBS[status].in_(language)
    return str(
        dict(OfficialNumber._meta.get_field("status").choices or ())[
            in_force(row.kind) if status == workflow.FILED else status
        ]
    )


def _picture(model: AIModel) -> dict[str, Any] | None:
    """Return the lineage of a model along public declarations as a drawing; None if nothing is declared."""
    lineage = drawn(model, None)
    if len(lineage["nodes"]) < 2:
        return None
    roots = [node for node in lineage["nodes"] if node.is_root]
    return {"drawing": laid_out(lineage["nodes"], lineage["edges"]), "roots": roots}


def _as_script(data: dict[str, Any]) -> SafeString:
    """Return linked data as the text of a script element, which no text in it can end."""
    text = json.dumps(data, ensure_ascii=False)
    # What could end the element or begin another one is written as a JSON escape.
    return mark_safe(text.translate({ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}))  # noqa: S308


def _row(uid: UUID) -> OfficialNumber:
    row = OfficialNumber.objects.select_related("organization").filter(uid=uid).first()
    if row is None:
        raise Http404
    return row


def _province(row: OfficialNumber) -> str:
    names = PROVINCES.get(row.jurisdiction)
    return names[(get_language() or "").startswith("zh")] if names else row.place


def _for_other_sites(response: HttpResponse) -> HttpResponse:
    """Let other sites show an answer, as a picture or in a frame."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response

"""Search from every page of the desk: cases, numbers, services, organizations and AI models, each hit with its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.admin.pages import user_of
from compliance.models import Filing
from registry.models import AIModel, OfficialNumber, Organization, Service, User

MOST = 10


def search(request: HttpRequest) -> HttpResponse:
    """Show what matches. A full case number leads to the case at once."""
    user, query = user_of(request), request.GET.get("q", "").strip()[:200]
    case = Filing.objects.visible_to(user).filter(case_number=query.upper()).first() if query else None
    if case and case.first_submitted_at:
        return redirect(reverse("admin:compliance_filing_change", args=[case.pk]))
    groups = [group for find in _FINDERS if (group := find(query, user))["hits"]] if query else []
    context = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "search_query": query,
        "groups": groups,
        "most": MOST,
    }
    return TemplateResponse(request, "compliance/desk/search.html", context)


def _filings(query: str, user: User) -> dict[str, Any]:
    rows = Filing.objects.visible_to(user).filter(first_submitted_at__isnull=False).found_by(query)
    hits = [
        _hit("compliance_filing", row.pk, f"{row.case_number} · {row.service_name}", row.applicant.name, row)
        for row in rows.select_related("applicant").order_by("-pk")[:MOST]
    ]
    return _group(_("Filings"), hits, "compliance_filing", query)


def _numbers(query: str, user: User) -> dict[str, Any]:
    rows = OfficialNumber.objects.all() if user.roles else OfficialNumber.objects.none()
    found = rows.filter(pk__in=_keys(rows, query)).select_related("organization")
    hits = [_hit("registry_officialnumber", row.pk, row.number, f"{row.title} · {row.holder or ''}") for row in found]
    return _group(_("Official numbers"), hits, "registry_officialnumber", query)


def _services(query: str, user: User) -> dict[str, Any]:
    rows = Service.objects.visible_to(user)
    found = rows.filter(pk__in=_keys(rows, query)).select_related("organization")
    hits = [_hit("registry_service", row.pk, row.name, row.organization.name) for row in found]
    return _group(_("Services"), hits, "registry_service", query)


def _organizations(query: str, user: User) -> dict[str, Any]:
    rows = Organization.objects.visible_to(user)
    found = rows.filter(pk__in=_keys(rows, query))
    hits = [_hit("registry_organization", row.pk, row.name, row.uscc or row.name_en) for row in found]
    return _group(_("Organizations"), hits, "registry_organization", query)


def _models(query: str, user: User) -> dict[str, Any]:
    rows = AIModel.objects.visible_to(user)
    found = rows.filter(pk__in=_keys(rows, query)).select_related("developer")
    hits = [_hit("registry_aimodel", row.pk, str(row), row.developer.name if row.developer else "") for row in found]
    return _group(_("AI models"), hits, "registry_aimodel", query)


_FINDERS: tuple[Callable[[str, User], dict[str, Any]], ...] = (_filings, _numbers, _services, _organizations, _models)


def _keys(rows: Any, query: str) -> list[int]:
    """Return the keys of the latest hits, so that only these are read whole."""
    return list(rows.found_by(query).order_by("-pk").values_list("pk", flat=True)[:MOST])


def _hit(name: str, key: int, title: str, detail: str, filing: Filing | None = None) -> dict[str, Any]:
    return {"url": reverse(f"admin:{name}_change", args=[key]), "title": title, "detail": detail, "filing": filing}


def _group(title: str, hits: list[dict[str, Any]], name: str, query: str) -> dict[str, Any]:
    more = reverse(f"admin:{name}_changelist") if len(hits) == MOST else ""
    return {"title": title, "hits": hits, "more": more, "query": query}

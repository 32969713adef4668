"""The dependence page: what services are built on, and which filings are affected if a family is barred."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.pages import user_of
from compliance.admin.permissions import can_see_filings
from compliance.api.dependence import LAST_DAY
from compliance.dossier.codes import KINDS
from compliance.language import Language, language_of
from compliance.statistics.dependence import DOMESTIC, FOREIGN, UNKNOWN, trace_models_in_use
from compliance.statistics.what_breaks import Barred, what_breaks
from registry.api.parameters import day_in
from registry.countries import country_name
from registry.lineage.ancestry import WAYS
from registry.reference.base_models import families
from registry.reference.regions import PROVINCES
from registry.tables import csv_table

MOST_ROWS = 500
MOST_BARS = 12


def page(request: HttpRequest) -> HttpResponse:
    """Show what the models in use are built on. With `family`, list the filings affected if it is barred."""
    if not can_see_filings(request):
        raise PermissionDenied
    language = language_of(get_language())
    query = _query(request)
    context = {
        **admin.site.each_context(request),
        **_statistics(request, query),
        "asked": query,
        "title": _("Dependence"),
    }
    context |= {"families": sorted(families()), "ways": _ways(), "broken": _broken(request, query, language)}
    if request.GET.get("form") == "csv" and context["broken"]:
        return _as_csv(context["broken"], query, language)
    return TemplateResponse(request, "compliance/desk/dependence.html", context)


def _query(request: HttpRequest) -> dict[str, Any]:
    """Return the parameters of the query. An invalid parameter is replaced by its default."""
    way = request.GET.get("through", "")
    family = request.GET.get("family", "")
    return {
        "through": way if way in WAYS else "weights",
        "family": family if family in families() else "",
        "on": day if (day := day_in(request.GET.get("on", ""))) and day <= LAST_DAY else timezone.localdate(),
    }


def _ways() -> list[tuple[str, str]]:
    return [("weights", _("weights")), ("architecture", _("weights, architecture or outputs"))]


def _statistics(request: HttpRequest, query: dict[str, Any]) -> dict[str, Any]:
    dependence = trace_models_in_use(user_of(request), day=query["on"], through=WAYS[query["through"]])
    counted: dict[str, Any] = {"country": dependence.count("country"), "family": dependence.count("family")}
    counted["license"] = dependence.count("license")
    origins = counted["country"]["origins"]
    names = ((DOMESTIC, _("Chinese roots only")), (FOREIGN, _("At least one foreign root")), (UNKNOWN, _("Unknown")))
    return {
        "filings": counted["country"]["filings"],
        "models": counted["country"]["models"],
        "origins": [
            {"code": code, "name": name, **origins[code], "percent": _percent(origins[code])} for code, name in names
        ],
        "charts": [
            {"title": title, "name": name, "rows": [_bar(row, name) for row in counted[name]["rows"][:MOST_BARS]]}
            for name, title in (("family", _("By family")), ("country", _("By country")), ("license", _("By license")))
        ],
    }


def _percent(row: dict[str, Any]) -> str:
    return f"{100 * row['share']:.1f}"


def _bar(row: dict[str, Any], by: str) -> dict[str, Any]:
    note = country_name(row["value"], language_of(get_language())) if by == "country" else ""
    return {**row, "percent": _percent(row), "note": note}


def _broken(request: HttpRequest, query: dict[str, Any], language: Language) -> dict[str, Any] | None:
    if not query["family"]:
        return None
    barred = Barred(family=query["family"])
    broken = what_breaks(user_of(request), barred, through=WAYS[query["through"]], day=query["on"])
    for row in broken["rows"]:
        row["kind_label"] = KINDS[row["kind"]].in_(language)
        row["province_label"] = _province_in(row["province"] or "", language)
    return {**broken, "shown": broken["rows"][:MOST_ROWS], "left_out": max(len(broken["rows"]) - MOST_ROWS, 0)}


def _as_csv(broken: dict[str, Any], query: dict[str, Any], language: Language) -> HttpResponse:
    columns = {
        "case_number": _("case number"),
        "service": _("service"),
        "kind_label": _("kind"),
        "applicant": _("applicant"),
        "uscc": _("USCC"),
        "province_label": _("province"),
        "monthly_active_users": _("monthly active users"),
        "models": _("models in use"),
    }
    rows = ({**row, "models": ", ".join(row["models"])} for row in broken["rows"])
    content = csv_table(columns.values(), ([row[name] for name in columns] for row in rows))
    day: date = query["on"]
    name = f"what-breaks-{query['family'].replace('/', '-')}-{day:%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _province_in(code: str, language: Language) -> str:
    return PROVINCES.get(code, (code, code))[language == "zh"]

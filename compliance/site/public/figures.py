"""Figures of the field: who files, where, when, and on what the filed models stand. Only numbers and public declarations count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.reports.catalog import Chart
from compliance.reports.charts import svg_of
from compliance.reports.presenting import ShownBreakdown, ShownGroup
from compliance.site.public.limiting import public
from compliance.statistics.public_figures import Counts, kept_figures
from registry.countries import country_name
from registry.models import NumberKind, NumberStatus
from registry.reference.regions import PROVINCES


@public()
def figures(request: HttpRequest) -> HttpResponseBase:
    """Show the figures as charts with their tables; as JSON with `?format=json`."""
    counts = kept_figures()
    if request.GET.get("format") == "json":
        return JsonResponse(
            {name: dict(rows) for name, rows in counts.items()}, json_dumps_params={"ensure_ascii": False}
        )
    shown = [_shown(name, counts[name]) for name in counts if name != "total"]
    context = {"total": counts["total"][0][1], "charts": [(each, svg_of(each)) for each in shown if each.groups]}
    return render(request, "site/register/figures.html", context)


def _shown(name: str, counts: Counts) -> ShownBreakdown:
    titles = {
        "kind": _("By kind"),
        "status": _("By status"),
        "month": _("By month of issue"),
        "province": _("By province"),
        "holder": _("Holders with the most numbers"),
        "base_country": _("Filed models by the country of their base model"),
        "base_family": _("Base models on which filed models stand"),
    }
    most = max((count for _name, count in counts), default=1)
    groups = [ShownGroup(key, _label(name, key), count, round(100 * count / most)) for key, count in counts]
    chart = Chart.COLUMNS if name == "month" else Chart.BARS
    return ShownBreakdown(name, titles[name], chart, [titles[name], _("Count")], groups)


def _label(name: str, key: str) -> str:
    is_chinese = (get_language() or "").startswith("zh")
    labels: Mapping[str, Any] = {
        "kind": dict(NumberKind.choices),
        "status": dict(NumberStatus.choices),
        "province": {code: names[is_chinese] for code, names in PROVINCES.items()},
    }.get(name, {})
    if name == "base_country":
        return country_name(key, "zh" if is_chinese else "en") if key else _("not known")
    return str(labels.get(key, key))

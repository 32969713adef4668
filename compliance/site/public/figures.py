"""Figures of the field: who files, where, when, and on what the filed models stand. Only numbers and public declarations count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.reports.catalog import Chart
from compliance.reports.charts import svg_of
from compliance.reports.presenting import ShownBreakdown, ShownGroup
from compliance.site.public.limiting import public
from registry.countries import country_name
from registry.lineage.ancestry import families_of
from registry.lineage.walks import edges_above
from registry.models import AIModel, NumberKind, NumberStatus, OfficialNumber
from registry.reference.regions import PROVINCES

KEPT_SECONDS = 300
MOST_GROUPS = 12
_IN_FORCE = (NumberStatus.FILED, NumberStatus.REGISTERED)
Counts = list[tuple[str, int]]


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


def kept_figures() -> dict[str, Counts]:
    """Return the figures, counted anew every five minutes."""
    found: dict[str, Counts] | None = cache.get("public-figures")
    if found is None:
        cache.set("public-figures", found := count_figures(), KEPT_SECONDS)
    return found


def count_figures() -> dict[str, Counts]:
    """Count the numbers by kind, status, province, month and holder, and the filed models by country and family of their bases."""
    numbers = OfficialNumber.objects.order_by()
    countries, families = _bases()
    months = numbers.filter(issued_on__isnull=False).annotate(month=TruncMonth("issued_on"))
    by_month = months.values_list("month").annotate(count=Count("pk")).order_by("month")
    return {
        "total": [("numbers", numbers.count())],
        "kind": _counted(numbers, "kind"),
        "status": _counted(numbers, "status"),
        "month": [(month.strftime("%Y-%m"), count) for month, count in by_month],
        "province": _counted(numbers.exclude(jurisdiction=""), "jurisdiction"),
        "holder": _counted(numbers.exclude(holder=""), "holder")[:MOST_GROUPS],
        "base_country": countries,
        "base_family": families[:MOST_GROUPS],
    }


def _counted(rows: Any, column: str) -> Counts:
    return list(rows.values_list(column).annotate(count=Count("pk")).order_by("-count", column))


def _bases() -> tuple[Counts, Counts]:
    """Count filed models that declare a base by its country and family; one that stands on several counts under each."""
    models = set(
        AIModel.objects.visible_to(None)
        .filter(
            official_numbers__status__in=_IN_FORCE,
            official_numbers__kind__in=(NumberKind.GENERATIVE, NumberKind.REGISTRATION),
        )
        .values_list("pk", flat=True)
    )
    parents: dict[int, set[int]] = defaultdict(set)
    for edge in edges_above(models, None):
        parents[edge.child].add(edge.parent)
    above = {model: _above(model, parents) for model in models}
    everything = set().union(models, *above.values())
    known = dict(AIModel.objects.filter(pk__in=everything).values_list("pk", "developer__country"))
    families = families_of(everything)
    countries: Counter[str] = Counter()
    of_families: Counter[str] = Counter()
    for ancestors in above.values():
        roots = {each for each in ancestors if not parents.get(each)}
        countries.update({known.get(root) or "" for root in roots})
        of_families.update({families[each] for each in ancestors if each in families})
    return countries.most_common(), of_families.most_common()


def _above(model: int, parents: Mapping[int, Iterable[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(parents.get(model, ()))
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting.extend(parents.get(each, ()))
    return found


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

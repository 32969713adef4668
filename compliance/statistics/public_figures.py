"""Figures of the field, from numbers and public declarations alone: who files, where, when, and on what the filed models stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncMonth

from registry.lineage.ancestry import families_of
from registry.lineage.walks import edges_above
from registry.models import AIModel, NumberKind, NumberStatus, OfficialNumber

# Workers count them anew every ten minutes: over a large register that takes longer than a visitor waits.
KEPT_SECONDS = 86_400
MOST_GROUPS = 12
_KEY = "public-figures"
_IN_FORCE = (NumberStatus.FILED, NumberStatus.REGISTERED)
Counts = list[tuple[str, int]]


def kept_figures() -> dict[str, Counts]:
    """Return the figures as they were counted last, or count them where nobody has."""
    found: dict[str, Counts] | None = cache.get(_KEY)
    return keep_figures() if found is None else found


def keep_figures() -> dict[str, Counts]:
    """Count the figures and keep them."""
    cache.set(_KEY, found := count_figures(), KEPT_SECONDS)
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

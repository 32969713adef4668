"""
What the services are built on: the models in use, traced up the lineage to their base models and counted by country, family
or license.

A model counts once under each value among its roots or ancestors. It is foreign if any root is from a country other than
China (CN), domestic if all roots are Chinese, and unknown otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from compliance.filings.querysets import FilingQuerySet
from compliance.filings.workflow import ENDED
from compliance.models import Event, Filing, Kind
from registry.lineage.ancestry import Graph, families_of
from registry.lineage.walks import Through, edges_above
from registry.models import AIModel, ModelStatement, User
from registry.register.precedence import PENDING

By = Literal["country", "family", "license"]
Group = Literal["province", "applicant", "year", "kind"]
DOMESTIC, FOREIGN, UNKNOWN = "domestic", "foreign", "unknown"
HOME = "CN"
AT_ONCE = 5_000
# Kinds of filings that name models.
_WITH_MODELS = (Kind.GENERATIVE, Kind.REGISTRATION)


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """A model that the service of a filing uses; both by primary key."""

    filing: int
    model: int
    # Declared as derived, perhaps without naming a parent.
    is_derived: bool = False


@dataclass(slots=True)
class Origins:
    """
    The origins of models, by primary key: the roots of each, the model itself with all its ancestors, and the country, family
    and license of all of these.
    """

    roots: dict[int, set[int]] = field(default_factory=dict)
    ancestry: dict[int, set[int]] = field(default_factory=dict)
    countries: dict[int, str] = field(default_factory=dict)
    families: dict[int, str] = field(default_factory=dict)
    licenses: dict[int, str] = field(default_factory=dict)
    # Models declared as derived without a known parent.
    without_parents: set[int] = field(default_factory=set)

    def values(self, model: int, by: By) -> set[str]:
        """Return the values under which a model counts: countries or licenses of its roots, families of all ancestors."""
        if by == "family":
            return {self.families[node] for node in self.ancestry[model] if node in self.families}
        if model in self.without_parents:
            return set()
        value_of = self.countries if by == "country" else self.licenses
        return {value_of[root] for root in self.roots[model] if value_of.get(root)}

    def origin(self, model: int) -> str:
        """Return domestic, foreign or unknown."""
        if model in self.without_parents:
            return UNKNOWN
        countries = [self.countries.get(root, "") for root in self.roots[model]]
        if any(country not in ("", HOME) for country in countries):
            return FOREIGN
        return DOMESTIC if all(country == HOME for country in countries) else UNKNOWN


def filings_running_on(filings: FilingQuerySet, day: date) -> FilingQuerySet:
    """
    Filter filings with models to those that were submitted by the end of a day and had not ended by then, and annotate them
    with `status_then`, their status at the end of that day.
    """
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    last_status = Event.objects.filter(filing=OuterRef("pk"), at__lt=end).order_by("-number").values("to_status")[:1]
    submitted = filings.filter(first_submitted_at__lt=end, kind__in=_WITH_MODELS, source__isnull=False)
    return submitted.annotate(status_then=Subquery(last_status)).exclude(status_then__in=ENDED)


@dataclass(frozen=True, slots=True)
class TracedModels:
    """The models in use on a day, traced to their roots once so that they can be counted in several ways."""

    day: date
    through: Through
    filings: dict[int, Any]
    uses: list[ModelInUse]
    origins: Origins

    def count(self, by: By, group: Group | None = None) -> dict[str, Any]:
        """
        Count the models by country, family or license.

        Return `on`, `through`, `by`, `filings`, `models`, `origins` (domestic, foreign, unknown) and `rows` (value, models,
        share, filings, applicants); with a `group` also `groups`, the same counts for each of its values.
        """
        counts = _count(self.uses, self.filings, self.origins, by)
        if group:
            counts["groups"] = [
                {"value": value, "label": label, **_count(part, self.filings, self.origins, by)}
                for (value, label), part in _grouped(self.uses, self.filings, group)
            ]
        return {"on": self.day, "through": self.through, "by": by, **counts}


def trace_models_in_use(user: User, *, day: date, through: Through, filters: Q | None = None) -> TracedModels:
    """
    Trace the models in use in the filings that a user may see. `filters` narrows the filings, and may refer to `status_then`,
    their status on the day. The models are those of a filing's last revision, even if the day is before it.
    """
    filings = filings_running_on(Filing.objects.visible_to(user), day).filter(filters or Q())
    columns = ("pk", "province", "applicant_id", "applicant__name", "kind", "first_submitted_at", "source_id")
    rows = {row["pk"]: row for row in filings.values(*columns)}
    uses = list(models_in_use(rows.values()))
    origins = origins_of({use.model for use in uses}, through, user)
    origins.without_parents = {
        use.model for use in uses if use.is_derived and origins.ancestry[use.model] == {use.model}
    }
    return TracedModels(day, through, rows, uses, origins)


def models_in_use(filings: Iterable[dict[str, Any]]) -> Iterator[ModelInUse]:
    """
    Yield the models that the services use, each once per filing, as the last revision of the filing names them. The filings
    are dicts with `pk` and `source_id`.
    """
    by_source = {row["source_id"]: row["pk"] for row in filings}
    for part in _batches(by_source):
        rows = ModelStatement.objects.filter(source__in=part, used_by_service=True)
        for source, model, development in rows.values_list("source_id", "model_id", "development").distinct():
            yield ModelInUse(by_source[source], model, development == "derived")


def _batches(keys: Collection[Any]) -> Iterator[list[Any]]:
    listed = sorted(keys)
    yield from (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))


def origins_of(models: Collection[int], through: Through, viewer: User) -> Origins:
    """Return the origins of models, as far as the viewer may see their lineage."""
    origins = Origins()
    graph = Graph(())
    for part in _batches(models):
        graph.add(edges_above(part, viewer, through=through))
    for model in models:
        origins.ancestry[model] = graph.above(model)
        origins.roots[model] = {node for node in origins.ancestry[model] if not graph.parents.get(node)}
    nodes = set().union(*origins.ancestry.values())
    for part in _batches(nodes):
        origins.countries |= dict(AIModel.objects.filter(pk__in=part).values_list("pk", "country"))
        origins.families |= families_of(part)
        origins.licenses |= _licenses(part)
    return origins


def _licenses(models: Collection[int]) -> dict[int, str]:
    """Return the license of each model, from the statement with the highest precedence."""
    rows = ModelStatement.objects.filter(model__in=models, rank__lte=PENDING).exclude(license="")
    ordered = rows.order_by("-rank", "is_developers_own", "source__stated_at", "pk")
    return dict(ordered.values_list("model_id", "license"))


def _count(uses: Collection[ModelInUse], filings: dict[int, Any], origins: Origins, by: By) -> dict[str, Any]:
    models = {use.model for use in uses}
    by_value: dict[str, list[ModelInUse]] = defaultdict(list)
    for use in uses:
        for value in origins.values(use.model, by):
            by_value[value].append(use)
    counts = dict.fromkeys((DOMESTIC, FOREIGN, UNKNOWN), 0)
    for model in models:
        counts[origins.origin(model)] += 1
    rows = [
        {
            "value": value,
            "models": len({use.model for use in part}),
            "share": _share(len({use.model for use in part}), len(models)),
            "filings": len({use.filing for use in part}),
            "applicants": len({filings[use.filing]["applicant_id"] for use in part}),
        }
        for value, part in by_value.items()
    ]
    return {
        "filings": len({use.filing for use in uses}),
        "models": len(models),
        "origins": {name: {"models": count, "share": _share(count, len(models))} for name, count in counts.items()},
        "rows": sorted(rows, key=lambda row: (-row["models"], row["value"])),
    }


def _share(part: int, whole: int) -> float:
    """Return a share from 0 to 1, rounded to four places."""
    return round(part / whole, 4) if whole else 0.0


_LABELS: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    "province": lambda row: (row["province"] or "", row["province"] or ""),
    "applicant": lambda row: (str(row["applicant_id"]), row["applicant__name"]),
    "year": lambda row: (str(timezone.localtime(row["first_submitted_at"]).year),) * 2,
    "kind": lambda row: (row["kind"], row["kind"]),
}


def _grouped(
    uses: Iterable[ModelInUse], filings: dict[int, Any], group: Group
) -> list[tuple[tuple[str, str], list[ModelInUse]]]:
    parts: dict[tuple[str, str], list[ModelInUse]] = defaultdict(list)
    for use in uses:
        parts[_LABELS[group](filings[use.filing])].append(use)
    return sorted(parts.items())

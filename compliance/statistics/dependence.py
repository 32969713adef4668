"""
On what the services stand: the models in use, followed up the lineage to the base models, counted by country, family, license.

A model counts once under each value that it goes back to. Foreign is what goes back to any root of another country than China
(CN); domestic what goes back to Chinese roots alone; the rest is not known.
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
class Use:
    """A model that a service of a filing uses."""

    filing: int
    model: int
    # Declared as derived; from what may not be said.
    is_open: bool = False


@dataclass(slots=True)
class Origins:
    """What models go back to: their roots, all their ancestors with themselves, and what is known of those."""

    roots: dict[int, set[int]] = field(default_factory=dict)
    above: dict[int, set[int]] = field(default_factory=dict)
    countries: dict[int, str] = field(default_factory=dict)
    families: dict[int, str] = field(default_factory=dict)
    licenses: dict[int, str] = field(default_factory=dict)
    # Models that are said to derive from something, without a word of what.
    open: set[int] = field(default_factory=set)

    def values(self, model: int, by: By) -> set[str]:
        """The values under which a model counts: of its roots for countries and licenses, of every ancestor for families."""
        if by == "family":
            return {self.families[node] for node in self.above[model] if node in self.families}
        if model in self.open:
            return set()
        told = self.countries if by == "country" else self.licenses
        return {told[root] for root in self.roots[model] if told.get(root)}

    def origin(self, model: int) -> str:
        if model in self.open:
            return UNKNOWN
        countries = [self.countries.get(root, "") for root in self.roots[model]]
        if any(country not in ("", HOME) for country in countries):
            return FOREIGN
        return DOMESTIC if all(country == HOME for country in countries) else UNKNOWN


def standing_on(filings: FilingQuerySet, day: date) -> FilingQuerySet:
    """The filings that were submitted by the end of a day and not ended then."""
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    last = Event.objects.filter(filing=OuterRef("pk"), at__lt=end).order_by("-number").values("to_status")[:1]
    submitted = filings.filter(first_submitted_at__lt=end, kind__in=_WITH_MODELS, source__isnull=False)
    return submitted.annotate(status_then=Subquery(last)).exclude(status_then__in=ENDED)


@dataclass(frozen=True, slots=True)
class Followed:
    """The models in use on a day, each followed to its roots: what is counted, however often."""

    day: date
    through: Through
    filings: dict[int, Any]
    uses: list[Use]
    origins: Origins

    def counted(self, by: By, group: Group | None = None) -> dict[str, Any]:
        """
        Return `filings`, `models`, `origins` (domestic, foreign, unknown), `rows` (value, models, share, filings, applicants),
        and with a `group` the same for each of its values.
        """
        answer = _counted(self.uses, self.filings, self.origins, by)
        if group:
            answer["groups"] = [
                {"value": value, "label": label, **_counted(part, self.filings, self.origins, by)}
                for (value, label), part in _grouped(self.uses, self.filings, group)
            ]
        return {"on": self.day, "through": self.through, "by": by, **answer}


def followed(user: User, *, day: date, through: Through, asked: Q | None = None) -> Followed:
    """
    Follow the models in use over the filings that a person may see; `asked` narrows the filings, `status_then` is their
    status on the day. What a filing says is what its last revision says, also for a day before it.
    """
    filings = standing_on(Filing.objects.visible_to(user), day).filter(asked or Q())
    columns = ("pk", "province", "applicant_id", "applicant__name", "kind", "first_submitted_at", "source_id")
    told = {row["pk"]: row for row in filings.values(*columns)}
    uses = list(uses_of(told.values()))
    origins = origins_of({use.model for use in uses}, through, user)
    origins.open = {use.model for use in uses if use.is_open and origins.above[use.model] == {use.model}}
    return Followed(day, through, told, uses, origins)


def uses_of(filings: Iterable[dict[str, Any]]) -> Iterator[Use]:
    """The models that the services use, each once a filing, as the last revision of the filing names them."""
    by_source = {row["source_id"]: row["pk"] for row in filings}
    for part in _parts(by_source):
        rows = ModelStatement.objects.filter(source__in=part, used_by_service=True)
        for source, model, development in rows.values_list("source_id", "model_id", "development").distinct():
            yield Use(by_source[source], model, development == "derived")


def _parts(keys: Collection[Any]) -> Iterator[list[Any]]:
    listed = sorted(keys)
    yield from (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))


def origins_of(models: Collection[int], through: Through, viewer: User) -> Origins:
    """Return what models go back to, as far as the viewer may see it."""
    found = Origins()
    graph = Graph(())
    for part in _parts(models):
        graph.add(edges_above(part, viewer, through=through))
    for model in models:
        found.above[model] = graph.above(model)
        found.roots[model] = {node for node in found.above[model] if not graph.parents.get(node)}
    nodes = set().union(*found.above.values())
    for part in _parts(nodes):
        found.countries |= dict(AIModel.objects.filter(pk__in=part).values_list("pk", "country"))
        found.families |= families_of(part)
        found.licenses |= _licenses(part)
    return found


def _licenses(models: Collection[int]) -> dict[int, str]:
    """The license of each model by the statement that counts most."""
    rows = ModelStatement.objects.filter(model__in=models, rank__lte=PENDING).exclude(license="")
    ordered = rows.order_by("-rank", "is_developers_own", "source__stated_at", "pk")
    return dict(ordered.values_list("model_id", "license"))


def _counted(uses: Collection[Use], filings: dict[int, Any], origins: Origins, by: By) -> dict[str, Any]:
    models = {use.model for use in uses}
    under: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        for value in origins.values(use.model, by):
            under[value].append(use)
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
        for value, part in under.items()
    ]
    return {
        "filings": len({use.filing for use in uses}),
        "models": len(models),
        "origins": {name: {"models": count, "share": _share(count, len(models))} for name, count in counts.items()},
        "rows": sorted(rows, key=lambda row: (-row["models"], row["value"])),
    }


def _share(part: int, whole: int) -> float:
    """A share from 0 to 1, four places."""
    return round(part / whole, 4) if whole else 0.0


_LABELS: dict[str, Callable[[dict[str, Any]], tuple[str, str]]] = {
    "province": lambda row: (row["province"] or "", row["province"] or ""),
    "applicant": lambda row: (str(row["applicant_id"]), row["applicant__name"]),
    "year": lambda row: (str(timezone.localtime(row["first_submitted_at"]).year),) * 2,
    "kind": lambda row: (row["kind"], row["kind"]),
}


def _grouped(uses: Iterable[Use], filings: dict[int, Any], group: Group) -> list[tuple[tuple[str, str], list[Use]]]:
    parts: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in uses:
        parts[_LABELS[group](filings[use.filing])].append(use)
    return sorted(parts.items())

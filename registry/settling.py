"""
Settling what hangs on statements and numbers: which edges the walk goes along, and where each model and service stands.

Everything here is derived; settling the same rows twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import networkx as nx
from django.db import connection
from django.db.models import F, Q, QuerySet, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import RowNumber

from registry.models import (
    AIModel,
    Derivation,
    ModelStatement,
    NumberKind,
    NumberStatus,
    OfficialNumber,
    RegistrationStatus,
    Service,
    ServiceStatement,
    SourceKind,
)
from registry.precedence import CORRECTED, PENDING, in_order
from registry.search import searched_by

_SERVICE_KINDS = (NumberKind.GENERATIVE, NumberKind.REGISTRATION)
# Where several numbers speak, the first of these that one of them has; a filing under way comes after `suspended`.
_STANDING_FIRST = (NumberStatus.FILED, NumberStatus.REGISTERED, NumberStatus.SUSPENDED)
_ENDED = (NumberStatus.REVOKED, NumberStatus.CANCELLED)


# One key for all: whoever settles takes its turn, so that two edges written side by side close no cycle unseen.
_TURN = 0x52454749


def lock(models: Collection[int], services: Collection[int]) -> None:
    """Take one's turn, and lock models and services in the order of their keys."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
    for kind, keys in ((AIModel, models), (Service, services)):
        if keys:
            rows = kind.objects.select_for_update(no_key=True).filter(pk__in=keys)
            list(rows.order_by("pk").values_list("pk"))


def settle(models: Collection[int], services: Collection[int] = ()) -> None:
    """Settle AI models and services, by key, after a change of what is stated of them or of their numbers."""
    lock(models, services)
    if models:
        statements = _statements(models)
        _choose_edges(models, statements)
        _leave_out_cycles(models)
        _name_and_stand(models, statements)
    if services:
        _stand_services(services)


# Of a model of which thousands speak, so many public statements are read, the first in precedence.
_READ_OF_A_MODEL = 50
_READ = (
    "model_id",
    "rank",
    "is_developers_own",
    "speaks_of_lineage",
    "name",
    "version",
    "developer_country",
    "source",
)


def _statements(models: Collection[int]) -> dict[int, list[ModelStatement]]:
    """
    The statements that count, in order: the first public ones of each model; what is pending only where nothing public
    speaks of the lineage, or at all.
    """
    place = Window(
        RowNumber(),
        partition_by=[F("model_id")],
        order_by=[F("rank").asc(), F("is_developers_own").desc(), F("source__stated_at").desc(), F("pk").desc()],
    )
    public = ModelStatement.objects.filter(model__in=models, rank__lt=PENDING).annotate(place=place)
    told = _grouped(public.filter(place__lte=_READ_OF_A_MODEL))
    silent = [model for model in models if not any(row.speaks_of_lineage for row in told.get(model, ()))]
    for model, rows in _grouped(ModelStatement.objects.filter(model__in=silent, rank=PENDING)).items():
        told.setdefault(model, []).extend(rows)
    return {model: in_order(statements) for model, statements in told.items()}


def _grouped(rows: QuerySet[ModelStatement]) -> dict[int, list[ModelStatement]]:
    told: dict[int, list[ModelStatement]] = defaultdict(list)
    for statement in rows.select_related("source").only(*_READ):
        told[statement.model_id].append(statement)
    return told


# --- the walk -------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Chosen:
    """The statements, by key, whose edges are walked by all, by their owner, by staff."""

    by_all: set[int] = field(default_factory=set)
    by_owner: set[int] = field(default_factory=set)
    by_staff: set[int] = field(default_factory=set)


def _choose_edges(models: Collection[int], statements: dict[int, list[ModelStatement]]) -> None:
    chosen = _Chosen()
    for told in statements.values():
        _choose([statement for statement in told if statement.speaks_of_lineage], chosen)
    edges = Derivation.objects.filter(child__in=models)
    for flag, keys in (
        ("walked_by_all", chosen.by_all),
        ("walked_by_owner", chosen.by_owner),
        ("walked_by_staff", chosen.by_staff),
    ):
        edges.filter(**{flag: True}).exclude(statement__in=keys).update(**{flag: False})
        edges.filter(**{flag: False}, statement__in=keys).update(**{flag: True})


def _choose(told: list[ModelStatement], chosen: _Chosen) -> None:
    """A source may name one model under two keys: then both of its statements count together."""
    if not told:
        return
    first = told[0]
    of_first = {statement.pk for statement in told if statement.source_id == first.source_id}
    if first.rank < PENDING:
        chosen.by_all |= of_first
        return
    chosen.by_staff |= of_first
    firsts: dict[int | None, int] = {}
    for statement in told:
        firsts.setdefault(statement.source.owner_id, statement.source_id)
    sources = set(firsts.values())
    chosen.by_owner |= {statement.pk for statement in told if statement.source_id in sources}


_WALKED = Q(walked_by_all=True) | Q(walked_by_owner=True) | Q(walked_by_staff=True)
# Where more edges than this lie in circles, all that are new are left out: nobody may keep the registry busy with them.
_MOST_IN_CIRCLES = 500


def _leave_out_cycles(models: Collection[int]) -> None:
    """
    Mark the edges that would close a cycle, the ones that count least first, and take the mark from those that no
    longer would.
    """
    if not Derivation.objects.filter(child__in=models).exists():
        return
    above = list(_edges_above(models))
    nodes = {edge.child_id for edge in above} | {edge.parent_id for edge in above} | set(models)
    marked = Derivation.objects.filter(_WALKED, closes_cycle=True, child__in=nodes).select_related("statement__source")
    unwalked = Derivation.objects.filter(closes_cycle=True, child__in=nodes).exclude(_WALKED)
    unwalked.update(closes_cycle=False)
    candidates = [*(edge for edge in above if edge.child_id in models), *marked]
    circular = _in_circles({edge.pk: edge for edge in [*above, *marked]}.values())
    suspects = [edge for edge in candidates if edge.pk in circular]
    out = {edge.pk for edge in suspects}
    if len(suspects) <= _MOST_IN_CIRCLES:
        graph = _Graph(edge for edge in above if edge.pk not in out)
        out = {left.pk for edge in sorted(suspects, key=_weight) for left in graph.add_unless_circular(edge)}
    _mark({edge.pk for edge in candidates} | out, out)


def _in_circles(edges: Iterable[Derivation]) -> set[int]:
    """Return the keys of the edges that lie in a circle: both ends in one strongly connected component (Tarjan 1972)."""
    listed = list(edges)
    graph = nx.DiGraph((edge.child_id, edge.parent_id) for edge in listed)
    component = {node: i for i, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    return {edge.pk for edge in listed if component[edge.child_id] == component[edge.parent_id]}


def _mark(touched: set[int], out: set[int]) -> None:
    Derivation.objects.filter(pk__in=touched - out, closes_cycle=True).update(closes_cycle=False)
    Derivation.objects.filter(pk__in=out, closes_cycle=False).update(closes_cycle=True)


def _weight(edge: Derivation) -> tuple[int, bool, float, int]:
    """Sort edges as precedence does; of equals the earlier counts more: who comes later closes the cycle."""
    told = edge.statement
    return told.rank, not told.is_developers_own, told.source.stated_at.timestamp(), edge.pk


def _edges_above(starts: Collection[int]) -> Iterable[Derivation]:
    """All walked edges above some models, whoever walks them; marked ones are not walked."""
    walked = "(d.walked_by_all OR d.walked_by_owner OR d.walked_by_staff) AND NOT d.closes_cycle"
    places = ", ".join(["%s"] * len(starts))
    sql = (
        f"WITH RECURSIVE reached(id) AS (SELECT m.id FROM registry_aimodel m WHERE m.id IN ({places}) UNION "
        f"SELECT d.parent_id FROM reached r JOIN registry_derivation d ON d.child_id = r.id WHERE {walked}) "
        f"SELECT d.id FROM reached r JOIN registry_derivation d ON d.child_id = r.id WHERE {walked}"
    )
    edges = Derivation.objects.filter(pk__in=RawSQL(sql, list(starts)))
    return edges.select_related("statement__source")


class _Graph:
    """Walked edges, from child to parents, kept without a cycle."""

    def __init__(self, edges: Iterable[Derivation]) -> None:
        self.up: dict[int, list[Derivation]] = defaultdict(list)
        for edge in edges:
            self.up[edge.child_id].append(edge)

    def add_unless_circular(self, edge: Derivation) -> list[Derivation]:
        """Add an edge; while that closes a cycle, leave out the edge of it that counts least. Return what is left out."""
        if edge.child_id == edge.parent_id:
            return [edge]
        way = self._way(edge.parent_id, edge.child_id)
        if way is None:
            self.up[edge.child_id].append(edge)
            return []
        worst = max([*way, edge], key=_weight)
        if worst is edge:
            return [edge]
        self.up[worst.child_id].remove(worst)
        return [worst, *self.add_unless_circular(edge)]

    def _way(self, start: int, end: int) -> list[Derivation] | None:
        came: dict[int, Derivation | None] = {start: None}
        waiting = [start]
        while waiting:
            node = waiting.pop()
            for edge in self.up[node]:
                if edge.parent_id not in came:
                    came[edge.parent_id] = edge
                    waiting.append(edge.parent_id)
        return _back(came, end) if end in came else None


def _back(came: dict[int, Derivation | None], end: int) -> list[Derivation]:
    way, edge = [], came[end]
    while edge is not None:
        way.append(edge)
        edge = came[edge.child_id]
    return way


# --- where each stands ------------------------------------------------------------------------------------------
def _name_and_stand(models: Collection[int], statements: dict[int, list[ModelStatement]]) -> None:
    numbers = _numbers_of_models(models)
    rows = list(AIModel.objects.filter(pk__in=models).select_related("developer"))
    under_way = _under_way(models)
    standing: dict[tuple[str, str], list[int]] = defaultdict(list)
    renamed = []
    for row in rows:
        told = statements.get(row.pk, [])
        status = _both(numbers[row.pk], is_under_way=row.pk in under_way)
        if (row.registration_status, row.public_status) != status:
            standing[status].append(row.pk)
        if _renamed(row, told):
            renamed.append(row)
    _stand(AIModel, standing)
    AIModel.objects.bulk_update(renamed, _NAMED, batch_size=500)


_NAMED = ("name", "version", "country", "search_text", "search_grams")


def _renamed(row: AIModel, told: list[ModelStatement]) -> bool:
    """Let a model bear the name, version and country that count most, and say whether that changed it."""
    before = [getattr(row, column) for column in _NAMED]
    # What is not public yet says how a model is called only where nothing public does.
    told = [statement for statement in told if statement.rank < PENDING] or told
    named = next((statement for statement in told if statement.name), None)
    if named:
        versions = [statement.version for statement in told if statement.version]
        row.name, row.version = named.name, named.version or (versions[0] if _is_corrected(named) and versions else "")
    corrected = next((statement.version for statement in told if statement.rank == CORRECTED and statement.version), "")
    row.version = corrected or row.version
    stated = next((statement.developer_country for statement in told if statement.developer_country), "")
    row.country = stated or (row.developer.country if row.developer else "")
    for column, value in _searched(row).items():
        setattr(row, column, value)
    return before != [getattr(row, column) for column in _NAMED]


def _is_corrected(statement: ModelStatement) -> bool:
    return statement.rank == CORRECTED


def _under_way(models: Collection[int]) -> set[int]:
    """The models whose developer has an initial generative filing under way for a service that uses them."""
    pending = ModelStatement.objects.filter(
        model__in=models,
        rank=PENDING,
        is_developers_own=True,
        used_by_service=True,
        source__filing_kind=NumberKind.GENERATIVE,
    )
    return set(pending.values_list("model_id", flat=True))


def _both(numbers: set[str], *, is_under_way: bool) -> tuple[str, str]:
    """Where a thing stands, and where it stands in public."""
    return _standing(numbers, is_under_way=is_under_way), _standing(numbers, is_under_way=False)


def _stand(kind: type[AIModel] | type[Service], standing: dict[tuple[str, str], list[int]]) -> None:
    """Write where rows stand, one statement for each pair of statuses."""
    for (status, public), keys in standing.items():
        kind._default_manager.filter(pk__in=keys).update(registration_status=status, public_status=public)


def _searched(row: AIModel) -> dict[str, str]:
    return searched_by(*row.search_texts())


def _numbers_of_models(models: Collection[int]) -> dict[int, set[str]]:
    """The status of each official number of a model, of those merged into it too."""
    through = OfficialNumber.ai_models.through.objects
    own = through.filter(aimodel__in=models).annotate(model=F("aimodel_id"))
    merged = through.filter(aimodel__merged_into__in=models).annotate(model=F("aimodel__merged_into_id"))
    found: dict[int, set[str]] = defaultdict(set)
    for rows in (own, merged):
        for model, status in rows.values_list("model", "officialnumber__status"):
            found[model].add(status)
    return found


def _standing(numbers: set[str], *, is_under_way: bool) -> str:
    """Where a thing stands, by the status of its numbers and whether a filing for it is under way."""
    for status in _STANDING_FIRST:
        if status in numbers:
            return str(status)
    if is_under_way:
        return RegistrationStatus.IN_PROGRESS
    return next((str(status) for status in _ENDED if status in numbers), RegistrationStatus.UNFILED)


def _stand_services(services: Collection[int]) -> None:
    """
    A service stands where its generative filing or registration stands; where it has none, where its algorithm filing
    stands.
    """
    numbers: dict[tuple[int, bool], set[str]] = defaultdict(set)
    through = OfficialNumber.services.through.objects.filter(service__in=services)
    for service, kind, status in through.values_list("service_id", "officialnumber__kind", "officialnumber__status"):
        numbers[service, kind in _SERVICE_KINDS].add(status)
    pending = ServiceStatement.objects.filter(
        service__in=services, source__is_live=True, source__is_public=False, source__kind=SourceKind.FILING
    ).exclude(source__filing_kind="")
    under_way = {
        (service, kind in _SERVICE_KINDS) for service, kind in pending.values_list("service_id", "source__filing_kind")
    }
    standing: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = Service.objects.filter(pk__in=services)
    for key, *before in rows.values_list("pk", "registration_status", "public_status"):
        tracks = ((key, True), (key, False))
        found = [_both(numbers[track], is_under_way=track in under_way) for track in tracks]
        status = (_first_said(each[0] for each in found), _first_said(each[1] for each in found))
        if status != tuple(before):
            standing[status].append(key)
    _stand(Service, standing)


def _first_said(statuses: Iterable[str]) -> str:
    said = (status for status in statuses if status != RegistrationStatus.UNFILED)
    return next(said, RegistrationStatus.UNFILED)

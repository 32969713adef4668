"""
Settling what hangs on statements and numbers: which edges the walk goes along, and where each model and service stands.

Everything here is derived; settling the same rows twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F, Q

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
from registry.precedence import HIDDEN, PENDING, in_order
from registry.search import searched_by

_SERVICE_KINDS = (NumberKind.GENERATIVE, NumberKind.REGISTRATION)
# Where several numbers speak, the first of these that one of them has; a filing under way comes after `suspended`.
_STANDING_FIRST = (NumberStatus.FILED, NumberStatus.REGISTERED, NumberStatus.SUSPENDED)
_ENDED = (NumberStatus.REVOKED, NumberStatus.CANCELLED)


def lock(models: Collection[int], services: Collection[int]) -> None:
    """Let those who speak of the same models and services go one after another, in the order of their keys."""
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


def _statements(models: Collection[int]) -> dict[int, list[ModelStatement]]:
    told: dict[int, list[ModelStatement]] = defaultdict(list)
    rows = ModelStatement.objects.filter(model__in=models, rank__lt=HIDDEN).select_related("source")
    for statement in rows.only(
        "model_id",
        "rank",
        "is_developers_own",
        "speaks_of_lineage",
        "used_by_service",
        "name",
        "version",
        "developer_country",
        "source",
    ):
        told[statement.model_id].append(statement)
    return {model: in_order(statements) for model, statements in told.items()}


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
    changed = []
    for edge in edges:
        flags = tuple(edge.statement_id in group for group in (chosen.by_all, chosen.by_owner, chosen.by_staff))
        if (edge.walked_by_all, edge.walked_by_owner, edge.walked_by_staff) != flags:
            edge.walked_by_all, edge.walked_by_owner, edge.walked_by_staff = flags
            changed.append(edge)
    Derivation.objects.bulk_update(changed, ["walked_by_all", "walked_by_owner", "walked_by_staff"])


def _choose(told: list[ModelStatement], chosen: _Chosen) -> None:
    if not told:
        return
    first = told[0]
    if first.rank < PENDING:
        chosen.by_all.add(first.pk)
        return
    chosen.by_staff.add(first.pk)
    firsts: dict[int | None, int] = {}
    for statement in told:
        firsts.setdefault(statement.source.owner_id, statement.pk)
    chosen.by_owner.update(firsts.values())


_WALKED = Q(walked_by_all=True) | Q(walked_by_owner=True) | Q(walked_by_staff=True)


def _leave_out_cycles(models: Collection[int]) -> None:
    """
    Mark the edges that would close a cycle, the ones that count least first, and take the mark from those that no
    longer would.
    """
    marked = list(Derivation.objects.filter(closes_cycle=True).select_related("statement__source"))
    edges = Derivation.objects.filter(_WALKED, child__in=models, closes_cycle=False).select_related("statement__source")
    candidates = {edge.pk: edge for edge in [*edges, *marked]}
    if not candidates:
        return
    above = {edge.pk: edge for edge in _edges_above({edge.parent_id for edge in candidates.values()})}
    graph = _Graph(edge for key, edge in above.items() if key not in candidates)
    out: set[int] = set()
    for edge in sorted(candidates.values(), key=_weight):
        is_walked = edge.walked_by_all or edge.walked_by_owner or edge.walked_by_staff
        if is_walked:
            out.update(left.pk for left in graph.add_unless_circular(edge))
    _mark({*candidates, *out}, out)


def _mark(touched: set[int], out: set[int]) -> None:
    Derivation.objects.filter(pk__in=touched - out, closes_cycle=True).update(closes_cycle=False)
    Derivation.objects.filter(pk__in=out, closes_cycle=False).update(closes_cycle=True)


def _weight(edge: Derivation) -> tuple[int, bool, float, int]:
    """Sort edges as precedence does; of equals the earlier counts more: who comes later closes the cycle."""
    told = edge.statement
    return told.rank, not told.is_developers_own, told.source.stated_at.timestamp(), edge.pk


def _edges_above(starts: Collection[int]) -> Iterable[Derivation]:
    """All walked edges above some models, whoever walks them; one query."""
    walked = "(d.walked_by_all OR d.walked_by_owner OR d.walked_by_staff) AND NOT d.closes_cycle"
    cast = "::bigint" if connection.vendor == "postgresql" else ""
    values = " UNION ALL ".join([f"SELECT %s{cast}"] * len(starts))
    sql = (
        f"WITH RECURSIVE reached(id) AS ({values} UNION "
        f"SELECT d.parent_id FROM reached r JOIN registry_derivation d ON d.child_id = r.id WHERE {walked}) "
        f"SELECT d.id FROM reached r JOIN registry_derivation d ON d.child_id = r.id WHERE {walked}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(starts))
        keys = [row[0] for row in cursor.fetchall()]
    return Derivation.objects.filter(pk__in=keys).select_related("statement__source") if keys else []


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
    for row in rows:
        told = statements.get(row.pk, [])
        row.name = next((statement.name for statement in told if statement.name), row.name)
        row.version = next((statement.version for statement in told if statement.name), row.version)
        stated = next((statement.developer_country for statement in told if statement.developer_country), "")
        row.country = stated or (row.developer.country if row.developer else "")
        is_under_way = any(
            statement.rank == PENDING
            and statement.is_developers_own
            and statement.used_by_service
            and statement.source.filing_kind == NumberKind.GENERATIVE
            for statement in told
        )
        row.registration_status = _standing(numbers[row.pk], is_under_way=is_under_way)
        for column, value in _searched(row).items():
            setattr(row, column, value)
    AIModel.objects.bulk_update(
        rows, ["name", "version", "country", "registration_status", "search_text", "search_grams"], batch_size=500
    )


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
    )
    under_way = {
        (service, kind in _SERVICE_KINDS) for service, kind in pending.values_list("service_id", "source__filing_kind")
    }
    rows = list(Service.objects.filter(pk__in=services))
    for row in rows:
        status = RegistrationStatus.UNFILED
        for is_for_service in (True, False):
            if status == RegistrationStatus.UNFILED:
                track = (row.pk, is_for_service)
                status = _standing(numbers[track], is_under_way=track in under_way)
        row.registration_status = status
    Service.objects.bulk_update(rows, ["registration_status"], batch_size=500)

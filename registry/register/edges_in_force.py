"""
The walk over the lineage: which of the stated edges it goes along, and which it leaves out because they close a cycle.

Everything here is derived; choosing twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import networkx as nx
from django.db.models import Q
from django.db.models.expressions import RawSQL

from registry.models import Derivation, ModelStatement
from registry.register.precedence import PENDING


@dataclass(slots=True)
class _Chosen:
    """The statements, by key, whose edges are walked by all, by their owner, by staff."""

    by_all: set[int] = field(default_factory=set)
    by_owner: set[int] = field(default_factory=set)
    by_staff: set[int] = field(default_factory=set)


def choose_edges(models: Collection[int], statements: dict[int, list[ModelStatement]]) -> bool:
    """
    Flag the edges of that statement about each model which counts first, for all, for owners, for staff. Say whether
    the edges that all walk have changed.
    """
    chosen = _Chosen()
    for told in statements.values():
        _choose([statement for statement in told if statement.speaks_of_lineage], chosen)
    edges = Derivation.objects.filter(child__in=models)
    changed = 0
    for flag, keys in (
        ("walked_by_all", chosen.by_all),
        ("walked_by_owner", chosen.by_owner),
        ("walked_by_staff", chosen.by_staff),
    ):
        moved = edges.filter(**{flag: True}).exclude(statement__in=keys).update(**{flag: False})
        moved += edges.filter(**{flag: False}, statement__in=keys).update(**{flag: True})
        changed += moved if flag == "walked_by_all" else 0
    return changed > 0


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


def leave_out_cycles(models: Collection[int]) -> None:
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

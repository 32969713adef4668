"""
Deriving which declared edges of the lineage are in force: those of the statement that takes precedence, without the
edges that would close a cycle.

Deriving twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from registry.models import Derivation
from registry.register.batches import batches
from registry.register.precedence import PENDING
from registry.register.statement_rows import StatementRow, Statements

_IN_FORCE = "(d.walked_by_all OR d.walked_by_owner OR d.walked_by_staff)"
# If more edges than this lie on cycles, those that changed are left out, which limits the cost of resolving cycles.
_MOST_ON_CYCLES = 500
_READ = (
    "child_id",
    "parent_id",
    "statement_id",
    "passes_weights",
    "walked_by_all",
    "walked_by_owner",
    "walked_by_staff",
)
Flags = tuple[bool, bool, bool]
PublicEdges = set[tuple[int, int, bool]]


class Edge(NamedTuple):
    """A declared edge of the lineage."""

    child_id: int
    parent_id: int
    passes_weights: bool
    walked_by_all: bool


@dataclass(slots=True)
class _Chosen:
    """The statements, by key, whose edges are in force for all users, for their owner, and for staff."""

    by_all: set[int] = field(default_factory=set)
    by_owner: set[int] = field(default_factory=set)
    by_staff: set[int] = field(default_factory=set)

    def flags_of(self, statement: int) -> Flags:
        return statement in self.by_all, statement in self.by_owner, statement in self.by_staff


def declared_edges(models: Collection[int]) -> list[Edge]:
    """Return the edges that any statement declares from some models to their parents."""
    rows = (Derivation.objects.filter(child__in=part).values_list(*Edge._fields) for part in batches(models))
    return [Edge(*row) for part in rows for row in part]


def public(edges: Iterable[Edge]) -> PublicEdges:
    """Return the edges that all users walk: child, parent, whether weights pass."""
    return {(edge.child_id, edge.parent_id, edge.passes_weights) for edge in edges if edge.walked_by_all}


def put_in_force(models: Collection[int], statements: Statements) -> list[Edge]:
    """
    Put the edges of the first statement about each model in force: for all users, for owners and for staff. Return all
    declared edges of the models.
    """
    edges = [edge for part in batches(models) for edge in Derivation.objects.filter(child__in=part).only(*_READ)]
    if not edges:
        return []
    chosen = _Chosen()
    for of_model in statements.values():
        _choose([statement for statement in of_model if statement.speaks_of_lineage], chosen)
    _write_flags(edges, chosen)
    return [
        Edge(edge.child_id, edge.parent_id, edge.passes_weights, edge.statement_id in chosen.by_all) for edge in edges
    ]


def _choose(statements: list[StatementRow], chosen: _Chosen) -> None:
    """Choose among the statements about one model. If a source has two statements about it, both count together."""
    if not statements:
        return
    first = statements[0]
    of_first = {statement.key for statement in statements if statement.source == first.source}
    if first.rank < PENDING:
        chosen.by_all |= of_first
        return
    chosen.by_staff |= of_first
    firsts: dict[int | None, int] = {}
    for statement in statements:
        firsts.setdefault(statement.owner, statement.source)
    sources = set(firsts.values())
    chosen.by_owner |= {statement.key for statement in statements if statement.source in sources}


def _write_flags(edges: list[Derivation], chosen: _Chosen) -> None:
    """Write the flags that differ, with one update for each combination."""
    changed: dict[Flags, list[int]] = defaultdict(list)
    for edge in edges:
        flags = chosen.flags_of(edge.statement_id)
        if flags != (edge.walked_by_all, edge.walked_by_owner, edge.walked_by_staff):
            changed[flags].append(edge.pk)
    for (by_all, by_owner, by_staff), keys in changed.items():
        for part in batches(keys):
            Derivation.objects.filter(pk__in=part).update(
                walked_by_all=by_all, walked_by_owner=by_owner, walked_by_staff=by_staff
            )


# --- cycles -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Step:
    """An edge: its key, its two ends, whether it is marked as closing a cycle, and whether it is in force for anybody."""

    key: int
    child: int
    parent: int
    is_marked: bool
    is_in_force: bool


def leave_out_cycles(models: Collection[int], former_parents: Collection[int] = ()) -> set[int]:
    """
    Mark the edges that would close a cycle, those with the lowest precedence first, and unmark those that no longer
    would. Return the children of the edges whose mark changed.

    `former_parents` are the parents of the models before the change: an edge that no longer leads to one of them may
    have been the reason for a mark above it. All edges of a cycle are decided anew, so that the result does not depend
    on the order of the changes.
    """
    changed = set(models)
    steps = _steps_above(changed.union(former_parents))
    in_force = [step for step in steps if step.is_in_force]
    circular = _on_cycles(in_force)
    on_cycles = [step for step in in_force if step.key in circular]
    if len(on_cycles) <= _MOST_ON_CYCLES:
        out = _closing(on_cycles)
    else:
        out = {step.key for step in on_cycles if step.is_marked or step.child in changed}
    moved = [step for step in steps if step.is_marked != (step.key in out)]
    _mark({step.key for step in moved}, out)
    return {step.child for step in moved}


def _on_cycles(steps: Iterable[_Step]) -> set[int]:
    """Return the keys of the edges on a cycle: both ends are in one strongly connected component (Tarjan 1972)."""
    # Imported when needed, here and below: few processes ever do.
    import networkx as nx

    edges = list(steps)
    graph = nx.DiGraph((step.child, step.parent) for step in edges)
    component = {node: i for i, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    return {step.key for step in edges if component[step.child] == component[step.parent]}


def _closing(steps: list[_Step]) -> set[int]:
    """Return the keys of the edges that close a cycle when all of them are added in the order of their weights."""
    import networkx as nx

    weights = _weights({step.key for step in steps})
    graph, out = nx.DiGraph(), set()
    for step in sorted(steps, key=lambda step: weights[step.key]):
        graph.add_nodes_from((step.child, step.parent))
        if nx.has_path(graph, step.parent, step.child):
            out.add(step.key)
        else:
            graph.add_edge(step.child, step.parent)
    return out


def _mark(moved: set[int], out: set[int]) -> None:
    for is_marked, keys in ((False, moved - out), (True, moved & out)):
        for part in batches(keys):
            Derivation.objects.filter(pk__in=part).update(closes_cycle=is_marked)


Weight = tuple[int, bool, float, int]


def _weights(keys: Collection[int]) -> dict[int, Weight]:
    """Return sort keys of edges, by precedence. Among equals, the earlier edge comes first."""
    weights: dict[int, Weight] = {}
    for part in batches(keys):
        rows = Derivation.objects.filter(pk__in=part).values_list(
            "pk", "statement__rank", "statement__is_developers_own", "statement__source__stated_at"
        )
        weights |= {key: (rank, not is_own, at.timestamp(), key) for key, rank, is_own, at in rows}
    return weights


def _steps_above(starts: Collection[int]) -> list[_Step]:
    """Return the edges from some models up to their roots that are in force for any user or marked."""
    walked = f"({_IN_FORCE} OR d.closes_cycle)"
    steps: set[_Step] = set()
    for part in batches(starts):
        places = ", ".join(["%s"] * len(part))
        sql = (
            f"WITH RECURSIVE reached(id) AS (SELECT m.id FROM registry_aimodel m WHERE m.id IN ({places}) UNION "
            f"SELECT d.parent_id FROM reached r JOIN registry_derivation d ON d.child_id = r.id WHERE {walked}) "
            f"SELECT d.id, d.child_id, d.parent_id, d.closes_cycle, {_IN_FORCE} "
            f"FROM reached r JOIN registry_derivation d ON d.child_id = r.id WHERE {walked}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, part)
            steps.update(_Step(*ends, bool(marked), bool(in_force)) for *ends, marked, in_force in cursor.fetchall())
    return sorted(steps, key=lambda step: step.key)

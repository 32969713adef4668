"""
Deriving which declared edges of the lineage are in force: those of the statement that takes precedence, without the
edges that would close a cycle.

Deriving twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import networkx as nx
from django.db import connection

from registry.models import Derivation
from registry.register.batches import batches
from registry.register.precedence import PENDING
from registry.register.statement_rows import StatementRow, Statements

_IN_FORCE = "(d.walked_by_all OR d.walked_by_owner OR d.walked_by_staff)"
# If more changed edges than this lie on cycles, all of them are left out, which limits the cost of resolving cycles.
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
Edges = set[tuple[int, int, bool]]


@dataclass(slots=True)
class _Chosen:
    """The statements, by key, whose edges are in force for all users, for their owner, and for staff."""

    by_all: set[int] = field(default_factory=set)
    by_owner: set[int] = field(default_factory=set)
    by_staff: set[int] = field(default_factory=set)

    def flags_of(self, statement: int) -> Flags:
        return statement in self.by_all, statement in self.by_owner, statement in self.by_staff


def edges_walked_by_all(models: Collection[int]) -> Edges:
    """Return the public edges from some models to their parents: child, parent, whether weights pass."""
    edges: Edges = set()
    for part in batches(models):
        rows = Derivation.objects.filter(child__in=part, walked_by_all=True)
        edges.update(rows.values_list("child_id", "parent_id", "passes_weights"))
    return edges


def derive_edges(models: Collection[int], statements: Statements) -> Edges:
    """
    Put the edges of the first statement about each model in force: for all users, for owners and for staff. Then leave
    out the edges that close a cycle. Return the public edges, including those that are left out.
    """
    edges = [edge for part in batches(models) for edge in Derivation.objects.filter(child__in=part).only(*_READ)]
    if not edges:
        return set()
    chosen = _Chosen()
    for of_model in statements.values():
        _choose([statement for statement in of_model if statement.speaks_of_lineage], chosen)
    _write_flags(edges, chosen)
    _leave_out_cycles(models)
    return {
        (edge.child_id, edge.parent_id, edge.passes_weights) for edge in edges if edge.statement_id in chosen.by_all
    }


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
    """An edge: its key and its two ends."""

    key: int
    child: int
    parent: int


def _leave_out_cycles(models: Collection[int]) -> None:
    """
    Mark the edges that would close a cycle, those with the lowest precedence first, and unmark those that no longer
    would.
    """
    above = list(_steps_above(models))
    nodes = {step.child for step in above} | {step.parent for step in above} | set(models)
    marked, out_of_force = _marked(nodes)
    circular = _on_cycles([*above, *marked])
    if not circular and not marked and not out_of_force:
        return
    candidates = [*(step for step in above if step.child in models), *marked]
    suspects = [step for step in candidates if step.key in circular]
    out = {step.key for step in suspects}
    if len(suspects) <= _MOST_ON_CYCLES:
        out = _closing(above, suspects)
    _mark({step.key for step in candidates} | out | out_of_force, out)


def _marked(nodes: Collection[int]) -> tuple[list[_Step], set[int]]:
    """Return the marked edges of children that would be in force otherwise, and the keys of the other marked edges."""
    in_force, out_of_force = [], set()
    for part in batches(nodes):
        rows = Derivation.objects.filter(closes_cycle=True, child__in=part)
        for key, child, parent, *flags in rows.values_list(
            "pk", "child_id", "parent_id", "walked_by_all", "walked_by_owner", "walked_by_staff"
        ):
            if any(flags):
                in_force.append(_Step(key, child, parent))
            else:
                out_of_force.add(key)
    return in_force, out_of_force


def _on_cycles(steps: Iterable[_Step]) -> set[int]:
    """Return the keys of the edges on a cycle: both ends are in one strongly connected component (Tarjan 1972)."""
    edges = list(steps)
    graph = nx.DiGraph((step.child, step.parent) for step in edges)
    component = {node: i for i, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    return {step.key for step in edges if component[step.child] == component[step.parent]}


def _closing(above: list[_Step], suspects: list[_Step]) -> set[int]:
    """Return the keys of the edges that close a cycle when the suspects are added in the order of their weights."""
    suspected = {step.key for step in suspects}
    weights = _weights({step.key for step in above} | suspected)
    graph = _Graph((step for step in above if step.key not in suspected), weights)
    ordered = sorted(suspects, key=lambda step: weights[step.key])
    return {left.key for step in ordered for left in graph.add_unless_circular(step)}


def _mark(touched: set[int], out: set[int]) -> None:
    for part in batches(touched - out):
        Derivation.objects.filter(pk__in=part, closes_cycle=True).update(closes_cycle=False)
    for part in batches(out):
        Derivation.objects.filter(pk__in=part, closes_cycle=False).update(closes_cycle=True)


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


def _steps_above(starts: Collection[int]) -> Iterator[_Step]:
    """Yield all edges in force, for any user, from some models up to their roots, without the marked ones."""
    walked = f"{_IN_FORCE} AND NOT d.closes_cycle"
    places = ", ".join(["%s"] * len(starts))
    sql = (
        f"WITH RECURSIVE reached(id) AS (SELECT m.id FROM registry_aimodel m WHERE m.id IN ({places}) UNION "
        f"SELECT d.parent_id FROM reached r JOIN registry_derivation d ON d.child_id = r.id WHERE {walked}) "
        "SELECT d.id, d.child_id, d.parent_id FROM reached r JOIN registry_derivation d ON d.child_id = r.id "
        f"WHERE {walked}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(starts))
        yield from (_Step(*row) for row in cursor.fetchall())


class _Graph:
    """An acyclic graph of edges in force, from child to parents."""

    def __init__(self, steps: Iterable[_Step], weights: dict[int, Weight]) -> None:
        self.weights = weights
        self.up: dict[int, list[_Step]] = defaultdict(list)
        for step in steps:
            self.up[step.child].append(step)

    def add_unless_circular(self, step: _Step) -> list[_Step]:
        """Add an edge. While it closes a cycle, remove the edge of lowest precedence. Return the removed edges."""
        if step.child == step.parent:
            return [step]
        path = self._path(step.parent, step.child)
        if path is None:
            self.up[step.child].append(step)
            return []
        worst = max([*path, step], key=lambda edge: self.weights[edge.key])
        if worst is step:
            return [step]
        self.up[worst.child].remove(worst)
        return [worst, *self.add_unless_circular(step)]

    def _path(self, start: int, end: int) -> list[_Step] | None:
        came_by: dict[int, _Step | None] = {start: None}
        waiting = [start]
        while waiting:
            node = waiting.pop()
            for step in self.up[node]:
                if step.parent not in came_by:
                    came_by[step.parent] = step
                    waiting.append(step.parent)
        return _steps_to(end, came_by) if end in came_by else None


def _steps_to(end: int, came_by: dict[int, _Step | None]) -> list[_Step]:
    """Return the steps that lead to a node, last step first; `came_by` maps each visited node to its last step."""
    path, step = [], came_by[end]
    while step is not None:
        path.append(step)
        step = came_by[step.child]
    return path

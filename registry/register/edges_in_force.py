"""
Which of the stated edges of the lineage are in force: those of the statement that comes first, without the edges that
would close a cycle.

Everything here is derived; deriving twice changes nothing.
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
# Where more edges than this lie in circles, all that are new are left out: nobody may keep the registry busy with them.
_MOST_IN_CIRCLES = 500
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
    """The statements, by key, whose edges are walked by all, by their owner, by staff."""

    by_all: set[int] = field(default_factory=set)
    by_owner: set[int] = field(default_factory=set)
    by_staff: set[int] = field(default_factory=set)

    def flags_of(self, statement: int) -> Flags:
        return statement in self.by_all, statement in self.by_owner, statement in self.by_staff


def edges_walked_by_all(models: Collection[int]) -> Edges:
    """The edges above some models that everybody walks: child, parent, whether weights pass."""
    edges: Edges = set()
    for part in batches(models):
        rows = Derivation.objects.filter(child__in=part, walked_by_all=True)
        edges.update(rows.values_list("child_id", "parent_id", "passes_weights"))
    return edges


def derive_edges(models: Collection[int], statements: Statements) -> Edges:
    """
    Put into force the edges of that statement about each model which comes first: for all, for owners, for staff; then
    leave out what closes a cycle. Return the edges that everybody walks from now on, the cycles not left out.
    """
    edges = [edge for part in batches(models) for edge in Derivation.objects.filter(child__in=part).only(*_READ)]
    if not edges:
        return set()
    chosen = _Chosen()
    for about_model in statements.values():
        _choose([statement for statement in about_model if statement.speaks_of_lineage], chosen)
    _write_flags(edges, chosen)
    _leave_out_cycles(models)
    return {
        (edge.child_id, edge.parent_id, edge.passes_weights) for edge in edges if edge.statement_id in chosen.by_all
    }


def _choose(statements: list[StatementRow], chosen: _Chosen) -> None:
    """A source may name one model under two keys: then both of its statements count together."""
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
    """Write what differs, one update for each combination of flags."""
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
    """An edge by its key, with its two ends."""

    key: int
    child: int
    parent: int


def _leave_out_cycles(models: Collection[int]) -> None:
    """
    Mark the edges that would close a cycle, the ones that count least first, and take the mark from those that no
    longer would.
    """
    above = list(_steps_above(models))
    nodes = {step.child for step in above} | {step.parent for step in above} | set(models)
    marked, out_of_force = _marked(nodes)
    circular = _in_circles([*above, *marked])
    if not circular and not marked and not out_of_force:
        return
    candidates = [*(step for step in above if step.child in models), *marked]
    suspects = [step for step in candidates if step.key in circular]
    out = {step.key for step in suspects}
    if len(suspects) <= _MOST_IN_CIRCLES:
        out = _closing(above, suspects)
    _mark({step.key for step in candidates} | out | out_of_force, out)


def _marked(nodes: Collection[int]) -> tuple[list[_Step], set[int]]:
    """The edges of these children that are marked and would be in force without the mark; and the keys of the others."""
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


def _in_circles(steps: Iterable[_Step]) -> set[int]:
    """Return the keys of the edges that lie in a circle: both ends in one strongly connected component (Tarjan 1972)."""
    listed = list(steps)
    graph = nx.DiGraph((step.child, step.parent) for step in listed)
    component = {node: i for i, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    return {step.key for step in listed if component[step.child] == component[step.parent]}


def _closing(above: list[_Step], suspects: list[_Step]) -> set[int]:
    """Return the keys of the edges that close a cycle when the suspects are added in the order of their weight."""
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
    """Sort edges as precedence does; of equals the earlier counts more: who comes later closes the cycle."""
    weights: dict[int, Weight] = {}
    for part in batches(keys):
        rows = Derivation.objects.filter(pk__in=part).values_list(
            "pk", "statement__rank", "statement__is_developers_own", "statement__source__stated_at"
        )
        weights |= {key: (rank, not is_own, at.timestamp(), key) for key, rank, is_own, at in rows}
    return weights


def _steps_above(starts: Collection[int]) -> Iterator[_Step]:
    """All edges in force above some models, whoever walks them, without the marked ones."""
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
    """Edges in force, from child to parents, kept without a cycle."""

    def __init__(self, steps: Iterable[_Step], weights: dict[int, Weight]) -> None:
        self.weights = weights
        self.up: dict[int, list[_Step]] = defaultdict(list)
        for step in steps:
            self.up[step.child].append(step)

    def add_unless_circular(self, step: _Step) -> list[_Step]:
        """Add an edge; while that closes a cycle, leave out the edge of it that counts least. Return what is left out."""
        if step.child == step.parent:
            return [step]
        path = self._path(step.parent, step.child)
        if path is None:
            self.up[step.child].append(step)
            return []
        worst = max([*path, step], key=lambda each: self.weights[each.key])
        if worst is step:
            return [step]
        self.up[worst.child].remove(worst)
        return [worst, *self.add_unless_circular(step)]

    def _path(self, start: int, end: int) -> list[_Step] | None:
        came: dict[int, _Step | None] = {start: None}
        waiting = [start]
        while waiting:
            node = waiting.pop()
            for step in self.up[node]:
                if step.parent not in came:
                    came[step.parent] = step
                    waiting.append(step.parent)
        return _back(came, end) if end in came else None


def _back(came: dict[int, _Step | None], end: int) -> list[_Step]:
    path, step = [], came[end]
    while step is not None:
        path.append(step)
        step = came[step.child]
    return path

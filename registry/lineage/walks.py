"""
Walks over the lineage: ancestors, descendants, paths. Each is one recursive query, the same on both databases.

A walk follows the edges that come first in precedence, as far as the viewer may see them. It always ends: edges that would
close a cycle are skipped, and the recursion keeps each row once.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.db import connection
from django.db.models.expressions import RawSQL

from registry.models import Role, User, Viewer

Direction = Literal["ancestors", "descendants"]
Through = Literal["anything", "weights"]

MOST_EDGES = 5_000
MOST_PATHS = 100
MOST_ABOVE = 1_000_000


class AsRegistrar:
    """A viewer with the permissions of a registrar, for walks whose results are only counted."""


AS_REGISTRAR = AsRegistrar()


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge: a child, its parent, and their relation. All are keys."""

    child: int
    parent: int
    relation: str
    modified: bool | None
    passes_weights: bool
    source: int


@dataclass(slots=True)
class Walk:
    """The result of a walk: each node with its distance, and the edges. `is_cut` is true if edges were left out."""

    start: int
    depths: dict[int, int]
    edges: list[Edge] = field(default_factory=list)
    is_cut: bool = False

    @property
    def roots(self) -> list[int]:
        """The nodes of an upward walk that have no parents."""
        children = {edge.child for edge in self.edges}
        return sorted(node for node in self.depths if node not in children)


@dataclass(frozen=True, slots=True)
class _Condition:
    sql: str
    parameters: list[Any]


def walk(
    start: int,
    direction: Direction,
    viewer: Viewer | AsRegistrar,
    *,
    through: Through = "anything",
    depth: int | None = None,
    most: int = MOST_EDGES,
) -> Walk:
    """Walk from a model to its ancestors or descendants, at most `depth` steps (None: no limit)."""
    walked = _walked(start, direction, viewer, through, depth, most)
    return _nearest(start, direction, viewer, through, most) if walked.is_cut else walked


def _nearest(start: int, direction: Direction, viewer: Viewer | AsRegistrar, through: Through, most: int) -> Walk:
    """Return the nearest generations: as many whole ones as `most` edges allow, and at least a part of the first."""
    nearest, steps = _walked(start, direction, viewer, through, 1, most), 1
    while not nearest.is_cut:
        further = _walked(start, direction, viewer, through, steps + 1, most)
        if further.is_cut:
            break
        nearest, steps = further, steps + 1
    return replace(nearest, is_cut=True)


def _walked(
    start: int, direction: Direction, viewer: Viewer | AsRegistrar, through: Through, depth: int | None, most: int
) -> Walk:
    rows = _edges(_reached_sql(direction, depth), direction, [start], viewer, through, depth, most + 1)
    edges = [Edge(*row) for row in rows[:most]]
    return _measured(Walk(start, {start: 0}, edges, is_cut=len(rows) > most), direction, depth)


def reached(
    starts: Collection[int], direction: Direction, viewer: Viewer | AsRegistrar, *, through: Through = "anything"
) -> set[int]:
    """Return the keys of all ancestors or descendants of some models, without these models. One query."""
    if not starts:
        return set()
    condition = _condition(viewer, through)
    sql = _reached_sql(direction, None).format(starts=_values(starts), condition=condition.sql)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT id FROM reached", [*starts, *condition.parameters])
        return {row[0] for row in cursor.fetchall()} - set(starts)


def edges_above(
    starts: Collection[int], viewer: Viewer | AsRegistrar, *, through: Through = "anything", most: int = MOST_ABOVE
) -> list[Edge]:
    """Return the edges above some models, at most `most`. One query; none without models."""
    if not starts:
        return []
    sql = _reached_sql("ancestors", None)
    return [Edge(*row) for row in _edges(sql, "ancestors", list(starts), viewer, through, None, most)]


def pairs_above(starts: Collection[int]) -> list[tuple[int, int]]:
    """
    Return pairs (model, ancestor) for the ancestors whose weights reach the model, along public edges. One query; none
    without models.
    """
    if not starts:
        return []
    condition = _condition(None, "weights")
    places = ", ".join(["%s"] * len(starts))
    sql = (
        "WITH RECURSIVE up(start, id) AS (SELECT d.child_id, d.parent_id FROM registry_derivation d "
        f"WHERE d.child_id IN ({places}) AND {condition.sql} UNION SELECT u.start, d.parent_id FROM up u "
        f"JOIN registry_derivation d ON d.child_id = u.id WHERE {condition.sql}) SELECT start, id FROM up ORDER BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*starts, *condition.parameters, *condition.parameters])
        return [(start, ancestor) for start, ancestor in cursor.fetchall()]


def below(starts: Iterable[int], viewer: Viewer | AsRegistrar, *, through: Through = "anything") -> RawSQL:
    """Return a subquery of some models and all their descendants."""
    starts = list(starts) or [0]
    condition = _condition(viewer, through)
    sql = _reached_sql("descendants", None).format(starts=_values(starts), condition=condition.sql)
    return RawSQL(f"{sql} SELECT id FROM reached", [*starts, *condition.parameters])


def below_roots_of(country: str, viewer: Viewer | AsRegistrar) -> RawSQL:
    """Return a subquery of the roots of a country and all their descendants."""
    condition = _condition(viewer, "anything")
    sql = _reached_sql("descendants", None).format(
        starts=(
            "SELECT m.id FROM registry_aimodel m WHERE m.country = %s AND m.merged_into_id IS NULL AND NOT EXISTS "
            f"(SELECT 1 FROM registry_derivation d WHERE d.child_id = m.id AND {condition.sql})"
        ),
        condition=condition.sql,
    )
    return RawSQL(f"{sql} SELECT id FROM reached", [country, *condition.parameters, *condition.parameters])


def paths(start: int, end: int, viewer: Viewer | AsRegistrar, *, through: Through = "anything") -> list[list[int]]:
    """Return the paths from a model up to one of its ancestors, the shortest first, at most MOST_PATHS."""
    edges = walk(start, "ancestors", viewer, through=through).edges
    parents = defaultdict(list)
    for edge in edges:
        parents[edge.child].append(edge.parent)
    return list(_ways(parents, start, end, _leading_to(edges, end)))


def _ways(parents: dict[int, list[int]], start: int, end: int, leading: set[int]) -> Iterator[list[int]]:
    """Search breadth first, and only along nodes that lead to the end, so that dead ends take no time."""
    waiting, found = deque([[start]]), 0
    while waiting and found < MOST_PATHS:
        way = waiting.popleft()
        if way[-1] == end:
            found += 1
            yield way
            continue
        waiting.extend([*way, parent] for parent in dict.fromkeys(parents[way[-1]]) if parent in leading - set(way))


def _leading_to(edges: list[Edge], end: int) -> set[int]:
    children = defaultdict(list)
    for edge in edges:
        children[edge.parent].append(edge.child)
    leading, waiting = {end}, [end]
    while waiting:
        new = [child for child in children[waiting.pop()] if child not in leading]
        leading.update(new)
        waiting.extend(new)
    return leading


def _measured(walk: Walk, direction: Direction, depth: int | None) -> Walk:
    """Set the distance of each node, breadth first, and drop the edges of nodes that are out of reach."""
    steps = defaultdict(list)
    for edge in walk.edges:
        near, far = (edge.child, edge.parent) if direction == "ancestors" else (edge.parent, edge.child)
        steps[near].append(far)
    waiting = deque([walk.start])
    while waiting:
        node = waiting.popleft()
        for far in steps[node] if depth is None or walk.depths[node] < depth else ():
            if far not in walk.depths:
                walk.depths[far] = walk.depths[node] + 1
                waiting.append(far)
    walk.edges = [edge for edge in walk.edges if edge.child in walk.depths and edge.parent in walk.depths]
    return walk


def _edges(
    sql: str,
    direction: Direction,
    starts: list[int],
    viewer: Viewer | AsRegistrar,
    through: Through,
    depth: int | None,
    most: int,
) -> list[tuple[Any, ...]]:
    condition = _condition(viewer, through)
    near = "child_id" if direction == "ancestors" else "parent_id"
    last = "" if depth is None else "WHERE depth < %s"
    query = (
        f"{sql.format(starts=_values(starts), condition=condition.sql)} "
        "SELECT DISTINCT d.child_id, d.parent_id, d.relation, d.modified, d.passes_weights, d.source_id "
        f"FROM (SELECT DISTINCT id FROM reached {last}) r JOIN registry_derivation d ON d.{near} = r.id "
        f"WHERE {condition.sql} ORDER BY 1, 2, 3 LIMIT %s"
    )
    bounds = [] if depth is None else [depth]
    parameters = [*starts, *condition.parameters, *bounds, *bounds, *condition.parameters, most]
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [(*row[:3], *(None if flag is None else bool(flag) for flag in row[3:5]), row[5]) for row in cursor]


def _reached_sql(direction: Direction, depth: int | None) -> str:
    """Return the recursive query. Without a depth, it keeps each node once; with a depth, each node once per distance."""
    near, far = ("child_id", "parent_id") if direction == "ancestors" else ("parent_id", "child_id")
    join = f"JOIN registry_derivation d ON d.{near} = r.id WHERE {{condition}}"
    if depth is None:
        return f"WITH RECURSIVE reached(id) AS ({{starts}} UNION SELECT d.{far} FROM reached r {join})"
    return (
        "WITH RECURSIVE reached(id, depth) AS (SELECT s.*, 0 FROM ({starts}) s "
        f"UNION SELECT d.{far}, r.depth + 1 FROM reached r {join} AND r.depth < %s)"
    )


def _values(starts: Collection[int]) -> str:
    return f"SELECT m.id FROM registry_aimodel m WHERE m.id IN ({', '.join(['%s'] * len(starts))})"


def _condition(viewer: Viewer | AsRegistrar, through: Through) -> _Condition:
    """Return the SQL condition on an edge `d`: the viewer may see it, and it passes weights if `through` requires that."""
    sql, parameters = _visibility(viewer)
    weights = " AND d.passes_weights" if through == "weights" else ""
    return _Condition(f"NOT d.closes_cycle{weights} AND ({sql})", parameters)


def _visibility(viewer: Viewer | AsRegistrar) -> tuple[str, list[Any]]:
    if isinstance(viewer, AsRegistrar):
        return "d.walked_by_all OR d.walked_by_staff", []
    if not isinstance(viewer, User):
        return "d.walked_by_all", []
    if viewer.has_role(Role.REGISTRAR, Role.AUDITOR):
        return _visibility(AS_REGISTRAR)
    owners = sorted(viewer.own_organizations)
    provinces = viewer.reviewed_provinces if viewer.has_role(Role.REVIEWER) else []
    reach = [
        f"s.{column} IN ({', '.join(['%s'] * len(keys))})"
        for column, keys in (("owner_id", owners), ("province", provinces))
        if keys
    ]
    if not reach:
        return "d.walked_by_all", []
    visible = f"SELECT 1 FROM registry_source s WHERE s.id = d.source_id AND ({' OR '.join(reach)})"
    return f"d.walked_by_all OR (d.walked_by_owner AND EXISTS ({visible}))", [*owners, *provinces]

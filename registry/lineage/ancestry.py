"""
Roots, common ancestors and catalog families of several AI models.

`weights` follows only the relations that pass weights on. `architecture` follows all relations, so it also finds models that
contributed only their architecture or their outputs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from registry.lineage.walks import AsRegistrar, Edge, Through, edges_above
from registry.models import AIModel, ModelStatement, SourceKind, Viewer
from registry.models.ai_models import WITH_NUMBERS
from registry.reference.series import base_model_named

WAYS: Mapping[str, Through] = MappingProxyType({"weights": "weights", "architecture": "anything"})


@dataclass(slots=True)
class Graph:
    """The edges above the models `starts`: the parents of each model."""

    starts: tuple[int, ...]
    parents: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _above: dict[int, set[int]] = field(default_factory=dict)

    def add(self, edges: Iterable[Edge]) -> None:
        for edge in edges:
            self.parents[edge.child].add(edge.parent)

    def above(self, start: int) -> set[int]:
        """Return the model and all its ancestors. Results are cached, because its descendants need them again."""
        waiting, visited = [start], set[int]()
        while waiting:
            node = waiting[-1]
            visited.add(node)
            parents = self.parents.get(node, set())
            if missing := [parent for parent in parents if parent not in self._above and parent not in visited]:
                waiting.extend(missing)
            else:
                self._above[waiting.pop()] = {node}.union(*(self._above.get(parent, set()) for parent in parents))
        return self._above[start]

    def roots(self, start: int) -> list[int]:
        """Return the ancestors without parents; a model without parents is its own root."""
        return sorted(node for node in self.above(start) if not self.parents.get(node))

    def common(self) -> list[int]:
        """Return the common ancestors of all starts. A model counts as its own ancestor."""
        every = [self.above(start) for start in self.starts]
        return sorted(set.intersection(*every)) if every else []

    def nearest_common(self) -> list[int]:
        """Return the common ancestors that are not ancestors of another common ancestor. There may be several."""
        common = set(self.common())
        above = {node for each in common for node in self.above(each) if node != each}
        return sorted(common - above)

    def nodes(self) -> set[int]:
        """Return all starts and their ancestors."""
        return {node for start in self.starts for node in self.above(start)}


def graph_above(starts: Collection[int], viewer: Viewer | AsRegistrar, through: Through) -> Graph:
    """Return the graph above some models, as far as the viewer may see it. One query."""
    graph = Graph(tuple(starts))
    graph.add(edges_above(starts, viewer, through=through))
    return graph


def families_of(models: Collection[int]) -> dict[int, str]:
    """Return the catalog family of each model that has one: from the catalog, else from a known model name. Two queries."""
    listed = ModelStatement.objects.filter(model__in=models, source__kind=SourceKind.CATALOG).exclude(family="")
    found = dict(listed.values_list("model_id", "family"))
    rest = AIModel.objects.filter(pk__in=set(models) - set(found)).values_list("pk", "name")
    return found | {pk: named.family for pk, name in rest if (named := base_model_named(name))}


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The ancestry of a set of models. `nodes` and `families` are by key."""

    models: list[AIModel]
    nodes: dict[int, AIModel]
    families: dict[int, str]
    graphs: dict[str, Graph]

    def families_above(self, model: int, way: str) -> list[str]:
        """Return the catalog families of a model and its ancestors."""
        graph = self.graphs[way]
        return sorted({self.families[node] for node in graph.above(model) if node in self.families})


def ancestry_of(models: Sequence[AIModel], viewer: Viewer) -> Ancestry:
    """Return the ancestry of models. Six queries, regardless of their number."""
    starts = [model.pk for model in models]
    graphs = {way: graph_above(starts, viewer, through) for way, through in WAYS.items()}
    keys: set[int] = set(starts).union(*(graph.nodes() for graph in graphs.values()))
    rows = AIModel.objects.filter(pk__in=keys).select_related("developer").prefetch_related(*WITH_NUMBERS)
    return Ancestry(list(models), {row.pk: row for row in rows}, families_of(keys), graphs)

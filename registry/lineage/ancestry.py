"""
What several AI models go back to: their roots, the ancestors that they share, and the families of the catalog.

`weights` goes along relations by which weights pass; `architecture` along all relations, so that it tells also what only lent
its architecture or its outputs.
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
    """Upward edges of one kind: the parents of each model, and what was asked for."""

    starts: tuple[int, ...]
    parents: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _above: dict[int, set[int]] = field(default_factory=dict)

    def add(self, edges: Iterable[Edge]) -> None:
        for edge in edges:
            self.parents[edge.child].add(edge.parent)

    def above(self, start: int) -> set[int]:
        """Return the model with all its ancestors; what was worked out for one is kept for those below it."""
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
        """Return what a model goes back to and that itself derives from nothing; a model without parents is its own root."""
        return sorted(node for node in self.above(start) if not self.parents.get(node))

    def common(self) -> list[int]:
        """Return the models that all go back to, or are."""
        every = [self.above(start) for start in self.starts]
        return sorted(set.intersection(*every)) if every else []

    def nearest_common(self) -> list[int]:
        """Of the common ancestors those that are no ancestor of another common one; there may be several."""
        common = set(self.common())
        above = {node for each in common for node in self.above(each) if node != each}
        return sorted(common - above)

    def nodes(self) -> set[int]:
        return {node for start in self.starts for node in self.above(start)}


def graph_above(starts: Collection[int], viewer: Viewer | AsRegistrar, through: Through) -> Graph:
    """Return what some models go back to, as far as the viewer may see it; one query."""
    graph = Graph(tuple(starts))
    graph.add(edges_above(starts, viewer, through=through))
    return graph


def families_of(models: Collection[int]) -> dict[int, str]:
    """Return the family of the catalog of each model that has one: by the catalog, else by a name that is known. Two queries."""
    listed = ModelStatement.objects.filter(model__in=models, source__kind=SourceKind.CATALOG).exclude(family="")
    found = dict(listed.values_list("model_id", "family"))
    rest = AIModel.objects.filter(pk__in=set(models) - set(found)).values_list("pk", "name")
    return found | {pk: named.family for pk, name in rest if (named := base_model_named(name))}


@dataclass(frozen=True, slots=True)
class Ancestry:
    """The answer for a set of models; nodes by key."""

    models: list[AIModel]
    nodes: dict[int, AIModel]
    families: dict[int, str]
    graphs: dict[str, Graph]

    def families_above(self, model: int, way: str) -> list[str]:
        """The families of the catalog that a model or any of its ancestors belongs to."""
        graph = self.graphs[way]
        return sorted({self.families[node] for node in graph.above(model) if node in self.families})


def ancestry_of(models: Sequence[AIModel], viewer: Viewer) -> Ancestry:
    """Return the roots, common ancestors and families of models. Six queries, however many there are."""
    starts = [model.pk for model in models]
    graphs = {way: graph_above(starts, viewer, through) for way, through in WAYS.items()}
    keys: set[int] = set(starts).union(*(graph.nodes() for graph in graphs.values()))
    rows = AIModel.objects.filter(pk__in=keys).select_related("developer").prefetch_related(*WITH_NUMBERS)
    return Ancestry(list(models), {row.pk: row for row in rows}, families_of(keys), graphs)

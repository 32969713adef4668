"""The lineage of the known base models: on what a model stands, and what stands on it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.reference.base_models import BaseModel

WITHOUT_WEIGHTS = frozenset({"architecture_only", "distillation"})


@dataclass(frozen=True, slots=True)
class _Developer:
    name: str


@dataclass(frozen=True, slots=True)
class Node:
    """A model in a tree: `depth` is negative above the model asked about; `uid` is its id."""

    uid: str
    name: str
    developer: _Developer
    country: str
    depth: int
    is_root: bool
    version: str = ""


def tree_of(asked: BaseModel, models: Sequence[BaseModel]) -> tuple[list[Node], list[dict[str, Any]]]:
    """Return the models above and below one, and the edges between them, in the form that `registry.lineage.layout` draws."""
    by_id = {model.id: model for model in models}
    children: dict[str, list[str]] = defaultdict(list)
    for model in models:
        for base, _ in model.parents:
            children[base].append(model.id)
    depths = {
        asked.id: 0,
        **_reached(asked.id, {model.id: [base for base, _ in model.parents] for model in models}, -1),
        **_reached(asked.id, children, 1),
    }
    edges = [
        _edge(by_id[id], base, relation) for id in depths for base, relation in by_id[id].parents if base in depths
    ]
    nodes = [_node(by_id[id], depth) for id, depth in depths.items()]
    return nodes, edges


def _reached(start: str, ways: Mapping[str, Sequence[str]], step: int) -> dict[str, int]:
    """Return the models that are reached, each with the number of steps on the shortest way."""
    depths: dict[str, int] = {}
    waiting = [(start, 0)]
    for id, depth in waiting:
        for other in ways.get(id, ()):
            if other not in depths and other != start:
                depths[other] = depth + step
                waiting.append((other, depth + step))
    return depths


def _node(model: BaseModel, depth: int) -> Node:
    is_root = depth <= 0 and not model.parents
    return Node(model.id, model.name, _Developer(model.developer), model.country, depth, is_root)


def _edge(child: BaseModel, parent: str, relation: str) -> dict[str, Any]:
    passes = relation not in WITHOUT_WEIGHTS
    return {"child": child.id, "parent": parent, "relation": relation, "passes_weights": passes}

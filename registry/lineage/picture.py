"""The lineage of a model as nodes and edges, with everything that the pages and the API show."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from registry.lineage.walks import AS_REGISTRAR, Direction, Edge, Through, reached, walk
from registry.models import AIModel, Role, Source, User, Viewer
from registry.models.ai_models import WITH_NUMBERS

SHOWN = ("ancestors", "descendants")


def drawn(
    model: AIModel,
    viewer: Viewer,
    *,
    direction: Literal["ancestors", "descendants", "both"] = "ancestors",
    through: Through = "anything",
    depth: int | None = None,
) -> dict[str, Any]:
    """
    Return the lineage of the model.

    `nodes` are AI models with two attributes: `depth`, negative for ancestors, and `is_root`. `edges` refer to them by
    uid. `hidden` is the number of models that the viewer may not see; it is None except for staff.
    """
    depths, edges, is_cut = {model.pk: 0}, list[Edge](), False
    for way in SHOWN if direction == "both" else (direction,):
        walked = walk(model.pk, way, viewer, through=through, depth=depth)  # type: ignore[arg-type]
        sign = -1 if way == "ancestors" else 1
        depths |= {key: sign * steps for key, steps in walked.depths.items() if key not in depths}
        edges += [edge for edge in walked.edges if edge not in edges] if direction == "both" else walked.edges
        is_cut = is_cut or walked.is_cut
    nodes = _nodes(depths, edges)
    return {
        "model": model.uid,
        "direction": direction,
        "through": through,
        "nodes": nodes,
        "edges": _edges(edges, {node.pk: node for node in nodes}),
        "hidden": _hidden(model, viewer, direction, through, depths)
        if isinstance(viewer, User) and viewer.roles
        else None,
        "is_cut": is_cut,
    }


def _nodes(depths: dict[int, int], edges: list[Edge]) -> list[Any]:
    children = {edge.child for edge in edges}
    rows = AIModel.objects.filter(pk__in=depths).select_related("developer").prefetch_related(*WITH_NUMBERS)
    nodes: list[Any] = sorted(rows, key=lambda node: (depths[node.pk], node.name, node.pk))
    for node in nodes:
        node.depth = depths[node.pk]
        node.is_root = node.depth <= 0 and node.pk not in children
    return nodes


def _edges(edges: list[Edge], nodes: dict[int, Any]) -> list[dict[str, Any]]:
    sources = Source.objects.in_bulk({edge.source for edge in edges})
    return [
        {
            "child": nodes[edge.child].uid,
            "parent": nodes[edge.parent].uid,
            "relation": edge.relation,
            "modified": edge.modified,
            "passes_weights": edge.passes_weights,
            "source": sources[edge.source],
        }
        for edge in edges
    ]


def _hidden(model: AIModel, viewer: User, direction: str, through: Through, visible: Collection[int]) -> int:
    """Count the models that a registrar sees on the same walk and this viewer does not."""
    if viewer.has_role(Role.REGISTRAR, Role.AUDITOR):
        return 0
    ways: tuple[Direction, ...] = SHOWN if direction == "both" else (direction,)  # type: ignore[assignment]
    everything = set().union(*(reached([model.pk], way, AS_REGISTRAR, through=through) for way in ways))
    return len(everything - set(visible))

"""Ancestors of several AI models over the API, and lineages as GraphML."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api import parameters
from registry.api.endpoint import Endpoint, operation
from registry.api.parameters import bad_query
from registry.api.problems import Problem
from registry.api.requests import user_of
from registry.api.serializers import AIModelSerializer
from registry.lineage.ancestry import WAYS, Ancestry, ancestry_of
from registry.models import AIModel, User

# More would not fit into the address that the web server reads.
MOST_MODELS, MOST_REPEATS = 150, 50
_ID = parameters.UUID_FORM
MODELS = parameters.several(
    parameters.pattern(
        "model",
        f"{_ID}(,{_ID})*",
        lambda: _("Specify 1 to %(most)s ids of AI models, as listed by GET /models/.") % {"most": MOST_MODELS},
        f"Id of an AI model. Can be repeated up to {MOST_REPEATS} times, with several ids separated by commas; up to {MOST_MODELS} ids.",
    ),
    MOST_REPEATS,
)


class WaysSerializer(serializers.Serializer[Any]):
    """Ids of models, following weights only or any relation (architecture)."""

    weights = serializers.ListField(child=serializers.UUIDField())
    architecture = serializers.ListField(child=serializers.UUIDField())


class FamiliesSerializer(serializers.Serializer[Any]):
    weights = serializers.ListField(child=serializers.CharField())
    architecture = serializers.ListField(child=serializers.CharField())


class RootedSerializer(serializers.Serializer[Any]):
    """A requested model: its roots, and the families of the catalog that it derives from."""

    id = serializers.UUIDField()
    roots = WaysSerializer()
    families = FamiliesSerializer()


class AncestrySerializer(serializers.Serializer[Any]):
    models = RootedSerializer(many=True)
    common_ancestors = WaysSerializer()
    nearest_common_ancestors = WaysSerializer()
    nodes = AIModelSerializer(many=True)


class AncestryView(Endpoint):
    """Common ancestors, roots and families."""

    @operation("models_ancestry", "AI models", {200: AncestrySerializer}, parameters=[MODELS])
    def get(self, request: Request) -> Response:
        """
        Return the roots and families of each model, and the common and nearest common ancestors of all models, following
        weights only and any relation. A model that you may not see is refused (400).
        """
        ancestry = ancestry_of(_models(self.query["model"], user_of(request)), user_of(request))
        return Response(AncestrySerializer(_answer(ancestry), context={"user": request.user}).data)


def _models(given: list[str], user: User) -> list[AIModel]:
    uids = list(dict.fromkeys(UUID(part) for value in given for part in value.split(",")))
    if len(uids) > MOST_MODELS:
        raise bad_query("model", MODELS.advice())
    return models_or_problem(uids, user)


def models_or_problem(uids: list[UUID], user: User) -> list[AIModel]:
    """Return the models with these ids. Raises a Problem (404) that names those that the user may not see."""
    visible = {model.uid: model for model in AIModel.objects.visible_to(user).filter(uid__in=uids)}
    if missing := [str(uid) for uid in uids if uid not in visible]:
        message = _("These AI models do not exist, or you are not allowed to see them: %(ids)s.")
        raise Problem.at("", 404, "bad_model", _("AI model not found"), message % {"ids": ", ".join(missing[:5])})
    return [visible[uid] for uid in uids]


def _answer(ancestry: Ancestry) -> dict[str, Any]:
    def ids(keys: list[int]) -> list[UUID]:
        return [ancestry.nodes[key].uid for key in keys if key in ancestry.nodes]

    def ways(of_way: Any) -> dict[str, Any]:
        return {way: of_way(way) for way in WAYS}

    graphs = ancestry.graphs
    return {
        "models": [
            {
                "id": model.uid,
                "roots": ways(lambda way, key=model.pk: ids(graphs[way].roots(key))),
                "families": ways(lambda way, key=model.pk: ancestry.families_above(key, way)),
            }
            for model in ancestry.models
        ],
        "common_ancestors": ways(lambda way: ids(graphs[way].common())),
        "nearest_common_ancestors": ways(lambda way: ids(graphs[way].nearest_common())),
        "nodes": sorted(ancestry.nodes.values(), key=lambda node: node.pk),
    }


class GraphMLRenderer(BaseRenderer):
    """A lineage as GraphML (graphml.graphdrawing.org), for Gephi, yEd or networkx."""

    media_type = "application/graphml+xml"
    format = "graphml"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if not isinstance(data, dict) or "nodes" not in data:
            # Problem details are always JSON, whatever format was requested.
            return bytes(JSONRenderer().render(data))
        import networkx as nx  # when needed: it takes a while

        return "\n".join(nx.generate_graphml(graph_of(data))).encode()


def graph_of(lineage: dict[str, Any]) -> Any:
    """Return a serialized lineage as a directed graph from child to parent."""
    import networkx as nx

    graph = nx.MultiDiGraph()
    for node in lineage["nodes"]:
        graph.add_node(str(node["id"]), **_node(node))
    for edge in lineage["edges"]:
        attributes = {"relation": edge["relation"] or "", "passes_weights": edge["passes_weights"]}
        graph.add_edge(str(edge["child"]), str(edge["parent"]), **attributes, source=edge["source"]["label"])
    return graph


def _node(node: dict[str, Any]) -> dict[str, Any]:
    developer = node.get("developer") or {}
    return {
        "name": _without_control_characters(node["name"]),
        "version": _without_control_characters(node["version"]),
        "developer": _without_control_characters(developer.get("name") or ""),
        "country": node["country"],
        "registration_status": node["registration_status"],
        "depth": node["depth"],
        "is_root": node["is_root"],
    }


def _without_control_characters(text: str) -> str:
    """Remove control characters, which XML does not allow."""
    return "".join(character for character in text if character >= " ")

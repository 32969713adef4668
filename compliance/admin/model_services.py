"""The services that run on an AI model, directly or through a model that stands on it."""

from __future__ import annotations

from typing import Any

from registry.models import AIModel, ModelStatement, ServiceStatement

MOST = 200


def services_on(model: AIModel, lineage: dict[str, Any], user: Any) -> list[dict[str, Any]]:
    """Return the services that use the model or a model that stands on it, each with the model in use."""
    using = ModelStatement.objects.visible_to(user).filter(
        used_by_service=True, model__uid__in=_built_on(model, lineage)
    )
    models = {use.source_id: use.model for use in using.select_related("model").order_by("-pk")[:MOST]}
    declared = (
        ServiceStatement.objects.visible_to(user).filter(source__in=models).select_related("service__organization")
    )
    rows = {row.service_id: {"service": row.service, "model": models[row.source_id]} for row in declared}
    return list(rows.values())


def _built_on(model: AIModel, lineage: dict[str, Any]) -> set[Any]:
    """Return the ids of the model and of its descendants in a lineage."""
    found, todo = {model.uid}, [model.uid]
    while todo:
        parent = todo.pop()
        below = {edge["child"] for edge in lineage["edges"] if edge["parent"] == parent} - found
        found |= below
        todo.extend(below)
    return found

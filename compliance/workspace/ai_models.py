"""The AI models of an organization, their base models and licenses, and what depends on each."""

from __future__ import annotations

from django.http import HttpResponseBase

from compliance.inventory.ai_models import ListedModel, models_of
from compliance.workspace.visits import Visit, for_members
from registry.models import NumberStatus


@for_members
def models(visit: Visit) -> HttpResponseBase:
    """List the models, the own ones first, then the base models with what is affected if one is revoked or barred."""
    listed = models_of(visit.organization)
    labels = dict(NumberStatus.choices)
    context = {
        "room": "models",
        "own": [(model, labels.get(model.number_status, "")) for model in listed if model.is_own],
        "bases": [(model, labels.get(model.number_status, "")) for model in listed if not model.is_own],
        "ended": [model for model in listed if model.is_ended],
        "most": max((_reach(model) for model in listed), default=0),
    }
    return visit.page("models.html", context)


def _reach(model: ListedModel) -> int:
    return len(model.affected)

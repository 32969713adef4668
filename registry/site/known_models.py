"""The pages of the known base models: anyone can search them, see on what each stands, and what its license asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registry.countries import country_name
from registry.lineage.layout import laid_out
from registry.names import folded_model
from registry.reference.base_models import BaseModel, Family
from registry.reference.identifying import Names
from registry.reference.layer_sizes import parameters_of
from registry.reference.license_notes import license_note
from registry.reference.model_trees import tree_of
from registry.register.base_model_names import known_names
from registry.tables import csv_table

ON_A_PAGE = 50
QUERY_LENGTH = 200
# Boxes side by side in the picture of a lineage, so that it fits the page.
IN_A_LINE = 4
# In English and in Chinese: the English words mean other things elsewhere.
MODALITIES = {
    "text": ("text", "文本"),
    "image": ("image", "图像"),
    "audio": ("audio", "音频"),
    "video": ("video", "视频"),
}
RELATIONS: dict[str, str | Promise] = {
    "finetune": _("fine-tuning"),
    "continued_pretraining": _("continued pretraining"),
    "adapter": _("adapter"),
    "merge": _("merge"),
    "quantized": _("quantization"),
    "distillation": _("distillation"),
    "pruning": _("pruning"),
    "architecture_only": _("architecture only"),
}
COLUMNS = (
    *("id", "name", "family", "developer", "parent", "country", "license", "open_weights", "released_on", "billions"),
    *("active_billions", "modalities", "stands_on", "hub", "sources"),
)


def known_models(request: HttpRequest) -> HttpResponse:
    """List the known base models, filtered by text, modality, country and developer; as a page, JSON or CSV."""
    known = known_names()
    query = {
        "q": request.GET.get("q", "")[:QUERY_LENGTH].strip(),
        "modality": _one_of(request, "modality", MODALITIES),
        "country": _one_of(request, "country", {family.country for family in known.families.values()}),
        "family": _one_of(request, "family", known.families),
    }
    meant = known.identify(query["q"]).model if query["q"] else None
    rows = [model for model in known.models if _is_asked(model, known.families[model.family], query, meant)]
    if (form := request.GET.get("format")) in ("json", "csv"):
        return _as_file(rows, known, form)
    return render(request, "site/known_models.html", _list_context(request, rows, known, query))


def _list_context(request: HttpRequest, rows: list[BaseModel], known: Names, query: dict[str, str]) -> dict[str, Any]:
    carried = urlencode([(name, value) for name, value in query.items() if value])
    countries = sorted({family.country for family in known.families.values()})
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    identified = known.identify_or_ask(query["q"]) if query["q"] else None
    return {
        "page": page,
        "rows": [
            (model, _country(model.country), [known.by_id[base] for base, _ in model.parents])
            for model in page.object_list
        ],
        "asked": query,
        "carried": carried,
        "modalities": [(code, names[_is_chinese()]) for code, names in MODALITIES.items()],
        "countries": [(code, _country(code)) for code in countries],
        "families": sorted(known.families, key=str.casefold),
        "model_count": len(known.models),
        "family_count": len(known.families),
        "identified": identified,
        "identified_country": _country(identified.family.country) if identified and identified.family else "",
    }


def _is_asked(model: BaseModel, family: Family, query: dict[str, str], meant: BaseModel | None) -> bool:
    if query["modality"] and query["modality"] not in model.modalities:
        return False
    if query["country"] not in ("", model.country) or query["family"] not in ("", model.family):
        return False
    return not query["q"] or model is meant or folded_model(query["q"]) in _searched(model, family)


def _searched(model: BaseModel, family: Family) -> str:
    """Return everything by which a model is found, folded."""
    texts = (model.name, model.id, *model.aliases, *model.hub, family.name, *family.aliases)
    developers = (family.developer, family.developer_zh, family.parent, model.license)
    return "\x1f".join(folded_model(text) for text in (*texts, *developers) if text)


def _one_of(request: HttpRequest, name: str, choices: Any) -> str:
    value = request.GET.get(name, "")
    return value if value in choices else ""


def _as_file(rows: list[BaseModel], known: Names, form: str) -> HttpResponse:
    if form == "json":
        records = [_record(model, known) for model in rows]
        return JsonResponse({"models": records}, json_dumps_params={"ensure_ascii": False})
    lines = [[_cell(value) for value in _record(model, known).values()] for model in rows]
    response = HttpResponse(csv_table(COLUMNS, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="base-models.csv"'
    return response


def _record(model: BaseModel, known: Names) -> dict[str, Any]:
    """Return what a file says about a model: the values of COLUMNS."""
    family = known.families[model.family]
    values = (
        *(model.id, model.name, model.family, family.developer, family.parent or None, model.country),
        *(model.license or None, model.open_weights, model.released_on and model.released_on.isoformat()),
        *(model.billions, model.active_billions, list(model.modalities)),
        [{"model": base, "relation": relation} for base, relation in model.parents],
        *(list(model.hub), model.sources),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(each if isinstance(each, str) else f"{each['model']} ({each['relation']})" for each in value)
    return "" if value is None else value


def known_model(request: HttpRequest, id: str) -> HttpResponse:
    """Show one known base model: its lineage, what its license asks, its structure and its sources."""
    known = known_names()
    model = known.by_id.get(id)
    if model is None:
        raise Http404
    nodes, edges = tree_of(model, known.models)
    context = {
        "model": model,
        "family": known.families[model.family],
        "country": _country(model.country),
        "modalities": [MODALITIES[each][_is_chinese()] for each in model.modalities],
        "picture": laid_out(nodes, edges, in_a_line=IN_A_LINE) if len(nodes) > 1 else None,
        "stands_on": [(known.by_id[base], RELATIONS[relation]) for base, relation in model.parents],
        "stand_on_it": sorted(_children(model, known), key=lambda pair: pair[0].name.casefold()),
        "relations": RELATIONS,
        "license": license_note(model.license),
        "structure": json.dumps(model.structure, ensure_ascii=False, indent=1) if model.structure else "",
        "computed": f"{parameters:,}"
        if (parameters := parameters_of(model.structure) if model.structure else None)
        else "",
        "siblings": [other for other in known.models if other.family == model.family and other.id != model.id],
    }
    return render(request, "site/known_model.html", context)


def _children(model: BaseModel, known: Names) -> Iterator[tuple[BaseModel, str | Promise]]:
    for other in known.models:
        for base, relation in other.parents:
            if base == model.id:
                yield other, RELATIONS[relation]


def _country(code: str) -> str:
    return country_name(code, "zh" if _is_chinese() else "en") or code


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")

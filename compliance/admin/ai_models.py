"""The admin of AI models: known facts with their sources, lineage, evidence and corrections by registrars."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display

from compliance.admin import dependence
from compliance.admin.evidence import describe
from compliance.admin.model_services import services_on
from compliance.admin.pages import PageAdmin, done, post_only, user_of
from compliance.admin.permissions import can_see_filings
from compliance.dossier.codes import ACCESS, DEVELOPMENT, MODALITIES, ORIGINS, RELATIONS, SOURCE_TYPES
from compliance.evidence.verdicts import evidence_of_model
from compliance.language import Language, language_of, listed
from compliance.models import Filing
from registry.api.corrections import refusals_as_problems
from registry.api.problems import Problem
from registry.api.serializers import ChangesSerializer
from registry.lineage.layout import laid_out
from registry.lineage.picture import drawn
from registry.models import (
    AIModel,
    Correction,
    Derivation,
    ModelStatement,
    Role,
    TrainingDataDeclaration,
)
from registry.register import corrections
from registry.register.precedence import CORRECTABLE, has_value, in_order, shown_values

STATUS_COLORS = {
    "unfiled": "default",
    "in_progress": "info",
    "filed": "success",
    "registered": "success",
    "suspended": "warning",
    "revoked": "danger",
    "cancelled": "default",
}
DEPTH = 6
MOST_STATEMENTS = 50
# Fields shown on the page of a model, in this order. The structure has its own section.
LINES = (
    "name",
    "version",
    "developer_name",
    "developer_country",
    "development",
    "access",
    "modalities",
    "parameters",
    "architecture",
    "context_length",
    "license",
    "open_weights",
    "released_on",
    "filing_number",
    "family",
    "framework",
    "training_started_on",
    "training_ended_on",
    "note",
)


@admin.register(AIModel)
class AIModelAdmin(PageAdmin):
    list_display = ["name", "version", "developer", "country", "shown_status", "created_at"]
    list_filter = ["registration_status"]
    search_fields = ["search_text"]
    search_help_text = gettext_lazy("Search by model or developer, in Chinese or Latin script")
    list_select_related = ["developer"]
    change_form_template = "compliance/desk/ai_model.html"
    ordering = ["-id"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_see_filings(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AIModel]:
        return AIModel.objects.visible_to(user_of(request)).select_related("developer")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.found_by(search_term), False

    def get_urls(self) -> list[Any]:
        own = [
            path("dependence/", self.admin_site.admin_view(dependence.page), name="compliance_dependence"),
            path("<int:key>/correct/", self.admin_site.admin_view(self.correct), name="registry_aimodel_correct"),
            path("<int:key>/merge/", self.admin_site.admin_view(self.merge), name="registry_aimodel_merge"),
            path("<int:key>/undo/<uuid:uid>/", self.admin_site.admin_view(self.undo), name="registry_aimodel_undo"),
        ]
        return [*own, *super().get_urls()]

    @display(description=gettext_lazy("registration status"), label=STATUS_COLORS, ordering="registration_status")
    def shown_status(self, model: AIModel) -> tuple[str, str]:
        return model.registration_status, model.get_registration_status_display()

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page, in a fixed number of queries."""
        return page_of(row, user_of(request), language_of(get_language()))

    def correct(self, request: HttpRequest, key: int) -> HttpResponse:
        """Correct one field of a model. A reason is required."""
        post_only(request)
        model, by = get_object_or_404(self.get_queryset(request), pk=key), user_of(request)

        def act() -> None:
            changes = _changes(request.POST.get("field", ""), request.POST.get("value", ""))
            with refusals_as_problems():
                corrections.correct_model(model, changes, reason=request.POST.get("reason", ""), by=by)

        return done(request, act, _("The correction is recorded."), _address(model))

    def merge(self, request: HttpRequest, key: int) -> HttpResponse:
        """Merge a model into another one. A reason is required."""
        post_only(request)
        model, by = get_object_or_404(self.get_queryset(request), pk=key), user_of(request)
        into = _find_by_uid(self.get_queryset(request), request.POST.get("into", ""))

        def act() -> None:
            if into is None:
                raise Problem(
                    400,
                    "no_such_model",
                    _("Not corrected"),
                    _("There is no AI model with this id. Copy the id from the page of the model."),
                )
            with refusals_as_problems():
                corrections.merge_models(model, into, reason=request.POST.get("reason", ""), by=by)

        return done(request, act, _("The two records are merged."), _address(into or model))

    def undo(self, request: HttpRequest, key: int, uid: Any) -> HttpResponse:
        """Undo a correction or a merge. A reason is required."""
        post_only(request)
        by = user_of(request)
        correction = get_object_or_404(Correction, uid=uid)

        def act() -> None:
            with refusals_as_problems():
                corrections.undo_correction(correction, reason=request.POST.get("reason", ""), by=by)

        return done(request, act, _("The correction is undone."), _address(correction.model))


def _address(model: AIModel) -> str:
    return reverse("admin:registry_aimodel_change", args=[model.pk])


def _find_by_uid(rows: QuerySet[AIModel], uid: str) -> AIModel | None:
    """Return the model with the id shown on its page; None if there is none or the id is invalid."""
    try:
        return rows.filter(uid=UUID(uid.strip())).first()
    except ValueError:
        return None


def _changes(field: str, value: str) -> dict[str, Any]:
    """Parse one field of a form with the serializer of the API. Lists are separated by commas."""
    given: Any = [part.strip() for part in value.split(",") if part.strip()] if field == "modalities" else value.strip()
    serializer = ChangesSerializer(data={field: given}, partial=True)
    if field not in CORRECTABLE or not serializer.is_valid():
        messages = [field]
        if field in CORRECTABLE:
            messages = [str(message) for errors in serializer.errors.values() for message in errors]
        raise Problem(400, "bad_field", _("Not corrected"), "; ".join(messages) or field)
    return dict(serializer.validated_data)


def page_of(model: AIModel, user: Any, language: Language) -> dict[str, Any]:
    visible = model.statements.visible_to(user).select_related("source", "named_model")
    statements = in_order(visible[:MOST_STATEMENTS])
    lineage = drawn(model, user, direction="both", depth=DEPTH)
    return {
        "model": model,
        "title": model.name,
        "numbers": model.all_numbers,
        "lines": _lines(statements, language),
        "structure": json.dumps(shown_values(statements)["structure"][0] or {}, ensure_ascii=False, indent=1),
        "statement_count": visible.count(),
        "lineage": lineage,
        "picture": laid_out(lineage["nodes"], lineage["edges"]),
        "rows": _edge_rows(lineage, language),
        "roots": [node for node in lineage["nodes"] if node.is_root],
        "relations": {code: label.in_(language) for code, label in RELATIONS.items()},
        "left_out": _left_out(model, user),
        "corpora": [_corpus(corpus, language) for corpus in _corpora(model, user)],
        "filings": _filings(model, user),
        "services": services_on(model, lineage, user),
        "evidence": [describe(filed, language) for filed in evidence_of_model(model, user)],
        "corrections": model.corrections.select_related("into", "by", "undone_by")
        | Correction.objects.filter(into=model).select_related("into", "by", "undone_by"),
        "can_correct": user.has_role(Role.REGISTRAR),
        "correctable": [(name, ModelStatement._meta.get_field(name).verbose_name) for name in CORRECTABLE],
    }


def _lines(statements: list[ModelStatement], language: Language) -> list[dict[str, Any]]:
    """Return the value of each field in force, and the different values of other sources."""
    values = shown_values(statements)
    return [
        {
            "name": ModelStatement._meta.get_field(name).verbose_name,
            "value": _display(name, values[name][0], language),
            "source": values[name][1],
            "others": _others(name, values[name][0], statements, language),
        }
        for name in LINES
        if has_value(values[name][0])
    ]


def _others(name: str, value: Any, statements: list[ModelStatement], language: Language) -> list[dict[str, Any]]:
    known, others = [value], []
    for statement in statements:
        other = getattr(statement, name)
        if has_value(other) and other not in known and name != "note":
            known.append(other)
            others.append({"value": _display(name, other, language), "source": statement.source})
    return others


def _display(name: str, value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return f"{value:,}"
    if name == "modalities":
        return listed([MODALITIES[code].in_(language) if code in MODALITIES else str(code) for code in value], language)
    labels = {"development": DEVELOPMENT, "access": ACCESS}.get(name, {})
    return labels[value].in_(language) if value in labels else str(value)


def _corpus(corpus: TrainingDataDeclaration, language: Language) -> dict[str, Any]:
    return {
        "row": corpus,
        "source_type": SOURCE_TYPES[corpus.source_type].in_(language) if corpus.source_type else "–",
        "origin": ORIGINS[corpus.origin].in_(language) if corpus.origin else "–",
    }


def _edge_rows(lineage: dict[str, Any], language: Language) -> list[dict[str, Any]]:
    """Return the lineage as table rows, the accessible alternative to the diagram."""
    nodes = {node.uid: node for node in lineage["nodes"]}
    return [
        {
            "child": nodes[edge["child"]],
            "parent": nodes[edge["parent"]],
            "relation": RELATIONS[edge["relation"]].in_(language) if edge["relation"] in RELATIONS else "–",
            "passes_weights": edge["passes_weights"],
            "source": edge["source"],
        }
        for edge in lineage["edges"]
    ]


def _corpora(model: AIModel, user: Any) -> QuerySet[TrainingDataDeclaration]:
    rows = TrainingDataDeclaration.objects.visible_to(user).filter(statement__model=model)
    return rows.select_related("source").order_by("pk")[:MOST_STATEMENTS]


def _left_out(model: AIModel, user: Any) -> list[Derivation]:
    """Return the edges omitted because they would create a cycle; only registrars see them."""
    if not user.has_role(Role.REGISTRAR):
        return []
    marked = Derivation.objects.filter(closes_cycle=True).select_related("child", "parent", "source")
    return list(marked.filter(child=model) | marked.filter(parent=model))


def _filings(model: AIModel, user: Any) -> list[Filing]:
    sources = ModelStatement.objects.filter(model=model).values("source")
    rows = Filing.objects.visible_to(user).filter(source__in=sources).select_related("applicant")
    return list(rows.order_by("-pk")[:MOST_STATEMENTS])

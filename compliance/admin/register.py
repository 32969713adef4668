"""The admin of services, official numbers and training-data declarations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from compliance.admin.ai_models import STATUS_COLORS
from compliance.admin.pages import PageAdmin, user_of
from compliance.admin.permissions import ReadOnlyAdmin
from compliance.checking.case_facts import cases_of
from compliance.checking.flag_counts import bring_counts_up_to_date
from compliance.filings.workflow import ENDED
from compliance.language import Language, language_of
from compliance.models import Filing
from compliance.rules.due_dates import running_deadlines
from compliance.rules.wording import place
from registry.models import ModelStatement, OfficialNumber, Service, TrainingDataDeclaration
from registry.reference.regions import PROVINCES

MOST_FILINGS = 50


@admin.register(Service)
class ServiceAdmin(PageAdmin):
    list_display = ["name", "organization", "shown_status", "created_at"]
    list_filter = ["registration_status"]
    search_fields = ["search_text"]
    search_help_text = _("Search by service or organization, in Chinese or Latin script")
    list_select_related = ["organization"]
    change_form_template = "compliance/desk/service.html"
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        return Service.objects.visible_to(user_of(request)).select_related("organization")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.found_by(search_term), False

    @display(description=_("registration status"), label=STATUS_COLORS, ordering="registration_status")
    def shown_status(self, service: Service) -> tuple[str, str]:
        return service.registration_status, service.get_registration_status_display()

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page, in a fixed number of queries."""
        user, language = user_of(request), language_of(get_language())
        statements = row.statements.visible_to(user).select_related("source").order_by("-source__stated_at", "-pk")
        sources = [statement.source_id for statement in statements]
        filings = Filing.objects.visible_to(user).filter(source__in=sources).select_related("applicant")
        rows = bring_counts_up_to_date(list(filings.order_by("-pk")[:MOST_FILINGS]))
        used = ModelStatement.objects.visible_to(user).filter(source__in=sources, used_by_service=True)
        return {
            "service": row,
            "title": row.name,
            "numbers": row.official_numbers.all(),
            "statements": statements,
            "latest": statements[0] if statements else None,
            "filings": rows,
            "deadlines": _deadlines(rows, language),
            "models": {use.model_id: use.model for use in used.select_related("model__developer")}.values(),
        }


def _deadlines(filings: list[Filing], language: Language) -> list[dict[str, Any]]:
    """Return the deadlines of running filings that are not met yet, earliest first."""
    today = timezone.localdate()
    running = [case for case in cases_of(filings) if case.filing.status not in ENDED] if filings else []
    found = [
        {"filing": case.filing, "day": day, "starts": place(at, language) if at else "", "is_over": day < today}
        for case in running
        for at, day in running_deadlines(case.dossier, case.facts, today=today)
    ]
    return sorted(found, key=lambda deadline: deadline["day"])


class JurisdictionFilter(DropdownFilter):
    title = _("province")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        is_chinese = language_of(get_language()) == "zh"
        return [(code, names[is_chinese]) for code, names in PROVINCES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OfficialNumber]) -> QuerySet[OfficialNumber]:
        return queryset.filter(jurisdiction=self.value()) if self.value() else queryset


@admin.register(OfficialNumber)
class OfficialNumberAdmin(PageAdmin):
    list_display = ["number", "title", "holder", "kind", "jurisdiction", "issued_on", "shown_status"]
    list_filter = ["kind", "status", JurisdictionFilter, "is_held_by_filing"]
    search_fields = ["search_text"]
    search_help_text = _("Search by number, name or holder, in Chinese or Latin script")
    change_form_template = "compliance/desk/official_number.html"
    ordering = ["-id"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.found_by(search_term), False

    @display(description=_("status"), label=STATUS_COLORS, ordering="status")
    def shown_status(self, number: OfficialNumber) -> tuple[str, str]:
        return number.status, number.get_status_display()

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page."""
        filing = Filing.objects.visible_to(user_of(request)).filter(official_number=row).first()
        return {
            "number": row,
            "title": row.number,
            "filing": filing,
            "listings": row.listings.select_related("source"),
            "services": row.services.all(),
            "models": row.ai_models.all(),
        }


@admin.register(TrainingDataDeclaration)
class TrainingDataDeclarationAdmin(ReadOnlyAdmin):
    list_display = [
        "name",
        "model",
        "stage",
        "source_type",
        "origin",
        "modality",
        "items",
        "tokens",
        "license",
        "source",
    ]
    list_display_links = None
    list_filter = ["stage", "source_type", "origin", "modality", "personal_information"]
    list_select_related = ["statement__model", "source"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingDataDeclaration]:
        return TrainingDataDeclaration.objects.visible_to(user_of(request)).select_related("statement__model", "source")

    @display(description=_("AI model"))
    def model(self, declaration: TrainingDataDeclaration) -> str:
        return str(declaration.statement.model)

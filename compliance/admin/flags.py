"""The admin of flags: the flags of all filings."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from compliance.admin.permissions import ReadOnlyAdmin, link_to
from compliance.language import language_of
from compliance.models import Filing, Flag
from compliance.rules.catalog import CATALOG
from compliance.rules.wording import describe
from registry.models import User
from registry.reference.regions import PROVINCES

LEVEL_COLORS = {"error": "danger", "warning": "warning", "info": "info"}


class StateFilter(admin.SimpleListFilter):
    """Show unresolved flags by default."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        return [("resolved", _("resolved")), ("all", _("all"))]

    def choices(self, changelist: object) -> object:
        choices = list(super().choices(changelist))  # type: ignore[arg-type]
        choices[0]["display"] = _("unresolved")
        return iter(choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        if self.value() == "all":
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() != "resolved")


class RuleFilter(DropdownFilter):
    """The rules of the catalog: to look for those that have flags would read every flag."""

    title = _("rule")
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        return [(rule.code, rule.code) for rule in CATALOG.in_order()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(rule=self.value()) if self.value() else queryset


class ProvinceFilter(DropdownFilter):
    title = _("province")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        chinese = language_of(get_language()) == "zh"
        return [(code, names[chinese]) for code, names in PROVINCES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        return queryset.filter(filing__province=self.value()) if self.value() else queryset


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    list_display = ["shown_level", "rule", "title", "at", "case", "service", "raised_at"]
    list_display_links = None
    list_per_page = 15
    list_filter = [StateFilter, "level", RuleFilter, "filing__kind", ProvinceFilter]
    search_fields = ["rule", "at", "filing__case_number", "filing__service_name", "filing__applicant__name"]
    list_select_related = ["filing"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        assert isinstance(request.user, User)
        visible = Filing.objects.visible_to(request.user)
        return super().get_queryset(request).filter(filing__in=visible.values("pk"))

    @display(description=_("level"), label=LEVEL_COLORS, ordering="level")
    def shown_level(self, flag: Flag) -> tuple[str, str]:
        return flag.level, flag.get_level_display()

    @display(description=_("finding"))
    def title(self, flag: Flag) -> str:
        return str(describe(flag.finding, language_of(get_language()))["title"])

    @display(description=_("case number"), ordering="filing__case_number")
    def case(self, flag: Flag) -> SafeString:
        return link_to(flag.filing)

    @display(description=_("service"), ordering="filing__service_name")
    def service(self, flag: Flag) -> str:
        return flag.filing.service_name

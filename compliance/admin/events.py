"""The admin of events: the history of all filings."""

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
from compliance.filings.workflow import STATUSES, VERBS
from compliance.language import language_of
from compliance.models import Event, Filing
from registry.models import User


class VerbFilter(DropdownFilter):
    title = _("event")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        language = language_of(get_language())
        return [(verb, label.in_(language)) for verb, label in VERBS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "case", "shown_verb", "shown_from", "shown_to", "actor", "reason"]
    list_display_links = None
    list_filter = [VerbFilter, "at", "filing__kind"]
    search_fields = ["filing__case_number", "filing__service_name", "actor", "reason"]
    list_select_related = ["filing"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        assert isinstance(request.user, User)
        visible = Filing.objects.visible_to(request.user)
        return super().get_queryset(request).filter(filing__in=visible.values("pk"))

    @display(description=_("case number"), ordering="filing__case_number")
    def case(self, event: Event) -> SafeString:
        return link_to(event.filing)

    @display(description=_("event"), ordering="verb")
    def shown_verb(self, event: Event) -> str:
        return VERBS[event.verb].in_(language_of(get_language()))

    @display(description=_("previous status"), ordering="from_status")
    def shown_from(self, event: Event) -> str:
        return _status(event.from_status)

    @display(description=_("new status"), ordering="to_status")
    def shown_to(self, event: Event) -> str:
        return _status(event.to_status)


def _status(status: str) -> str:
    return STATUSES[status].in_(language_of(get_language())) if status else "–"

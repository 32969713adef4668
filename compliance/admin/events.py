"""The history across filings."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.admin.permissions import ReadOnlyAdmin
from compliance.models import Event, Filing
from compliance.words import language_of
from compliance.workflow import VERBS
from registry.models import User


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "filing", "shown_verb", "from_status", "to_status", "actor", "reason"]
    list_filter = ["verb", "filing__kind"]
    search_fields = ["filing__case_number", "filing__service_name", "actor", "reason"]
    list_select_related = ["filing"]
    date_hierarchy = "at"
    ordering = ["-id"]
    fields = ["filing", "number", "verb", "from_status", "to_status", "at", "actor", "reason", "data", "hash"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        assert isinstance(request.user, User)
        visible = Filing.objects.visible_to(request.user)
        return super().get_queryset(request).filter(filing__in=visible.values("pk"))

    @display(description=_("event"), ordering="verb")
    def shown_verb(self, event: Event) -> str:
        return VERBS[event.verb].in_(language_of(get_language()))

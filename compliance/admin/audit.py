"""The admin of the log of changes and of accesses: for auditors and administrators."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.admin.permissions import ReadOnlyAdmin
from registry.models import AccessRecord, AuditEvent, Role, User


def can_audit(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(Role.AUDITOR, Role.ADMINISTRATOR)


class _ForAuditors(ReadOnlyAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_audit(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_audit(request)


@admin.register(AuditEvent)
class AuditEventAdmin(_ForAuditors):
    list_display = ["at", "actor", "verb", "shown_kind", "label", "shown_data"]
    list_display_links = None
    list_filter = ["verb", "kind", "at"]
    search_fields = ["actor", "label"]
    ordering = ["-number"]

    @display(description=_("kind"), ordering="kind")
    def shown_kind(self, event: AuditEvent) -> str:
        models = {model._meta.model_name: model._meta.verbose_name for model in admin.site._registry}
        return str(models.get(event.kind, event.kind))

    @display(description=_("details"))
    def shown_data(self, event: AuditEvent) -> str:
        changes = (f"{name}: {_short(values[0])} → {_short(values[1])}" for name, values in event.data.items())
        return "; ".join(changes)[:300] or "–"


@admin.register(AccessRecord)
class AccessRecordAdmin(_ForAuditors):
    list_display = ["day", "user", "kind", "label", "times", "first_at", "last_at"]
    list_display_links = None
    list_filter = ["kind", "day"]
    search_fields = ["user__username", "label"]
    list_select_related = ["user"]
    ordering = ["-last_at"]


def _short(value: object) -> str:
    return "–" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

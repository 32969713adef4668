"""The admin of the log of changes and of accesses: for auditors and administrators."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
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
        model = _models().get(event.kind)
        return str(model._meta.verbose_name) if model else event.kind

    @display(description=_("details"))
    def shown_data(self, event: AuditEvent) -> str:
        model = _models().get(event.kind)
        changes = (_change(_field(model, name), name, values) for name, values in event.data.items())
        return "; ".join(changes)[:300] or "–"


@admin.register(AccessRecord)
class AccessRecordAdmin(_ForAuditors):
    list_display = ["day", "user", "kind", "label", "times", "first_at", "last_at"]
    list_display_links = None
    list_filter = ["kind", "day"]
    search_fields = ["user__username", "label"]
    list_select_related = ["user"]
    ordering = ["-last_at"]


@cache
def _models() -> dict[str, type[Model]]:
    return {str(model._meta.model_name): model for model in apps.get_models()}


def _field(model: type[Model] | None, name: str) -> Any:
    """Return the field of a column, or None: what was logged may be of an earlier version."""
    with suppress(FieldDoesNotExist):
        return model and model._meta.get_field(name)
    return None


def _change(field: Any, name: str, values: list[Any]) -> str:
    return f"{field.verbose_name if field else name}: {_shown(field, values[0])} → {_shown(field, values[1])}"


def _shown(field: Any, value: Any) -> str:
    """Return a logged value in the reader's language."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_shown(field, each) for each in value) or "–"
    labels = dict(getattr(field, "flatchoices", None) or ())
    return str(labels.get(value, value)) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

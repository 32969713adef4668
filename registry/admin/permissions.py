"""Permissions of the admin, and the base classes of pages that only administrators may edit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from registry.models import Role, User


def is_administrator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(Role.ADMINISTRATOR)


def is_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(*Role)


class _OnlyAdministrators:
    """Grants all admin permissions to administrators only."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)


class KeptByAdministrators(_OnlyAdministrators, ModelAdmin):
    """An admin that only administrators can see and edit."""


class InlineKeptByAdministrators(_OnlyAdministrators, TabularInline):
    """An inline of such an admin. Its fields stand in cells, so each carries its label itself."""

    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs.setdefault("aria-label", str(field.label or db_field.verbose_name))
        return field

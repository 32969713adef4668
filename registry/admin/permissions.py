"""Who may see and change pages of the register's admin, and the base of those that administrators keep."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from registry.models import Role, User


def is_administrator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(Role.ADMINISTRATOR)


def is_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(*Role)


class _AdministratorsAlone:
    """The permissions of Django's admin, all of them an administrator's."""

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


class KeptByAdministrators(_AdministratorsAlone, ModelAdmin):
    """Pages that only administrators see and change."""


class InlineKeptByAdministrators(_AdministratorsAlone, TabularInline):
    """Lists inside such a page."""

    extra = 0

"""Who sees what on the desk; nothing with a life is edited by hand there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from registry.models import Standing, User


def may_see_filings(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.holds(Standing.REVIEWER, Standing.REGISTRAR, Standing.AUDITOR)


class ReadOnlyAdmin(ModelAdmin):
    """Pages that show and never change; what changes goes through actions."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see_filings(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_filings(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

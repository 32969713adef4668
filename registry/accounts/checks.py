"""A system check: the roles that groups of the identity provider are to have exist."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from registry.models import Role
from registry.reference.regions import PROVINCES


@register()
def check_roles(app_configs: Any, **_more: Any) -> list[Error]:
    """Name each group of OIDC_ROLES whose role or province does not exist."""
    return [
        Error(f"OIDC_ROLES: {group}={value}", hint="Use group=role or group=reviewer:44+51.", id="registry.E001")
        for group, value in settings.OIDC_ROLES.items()
        if not _is_known(*value.partition(":"))
    ]


def _is_known(role: str, colon: str, codes: str) -> bool:
    provinces = [code for code in codes.split("+") if code]
    is_limited = role == Role.REVIEWER and bool(provinces)
    return role in Role.values and (is_limited if colon else True) and set(provinces) <= set(PROVINCES)

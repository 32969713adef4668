"""
Which pages and answers show personal data, or take data along: each look of the staff at one of them is counted by day.

Dossiers hold the contacts and legal representatives of applicants. What filers see of their own organization is not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from types import MappingProxyType

from django.http import HttpRequest, HttpResponseBase

from compliance.models import Filing
from registry.audit.access import note_access
from registry.models import AccessKind, User

_DESK = "admin:compliance_filing_"
KINDS = MappingProxyType(
    {
        f"{_DESK}change": AccessKind.DOSSIER,
        f"{_DESK}compare": AccessKind.DOSSIER,
        f"{_DESK}as_of": AccessKind.DOSSIER,
        f"{_DESK}document": AccessKind.DOCUMENT,
        f"{_DESK}bundle": AccessKind.EXPORT,
        f"{_DESK}bill": AccessKind.EXPORT,
        f"{_DESK}letter": AccessKind.DOSSIER,
        "filing-dossier": AccessKind.DOSSIER,
        "filing-document": AccessKind.DOCUMENT,
        "filing-messages": AccessKind.DOSSIER,
        "filing-letter": AccessKind.DOSSIER,
        "filing-bill": AccessKind.EXPORT,
        "filing-evidence": AccessKind.DOSSIER,
        "admin:registry_user_change": AccessKind.PERSON,
        "admin:registry_user_changelist": AccessKind.PERSON,
        "admin:registry_membership_change": AccessKind.PERSON,
        "admin:registry_organization_change": AccessKind.PERSON,
        "admin:compliance_reportrun_download": AccessKind.EXPORT,
        "report-file": AccessKind.EXPORT,
    }
)


class CountAccess:
    """Middleware: count what the staff saw and took along, after it was answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or response.status_code != HTTPStatus.OK or request.method not in ("GET", "POST"):
            return response
        kind = KINDS.get(match.view_name) or (AccessKind.EXPORT if match.view_name.endswith("_export") else None)
        user = request.user if kind else None
        if kind and isinstance(user, User) and user.roles:
            note_access(user, kind, _label(match.view_name, match.kwargs))
        return response


def _label(view: str, kwargs: dict[str, object]) -> str:
    """Return what was seen: a case number, or the page with its key."""
    if view.startswith((_DESK, "filing-")) and not view.endswith("_export"):
        found = {"uid": kwargs["id"]} if "id" in kwargs else {"pk": kwargs.get("key") or kwargs.get("object_id")}
        return Filing.objects.filter(**found).values_list("case_number", flat=True).first() or ""
    key = kwargs.get("object_id") or kwargs.get("id") or ""
    page = view.removeprefix("admin:").removesuffix("_change").removesuffix("_export")
    return f"{page} {key}".strip()

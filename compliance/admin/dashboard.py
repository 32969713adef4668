"""The index page of the desk: counts of flags and due checks, latest filings, most frequent flags."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.admin.permissions import can_see_filings
from compliance.checking.flag_counts import bring_counts_up_to_date
from compliance.filings.querysets import FilingQuerySet
from compliance.language import Language, language_of
from compliance.models import Filing, Flag, Status
from compliance.rules.catalog import CATALOG
from registry.models import User

LATEST = 8
MOST = 8


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the context of the index page. django-unfold calls this (DASHBOARD_CALLBACK)."""
    if can_see_filings(request) and isinstance(request.user, User):
        filings = Filing.objects.visible_to(request.user)
        language = language_of(get_language())
        context |= {"cards": _cards(filings), "latest": _latest(filings), "faults": _faults(filings, language)}
    return context


def _cards(filings: FilingQuerySet) -> list[dict[str, Any]]:
    flagged = Flag.objects.open().filter(filing__in=filings.values("pk"))
    with_errors = flagged.errors().values("filing").distinct().count()
    counts = filings.aggregate(
        submitted=Count("pk", filter=Q(status=Status.SUBMITTED)), due=Count("pk", filter=Q(due_since__isnull=False))
    )
    url, flags = reverse("admin:compliance_filing_changelist"), reverse("admin:compliance_flag_changelist")
    return [
        _card(_("Submitted filings"), counts["submitted"], f"{url}?status__exact=submitted", "plain"),
        _card(_("Filings with errors"), with_errors, f"{url}?flagged=error", "error"),
        _card(_("Open errors"), flagged.errors().count(), f"{flags}?level__exact=error", "error"),
        _card(_("Waiting for a check"), counts["due"], f"{url}?due=yes", "plain"),
    ]


def _card(title: str, figure: int, url: str, tone: str) -> dict[str, Any]:
    return {"title": title, "figure": figure, "url": url, "tone": tone if figure else "plain"}


def _latest(filings: FilingQuerySet) -> list[Filing]:
    return bring_counts_up_to_date(list(filings.select_related("applicant").order_by("-submitted_at")[:LATEST]))


def _faults(filings: FilingQuerySet, language: Language) -> list[dict[str, Any]]:
    """Return the rules with the most open flags, each with the length of its bar in percent."""
    rows = (
        Flag.objects.open()
        .filter(filing__in=filings.values("pk"))
        .values("rule", "level")
        .annotate(count=Count("pk"))
        .order_by("-count", "rule")[:MOST]
    )
    most = max((row["count"] for row in rows), default=1)
    return [
        {**row, "title": CATALOG[row["rule"]].title.in_(language), "share": round(100 * row["count"] / most)}
        for row in rows
    ]

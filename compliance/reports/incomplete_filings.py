"""The report on incomplete filings: flags open at the end of the period, and flags raised or resolved in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from compliance.language import Bilingual
from compliance.models import Flag
from compliance.reports.catalog import weekly_report
from compliance.reports.incomplete_filings_summary import COLUMNS, OPEN, RAISED, RESOLVED, labels_of, summary_of
from compliance.reports.periods import Period

_FIELDS = (
    "pk",
    "filing__uid",
    "filing__pk",
    "filing__case_number",
    "filing__service_name",
    "filing__kind",
    "filing__first_submitted_at",
    "filing__province",
    "filing__applicant__name",
    "filing__applicant__uscc",
    "rule",
    "level",
    "variant",
    "at",
    "raised_at",
    "resolved_at",
)


@weekly_report(
    "incomplete_filings",
    title=Bilingual("Incomplete filings", "不完整的申报"),
    description=Bilingual(
        "The flags of each filing that are open at the end of the period, and those raised or resolved in it.",
        "期末各项申报未解决的问题，以及期内新发现和已解决的问题。",
    ),
    columns=COLUMNS,
    labels=labels_of,
    summarize=summary_of,
    body="compliance/incomplete_filings.html",
)
def incomplete_filings(period: Period) -> Iterator[dict[str, Any]]:
    """
    Yield a row for each error and warning of a submitted filing that was open at the end of the period or was resolved
    in it. `change` is `raised` (in the period, and still open), `open` (raised before it) or `resolved`. `age_days` is
    counted to the end of the period, or to the time at which the flag was resolved.
    """
    last_day = timezone.localdate(period.ends_at) - timedelta(days=1)
    not_resolved_before = Q(resolved_at__isnull=True) | Q(resolved_at__gte=period.begins_at)
    flags = (
        Flag.objects.filter(not_resolved_before, raised_at__lt=period.ends_at, level__in=("error", "warning"))
        .filter(filing__first_submitted_at__lt=period.ends_at)
        # A waived flag does not make a filing incomplete.
        .filter(Q(waived_until__isnull=True) | Q(waived_until__lt=last_day) | Q(waived_at__gte=period.ends_at))
        # Flags that were resolved before the first submission concern the applicant alone.
        .filter(Q(resolved_at__isnull=True) | Q(resolved_at__gt=F("filing__first_submitted_at")))
        .order_by("filing__province", "filing__applicant__name", "filing_id", "level", "rule", "pk")
    )
    for row in flags.values(*_FIELDS).iterator(chunk_size=2_000):
        yield _row(row, period)


def _row(row: dict[str, Any], period: Period) -> dict[str, Any]:
    raised_at = max(row["raised_at"], row["filing__first_submitted_at"])
    is_resolved = period.contains(row["resolved_at"])
    until = row["resolved_at"] if is_resolved else period.ends_at
    change = RESOLVED if is_resolved else RAISED if period.contains(raised_at) else OPEN
    return {
        "change": change,
        "flag": row["pk"],
        "filing": str(row["filing__uid"]),
        "filing_key": row["filing__pk"],
        "case_number": row["filing__case_number"],
        "service": row["filing__service_name"],
        "kind": row["filing__kind"],
        "province": row["filing__province"],
        "applicant": row["filing__applicant__name"],
        "uscc": row["filing__applicant__uscc"],
        "rule": row["rule"],
        "level": row["level"],
        "at": row["at"],
        "raised_at": raised_at.isoformat(),
        "resolved_at": row["resolved_at"].isoformat() if is_resolved else None,
        "age_days": (until - raised_at).days,
    }

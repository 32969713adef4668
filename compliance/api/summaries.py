"""
The JSON of a filing without its dossier, from one query and plain functions.

`FilingSerializer` describes the same JSON for the OpenAPI description. A test compares the two.
"""

from __future__ import annotations

import datetime
import hashlib
from functools import cache
from typing import Any

from django.utils import timezone

from compliance.checking.flag_counts import with_todays_counts
from compliance.filings.querysets import FilingQuerySet
from compliance.models import Filing
from registry.models import User

Row = Any


@cache
def _all_summaries() -> FilingQuerySet:
    """The summaries of all filings, never read themselves: to lay out forty columns for each request takes longer than to read them."""
    return Filing.objects.order_by().summaries()


def summaries_visible_to(user: User) -> FilingQuerySet:
    """Return the summaries of the filings that a user may see, unordered, to be filtered further."""
    return _all_summaries().visible_to(user)


def read_summaries(summaries: FilingQuerySet) -> list[Row]:
    """Read summaries, in the order of the query, with the counts of today."""
    return with_todays_counts(list(summaries))


def summary(row: Row) -> dict[str, Any]:
    """Return the JSON of a filing."""
    return {
        "id": str(row.uid),
        "case_number": row.case_number,
        "kind": row.kind,
        "action": row.action,
        "status": row.status,
        "reference": row.reference or None,
        "jurisdiction": row.jurisdiction or None,
        "applicant": {"uscc": row.applicant__uscc, "name": row.applicant__name},
        "service": {"name": row.service_name},
        "opened_at": moment(row.opened_at),
        "changed_at": moment(row.changed_at),
        "first_submitted_at": moment(row.first_submitted_at),
        "submitted_at": moment(row.submitted_at),
        "accepted_at": moment(row.accepted_at),
        "returned_at": moment(row.returned_at),
        "decided_at": moment(row.decided_at),
        "official_number": row.official_number__number,
        "amends_filing": str(row.target__uid) if row.target__uid else None,
        "flags": {
            "error": row.error_count,
            "warning": row.warning_count,
            "info": row.info_count,
            "waived": row.waived_count,
        },
        "check": check_state(row),
    }


def check_state(row: Row) -> dict[str, Any]:
    """Return the state of the last check, and whether one is due."""
    return {
        "as_of": day(row.checked_as_of),
        "checked_at": moment(row.checked_at),
        "due": is_due(row),
        "next_look_on": day(row.next_look_on),
    }


def is_due(row: Row) -> bool:
    return row.due_since is not None or (row.next_look_on is not None and row.next_look_on <= timezone.localdate())


def version_of(row: Row) -> str:
    """
    Return the version of a filing and its flag counts: the hash of the last event, a period, and a hash of the state of the
    check.

    The part before the period changes only with the filing itself. If-Match is compared with that part.
    """
    counts = (row.error_count, row.warning_count, row.info_count)
    state = (row.checked_at, row.checked_as_of, row.next_look_on, is_due(row), counts)
    return f"{row.last_event_hash}.{hashlib.sha256(repr(state).encode()).hexdigest()[:16]}"


def moment(value: datetime.datetime | None) -> str | None:
    """Return a time in ISO 8601, in the time zone Asia/Shanghai."""
    return timezone.localtime(value).isoformat() if value else None


def day(value: datetime.date | None) -> str | None:
    return value.isoformat() if value else None

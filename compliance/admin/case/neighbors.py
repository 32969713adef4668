"""The filings before and after a case in the queue from which the reader came."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import get_language

from compliance.admin.filing_list import FilingList
from compliance.admin.pages import user_of
from compliance.language import language_of
from compliance.models import Filing

# Only so many filings of a queue are stepped through.
MOST = 200


def neighbors_of(filing: Filing, request: HttpRequest) -> dict[str, Any]:
    """
    Return the queue of the query string, the addresses of its filings before and after this one, and how many wait.

    A filing that has left the queue, for instance because it was just accepted, leads on to the first one.
    """
    query = QueryDict(mutable=True)
    if name := request.GET.get("queue"):
        query["queue"] = name
    listed = FilingList(user_of(request), query)
    if listed.queue is None:
        return {}
    keys = list(listed.filings.values_list("pk", flat=True)[:MOST])
    place = keys.index(filing.pk) if filing.pk in keys else -1
    return {
        "queue": {"name": listed.queue.name, "title": listed.queue.title.in_(language_of(get_language()))},
        "queue_place": place + 1,
        "queue_length": len(keys),
        "previous_url": _address(keys[place - 1], listed.queue.name) if place > 0 else "",
        "next_url": _address(keys[place + 1], listed.queue.name) if place + 1 < len(keys) else "",
    }


def _address(key: int, queue: str) -> str:
    return f"{reverse('admin:compliance_filing_change', args=[key])}?queue={queue}"

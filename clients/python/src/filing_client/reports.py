"""Reports: the written copies of each period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from filing_client.answers import Answer, Page, one
from filing_client.call import Call, Id, Listing, address, get, paged
from filing_client.saving import Saving


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Answer):
    """A written report. Its period includes its first moment and excludes its last."""

    id: str
    report: str = ""
    title: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    written_at: datetime | None = None
    row_count: int | None = None


def listed() -> Listing[Page[Report], Report]:
    """Iterate over the reports that you may see, newest first."""
    return paged(address("reports"), Report, {})


def found(id: Id) -> Call[Report]:
    """Return a report. Its rows are in `raw`."""
    return get(address("reports", id), one(Report))


def downloaded(id: Id, path: str | Path, format: str = "csv") -> Saving:
    """Save a report as a file."""
    return Saving(get(address("reports", id), _unread, {"format": format}, is_stream=True), path)


def _unread(response: httpx.Response) -> httpx.Response:
    return response

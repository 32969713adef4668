"""Filings for tests, made by the same actions as in production."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance.checking import check_filings
from compliance.filings import actions
from compliance.filings.history.verification import HistoryFault, faults_of_history
from compliance.models import Document, Filing, Flag
from registry.models import User
from tests.building import parsed


def a_filing(by: User, kind: str = "algorithm", changes: Mapping[str, Any] | None = None) -> Filing:
    """Open a filing with a complete dossier, with changes applied."""
    filing, _ = actions.open_filing(parsed(kind, changes), by=by)
    return filing


def a_submitted_filing(by: User, kind: str = "algorithm", changes: Mapping[str, Any] | None = None) -> Filing:
    filing = actions.submit_filing(a_filing(by, kind, changes), by=by)
    hold_documents(filing, by)
    return filing


def hold_documents(filing: Filing, by: User) -> None:
    """Create the documents that the dossier names, as if they had been uploaded."""
    named = {entry["sha256"]: entry for entry in document_of(filing).get("documents", []) if entry.get("sha256")}
    Document.objects.bulk_create(
        Document(
            filing=filing,
            sha256=sha256,
            size=entry.get("size") or 1,
            media_type="application/pdf",
            filename=entry.get("filename") or sha256,
            stored_as=f"documents/{sha256}",
            uploaded_at=filing.opened_at,
            uploaded_by=by,
        )
        for sha256, entry in named.items()
    )


def history_faults(filing: Filing) -> list[HistoryFault]:
    """Return the faults of the history of a filing; its documents were made without the events of uploads."""
    faults = faults_of_history(Filing.objects.filter(pk=filing.pk))
    return [fault for fault in faults if fault.code != "document_inserted"]


def document_of(filing: Filing) -> Any:
    return json.loads(filing.kept_dossier().content)


def check_everything(**when: Any) -> int:
    """Check all due filings, as a worker would."""
    return check_filings.check_range(0, 2**62, **when)


def unresolved_flags(filing: Filing) -> list[tuple[str, str]]:
    """Return the unresolved flags of a filing as (rule, pointer)."""
    flags = Flag.objects.unresolved().filter(filing=filing).order_by("pk")
    return list(flags.values_list("rule", "at"))

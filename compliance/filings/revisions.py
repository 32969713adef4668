"""Revisions of a filing: the dossiers that were submitted, numbered and never changed."""

from __future__ import annotations

from datetime import datetime

from compliance.models import Filing, Revision
from registry.models import User


def freeze_revision(filing: Filing, content: str, sha256: str, *, by: User, at: datetime) -> Revision:
    """Store a dossier as the next revision of a filing."""
    is_first = filing.first_submitted_at is None
    last = 0 if is_first else filing.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(filing=filing, number=last + 1, content=content, sha256=sha256, at=at, by=by)

"""Documents that a filing takes over from another filing of the same applicant: the files stay where they are."""

from __future__ import annotations

from django.db import transaction

from compliance.dossier.stored import tree_of
from compliance.filings import workflow
from compliance.filings.locking import lock_with_related_filings
from compliance.filings.permissions import refuse_unless_filer
from compliance.filings.transitions import now, record_change
from compliance.models import Document, Filing
from registry.models import User


@transaction.atomic
def carry_documents(source: Filing, target: Filing, *, by: User) -> int:
    """Give a filing the documents that its dossier names and another filing of its applicant holds. Return how many."""
    refuse_unless_filer(target, by)
    if source.applicant_id != target.applicant_id:
        return 0
    target = lock_with_related_filings(target)
    entries = tree_of(target.kept_dossier().content).get("documents") or []
    named = {entry.get("sha256") for entry in entries} - set(target.documents.values_list("sha256", flat=True))
    carried = list(source.documents.filter(sha256__in=named - {None}))
    for document in carried:
        copy = Document.objects.create(
            filing=target,
            sha256=document.sha256,
            size=document.size,
            media_type=document.media_type,
            filename=document.filename,
            stored_as=document.stored_as.name,
            facts=document.facts,
            uploaded_at=now(),
            uploaded_by=by,
        )
        data = {"document": copy.sha256, "filename": copy.filename, "carried_from": source.case_number}
        record_change(target, workflow.UPLOAD, target.status, by=by, at=now(), data=data)
    return len(carried)

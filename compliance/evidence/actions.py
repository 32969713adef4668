"""Filing evidence of a model's origin: its files, which replace those filed before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from compliance.evidence.verdicts import dossier_of, new_seed, seed_for_sketches, summarize
from compliance.filings import workflow
from compliance.filings.locking import lock_with_related_filings
from compliance.filings.permissions import refuse_unless_permitted
from compliance.filings.refusals import NoSuchModel, TransitionRefused
from compliance.filings.transitions import now, record_change
from compliance.models import EvidenceFile, Filing, SketchRequest
from registry.models import User
from registry.names import key_of


@transaction.atomic
def file_evidence(filing: Filing, model_key: str, evidence: Mapping[str, Any], *, by: User) -> Filing:
    """
    Store the parts of a model's evidence, which are already validated; a part that was filed before is replaced. Only the
    applicant's filers and staff who may review the filing are permitted.

    Raises NoSuchModel if the dossier lists no model with this key, TransitionRefused for an ended filing.
    """
    refuse_unless_permitted(workflow.REVIEWING if by.roles else workflow.FILING, filing, by)
    filing = lock_with_related_filings(filing)
    if filing.status in workflow.ENDED:
        raise TransitionRefused(workflow.FILE_EVIDENCE, filing.status)
    keys = [model.key for model in dossier_of(filing, by).models or () if model.key]
    if model_key not in keys:
        raise NoSuchModel(model_key, keys)
    files = {part: _store(filing, model_key, part, document, by) for part, document in evidence.items()}
    if "file_hashes" in evidence:
        _commit(filing, model_key, evidence["file_hashes"], by)
    summarize(filing, model_key)
    data = {"model": model_key, "files": {part: file.sha256 for part, file in files.items()}}
    return record_change(filing, workflow.FILE_EVIDENCE, filing.status, by=by, at=now(), data=data)


def _store(filing: Filing, model_key: str, part: str, document: Any, by: User) -> EvidenceFile:
    """Store a file, and mark the current one of the same part and side as replaced."""
    is_staffs = bool(by.roles)
    current = EvidenceFile.objects.current().filter(
        filing=filing, model_hash=key_of(model_key), part=part, is_staffs=is_staffs
    )
    at = now()
    current.update(replaced_at=at)
    file = EvidenceFile(filing=filing, part=part, filed_at=at, filed_by=by, is_staffs=is_staffs)
    file.set_document(model_key, document)
    file.save()
    return file


def _commit(filing: Filing, model_key: str, hashes: Mapping[str, str], by: User) -> None:
    """Issue a seed to a filer who commits to the hashes of all weight files; different hashes are a new commitment."""
    existing = SketchRequest.objects.filter(filing=filing, model_hash=key_of(model_key)).first()
    if existing is not None and existing.file_hashes == hashes:
        return
    request = existing or SketchRequest(filing=filing, model_key=model_key, model_hash=key_of(model_key))
    # Whoever changes the files already knows the old seed, so they get one that is used nowhere else.
    request.file_hashes, request.seed = dict(hashes), seed_for_sketches() if existing is None else new_seed()
    request.committed_at, request.committed_by = now(), by
    request.save()

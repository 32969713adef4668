"""Reference sketches of public models: commit to the file hashes, get a seed, add the sketch taken with that seed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.checking.due_marks import mark_in_parts
from compliance.evidence.verdicts import SEED_BYTES, seed_for_sketches, summarize
from compliance.models import EvidenceFile, Filing, ReferenceSketch
from compliance.provenance.sketches import read_sketch
from compliance.provenance.validating import faults_in


class Refused(Exception):
    """A reference was refused and nothing was changed; the message gives the reason."""


@transaction.atomic
def commit(name: str, hashes: Any, *, source: str = "", is_new_seed: bool = False) -> ReferenceSketch:
    """
    Register a public model by the hashes of its weight files, and issue a seed for it.

    Raises Unusable for invalid hashes, Refused if this name is already committed to with the same seed.
    """
    for _, fault in faults_in({"file_hashes": hashes}):
        raise fault
    seed = secrets.token_hex(SEED_BYTES) if is_new_seed else seed_for_sketches()
    if ReferenceSketch.objects.filter(name=name, seed=seed).exists():
        raise Refused(
            f"{name} is already committed to; its seed is {seed}. Add the sketch, or start a new set with --new-seed."
        )
    normalized = {file: digest.lower() for file, digest in hashes.items()}
    reference = ReferenceSketch.objects.create(
        name=name, seed=seed, file_hashes=normalized, committed_at=timezone.now(), source=source
    )
    compare_again("file_hashes")
    return reference


def add_sketch(name: str, document: Any, evidence: Mapping[str, Any]) -> tuple[ReferenceSketch, int]:
    """
    Store the sketch of a model that was committed to, and compare all filed evidence again. Return the reference, and the
    number of models whose evidence was compared.

    Raises Unusable for an invalid sketch; Refused without a commitment, for another seed, or for other files.
    """
    sketch = read_sketch(document)
    reference = ReferenceSketch.objects.filter(name=name, added_at=None).order_by("-pk").first()
    if reference is None:
        raise Refused(
            f"{name} is not committed to, or its sketch is already stored. Commit to the file hashes first, with --commit."
        )
    if sketch.seed != reference.seed:
        raise Refused(f"The sketch was taken with the seed {sketch.seed}; the seed issued for it is {reference.seed}.")
    hashes = evidence.get("file_hashes")
    if hashes is not None and not isinstance(hashes, Mapping):
        raise Refused("file_hashes must be an object of file names with their SHA-256.")
    if hashes is not None and {file: str(digest).lower() for file, digest in hashes.items()} != reference.file_hashes:
        raise Refused("The file hashes differ from those that were committed to. Commit to these files first.")
    with transaction.atomic():
        reference.set_document(document)
        reference.added_at = timezone.now()
        reference.save()
        return reference, compare_again("weight_sketch")


def compare_again(part: str) -> int:
    """Update the summaries of all evidence that has a part, mark its filings due, and return the number of models."""
    filed = EvidenceFile.objects.current().filter(part=part)
    pairs = sorted(filed.values_list("filing", "model_key").distinct())
    filings = Filing.objects.in_bulk({filing for filing, _ in pairs})
    for filing, model_key in pairs:
        summarize(filings[filing], model_key)
    mark_in_parts(Filing.objects.running().filter(pk__in=filings))
    return len(pairs)

"""Stored evidence read as one: the files of a model, what it is compared with, and the verdict beside its declaration."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.dossier.lineage import Model
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import load
from compliance.models import EvidenceFile, EvidenceSummary, Filing, ReferenceSketch, SketchRequest
from compliance.provenance.assessing import assess
from compliance.provenance.claims import Summary, declaration_of
from compliance.provenance.sketches import Sketch, read_sketch
from compliance.provenance.verdict import Verdict
from registry.models import AIModel, Role, User
from registry.names import key_of

SEED_BYTES = 16
# The claim of a model that the dossier no longer lists: none.
NOT_LISTED = "not listed"
# How the sources begin that are filings.
FILING_SOURCE = "filing:"


@dataclass(frozen=True, slots=True)
class Filed:
    """The evidence of one model of a filing, its declaration, and the verdict upon both."""

    filing: Filing
    model_key: str
    model: Model | None
    files: Sequence[EvidenceFile]
    declaration: Mapping[str, Any]
    verdict: Verdict
    is_sketch_bound: bool | None
    # For the sketch; there is one once the hashes of the weight files are filed.
    seed: str | None

    @property
    def filed_at(self) -> datetime:
        return max(file.filed_at for file in self.files)


def filed_evidence(filing: Filing, dossier: Dossier, *, keys: Collection[str] | None = None) -> list[Filed]:
    """Return the evidence of a filing's models, in the order of the dossier; of all of them, or of those with some keys."""
    held: dict[str, list[EvidenceFile]] = defaultdict(list)
    for file in filing.evidence.current():
        held[file.model_key].append(file)
    models = {model.key: model for model in dossier.models or () if model.key}
    order = {key: place for place, key in enumerate(models)}
    told = [key for key in held if keys is None or key in keys]
    against = compared_with({file.part for key in told for file in held[key]})
    return [
        _filed(filing, key, held[key], models.get(key), dossier, against)
        for key in sorted(told, key=lambda key: order.get(key, len(order)))
    ]


Against = tuple[Sequence[tuple[str, Sketch]], Mapping[str, str]]


def _filed(
    filing: Filing, key: str, files: list[EvidenceFile], model: Model | None, dossier: Dossier, against: Against
) -> Filed:
    declaration = declaration_of(model, dossier.models or []) if model else {"claim": NOT_LISTED}
    files = _those_that_count(files)
    documents = {file.part: file.document for file in files}
    sketches, public_files = against
    verdict = assess(declaration, documents, sketches=sketches, public_files=public_files)
    asked = SketchRequest.objects.filter(filing=filing, model_hash=key_of(key)).first()
    is_bound = _is_bound(asked, files, documents)
    return Filed(filing, key, model, files, declaration, verdict, is_bound, asked.seed if asked else None)


def _those_that_count(files: Iterable[EvidenceFile]) -> list[EvidenceFile]:
    """Each part once: what staff filed counts before what the applicant filed."""
    ordered = sorted(files, key=lambda file: file.is_staffs)
    return sorted({file.part: file for file in ordered}.values(), key=lambda file: file.part)


def evidence_of_model(model: AIModel, user: User) -> list[Filed]:
    """
    Return the evidence that filings hold of an AI model, the latest filing first: to staff that of the filings that they
    may see, to its developer that of all submitted ones, to nobody else any.
    """
    if not can_see_evidence(model, user):
        return []
    is_developer = model.developer_id is not None and model.developer_id in user.own_organizations
    statements = model.statements.filter(source__key__startswith=FILING_SOURCE).order_by("-source__stated_at", "-pk")
    named = [(key.removeprefix(FILING_SOURCE), name) for key, name in statements.values_list("source__key", "key")]
    seen = Filing.objects.filter(first_submitted_at__isnull=False) if is_developer else Filing.objects.visible_to(user)
    held = seen.filter(uid__in={uid for uid, _ in named}, evidence__isnull=False).distinct()
    by_uid = {str(filing.uid): filing for filing in held}
    told = [(by_uid[uid], key) for uid, key in dict.fromkeys(named) if uid in by_uid]
    return [filed for filing, key in told for filed in filed_evidence(filing, dossier_of(filing, user), keys={key})]


def can_see_evidence(model: AIModel, user: User) -> bool:
    """Whether a person is staff or of the model's developer."""
    return user.has_role(Role.REVIEWER, Role.REGISTRAR, Role.AUDITOR) or (
        model.developer_id is not None and model.developer_id in user.own_organizations
    )


def dossier_of(filing: Filing, user: User) -> Dossier:
    """The dossier as a person may see it: staff see what was submitted."""
    return load(filing.dossier_for(user).content)


def compared_with(parts: Collection[str]) -> Against:
    """
    Return the reference sketches with the names of their models, and public models by the hashes of their files; of each
    only what some parts of evidence can be compared with.
    """
    sketches: list[tuple[str, Sketch]] = []
    public_files: dict[str, str] = {}
    if "file_hashes" in parts:
        for name, hashes in ReferenceSketch.objects.values_list("name", "file_hashes"):
            public_files |= dict.fromkeys(hashes.values(), name)
    if "weight_sketch" in parts:
        stored = ReferenceSketch.objects.filter(content__isnull=False)
        sketches = [(reference.name, read_sketch(reference.document)) for reference in stored]
    return sketches, public_files


def summarize(filing: Filing, model_key: str) -> None:
    """Write down in short what the evidence of a model shows; the rules read that."""
    files = _those_that_count(filing.evidence.current().filter(model_hash=key_of(model_key)))
    documents = {file.part: file.document for file in files}
    sketches, public_files = compared_with(documents)
    verdict = assess({}, documents, sketches=sketches, public_files=public_files)
    EvidenceSummary.objects.update_or_create(
        filing=filing,
        model_hash=key_of(model_key),
        defaults={"model_key": model_key, "content": Summary.of(verdict).as_json()},
    )


# --- the commitment -------------------------------------------------------------------------------------------------
def seed_for_sketches() -> str:
    """
    The seed of the newest reference, so that sketches can be compared, else a new one. It is told only to who has
    committed to the hashes of all weight files.
    """
    newest = ReferenceSketch.objects.order_by("-pk").values_list("seed", flat=True).first()
    return newest or new_seed()


def new_seed() -> str:
    return secrets.token_hex(SEED_BYTES)


def _is_bound(asked: SketchRequest | None, files: Sequence[EvidenceFile], documents: Mapping[str, Any]) -> bool | None:
    """
    Whether a sketch was filed after the seed was given, with that seed, for just these files; None without a sketch.
    """
    filed_at = next((file.filed_at for file in files if file.part == "weight_sketch"), None)
    if filed_at is None:
        return None
    if asked is None or asked.file_hashes != documents.get("file_hashes") or asked.committed_at >= filed_at:
        return False
    return read_sketch(documents["weight_sketch"]).seed == asked.seed

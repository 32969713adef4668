"""Verdicts on stored evidence: the files of a model, what they are compared with, and the result against its declaration."""

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
from compliance.provenance.deriving import reference_of
from compliance.provenance.known_structures import References
from compliance.provenance.sketches import Sketch, read_sketch
from compliance.provenance.verdict import Verdict
from registry.models import AIModel, Role, User
from registry.names import key_of
from registry.register.catalog import added_models

SEED_BYTES = 16
# The claim of a model that the dossier no longer lists.
NOT_LISTED = "not listed"
# The prefix of source keys that belong to filings.
FILING_SOURCE = "filing:"


@dataclass(frozen=True, slots=True)
class FiledEvidence:
    """The evidence of one model of a filing, its declaration, and the verdict on both."""

    filing: Filing
    model_key: str
    model: Model | None
    files: Sequence[EvidenceFile]
    declaration: Mapping[str, Any]
    verdict: Verdict
    is_sketch_bound: bool | None
    # The seed for the sketch; issued once the hashes of the weight files are filed.
    seed: str | None

    @property
    def filed_at(self) -> datetime:
        return max(file.filed_at for file in self.files)


def filed_evidence(filing: Filing, dossier: Dossier, *, keys: Collection[str] | None = None) -> list[FiledEvidence]:
    """Return the evidence of a filing's models in the order of the dossier; of all of them, or only of those with `keys`."""
    files_of: dict[str, list[EvidenceFile]] = defaultdict(list)
    for file in filing.evidence.current():
        files_of[file.model_key].append(file)
    models = {model.key: model for model in dossier.models or () if model.key}
    order = {key: position for position, key in enumerate(models)}
    wanted = [key for key in files_of if keys is None or key in keys]
    references = references_for({file.part for key in wanted for file in files_of[key]})
    return [
        _filed(filing, key, files_of[key], models.get(key), dossier, references)
        for key in sorted(wanted, key=lambda key: order.get(key, len(order)))
    ]


Sketches = tuple[Sequence[tuple[str, Sketch]], Mapping[str, str]]


def _filed(
    filing: Filing, key: str, files: list[EvidenceFile], model: Model | None, dossier: Dossier, references: Sketches
) -> FiledEvidence:
    declaration = declaration_of(model, dossier.models or []) if model else {"claim": NOT_LISTED}
    files = _effective(files)
    documents = {file.part: file.document for file in files}
    sketches, public_files = references
    verdict = assess(declaration, documents, known=known_references(), sketches=sketches, public_files=public_files)
    request = SketchRequest.objects.filter(filing=filing, model_hash=key_of(key)).first()
    is_bound = _is_bound(request, files, documents)
    return FiledEvidence(filing, key, model, files, declaration, verdict, is_bound, request.seed if request else None)


def _effective(files: Iterable[EvidenceFile]) -> list[EvidenceFile]:
    """Return one file per part: a file of the staff takes precedence over one of the applicant."""
    ordered = sorted(files, key=lambda file: file.is_staffs)
    return sorted({file.part: file for file in ordered}.values(), key=lambda file: file.part)


def evidence_of_model(model: AIModel, user: User) -> list[FiledEvidence]:
    """
    Return the evidence that filings hold for an AI model, the latest filing first. Staff get the evidence of the filings
    they may see, users of the developer that of all submitted filings, everybody else none.
    """
    if not can_see_evidence(model, user):
        return []
    is_developer = model.developer_id is not None and model.developer_id in user.own_organizations
    statements = model.statements.filter(source__key__startswith=FILING_SOURCE).order_by("-source__stated_at", "-pk")
    mentions = [(key.removeprefix(FILING_SOURCE), name) for key, name in statements.values_list("source__key", "key")]
    submitted = Filing.objects.filter(first_submitted_at__isnull=False)
    visible = submitted if is_developer else Filing.objects.visible_to(user)
    filings = visible.filter(uid__in={uid for uid, _ in mentions}, evidence__isnull=False).distinct()
    by_uid = {str(filing.uid): filing for filing in filings}
    with_evidence = [(by_uid[uid], key) for uid, key in dict.fromkeys(mentions) if uid in by_uid]
    return [
        filed for filing, key in with_evidence for filed in filed_evidence(filing, dossier_of(filing, user), keys={key})
    ]


def can_see_evidence(model: AIModel, user: User) -> bool:
    """Say whether a user is staff, or belongs to the model's developer."""
    return user.has_role(Role.REVIEWER, Role.REGISTRAR, Role.AUDITOR) or (
        model.developer_id is not None and model.developer_id in user.own_organizations
    )


def dossier_of(filing: Filing, user: User) -> Dossier:
    """Return the dossier as a user may see it: staff see the submitted revision."""
    return load(filing.dossier_for(user).content)


def references_for(parts: Collection[str]) -> Sketches:
    """
    Return the reference sketches with the names of their models, and the names of public models by the hash of each file.
    Only references that the given parts of evidence can be compared with are loaded.
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


def known_references() -> References:
    """Return the known models that evidence is compared with: those of the table, and those that this registry added."""
    return References([reference_of(model) for model in added_models() if model.structure])


def summarize(filing: Filing, model_key: str) -> None:
    """Store a short summary of what the evidence of a model shows, for the rules."""
    files = _effective(filing.evidence.current().filter(model_hash=key_of(model_key)))
    documents = {file.part: file.document for file in files}
    sketches, public_files = references_for(documents)
    # Rules know the families of the shipped table alone: they would take a family that was added for one that nobody declared.
    verdict = assess({}, documents, sketches=sketches, public_files=public_files)
    EvidenceSummary.objects.update_or_create(
        filing=filing,
        model_hash=key_of(model_key),
        defaults={"model_key": model_key, "content": Summary.of(verdict).as_json()},
    )


# --- the commitment -------------------------------------------------------------------------------------------------
def seed_for_sketches() -> str:
    """
    Return the seed of the newest reference, so that sketches can be compared, or a new one if there is none. A seed is
    issued only to a filer who has committed to the hashes of all weight files.
    """
    newest = ReferenceSketch.objects.order_by("-pk").values_list("seed", flat=True).first()
    return newest or new_seed()


def new_seed() -> str:
    return secrets.token_hex(SEED_BYTES)


def _is_bound(
    request: SketchRequest | None, files: Sequence[EvidenceFile], documents: Mapping[str, Any]
) -> bool | None:
    """
    Say whether the sketch was filed after its seed was issued, with that seed, and for exactly these files; None without a
    sketch.
    """
    filed_at = next((file.filed_at for file in files if file.part == "weight_sketch"), None)
    if filed_at is None:
        return None
    if request is None or request.file_hashes != documents.get("file_hashes") or request.committed_at >= filed_at:
        return False
    return read_sketch(documents["weight_sketch"]).seed == request.seed

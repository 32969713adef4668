"""Evidence on the desk: what a dossier declares about the origin of a model, next to what the files show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from compliance.dossier.codes import RELATIONS
from compliance.dossier.stored import load
from compliance.evidence.verdicts import NOT_LISTED, FiledEvidence, filed_evidence
from compliance.language import Language
from compliance.models import Filing, Revision
from compliance.provenance.findings import AGAINST, MEANINGS
from compliance.provenance.verdict import SELF_DEVELOPED
from compliance.provenance.wording import CAVEAT, PARTS, in_parts


def evidence_of(filing: Filing, revision: Revision | None, language: Language) -> list[dict[str, Any]]:
    """Return the evidence of each model of a filing. Without evidence the dossier is not loaded."""
    if revision is None or not filing.evidence.exists():
        return []
    return [describe(filed, language) for filed in filed_evidence(filing, load(revision.content))]


def describe(filed: FiledEvidence, language: Language) -> dict[str, Any]:
    """Return the declaration and the verdict about one model, for display side by side."""
    verdict = filed.verdict
    return {
        "model": filed.model.name if filed.model and filed.model.name else filed.model_key,
        "filing": filed.filing,
        "files": [file.part for file in filed.files],
        "filed_at": filed.filed_at,
        "declared": list(_declared(filed, language)),
        "parts": [(PARTS[part].in_(language), sentences) for part, sentences in in_parts(verdict, language).items()],
        "findings": [(code, MEANINGS[code].in_(language), _tone(code)) for code in verdict.codes],
        "is_bound": filed.is_sketch_bound,
        "caveat": CAVEAT.in_(language),
    }


def _declared(filed: FiledEvidence, language: Language) -> list[tuple[str, str]]:
    declaration = filed.declaration
    relation = declaration.get("base_model_relation")
    bases = ("、" if language == "zh" else ", ").join(declaration.get("base_model") or ())
    claims = {SELF_DEVELOPED: _("developed from scratch"), NOT_LISTED: _("no longer listed in the dossier")}
    claim = claims.get(declaration.get("claim") or "", _("derived from other models"))
    rows = [
        (_("Claim"), claim),
        (_("Base models"), bases or _("none")),
        (_("Relation"), RELATIONS[relation].in_(language) if relation in RELATIONS else ""),
        (_("License"), declaration.get("license") or ""),
    ]
    return [(name, value) for name, value in rows if value]


def _tone(code: str) -> str:
    return "warning" if code in AGAINST else "plain"

"""Evidence on the desk: what a dossier declares of a model's origin, and beside it what the files show, in plain words."""

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


def evidence_of(filing: Filing, kept: Revision | None, language: Language) -> list[dict[str, Any]]:
    """The evidence of each model of a filing; nothing is read where none was filed."""
    if kept is None or not filing.evidence.exists():
        return []
    return [describe(filed, language) for filed in filed_evidence(filing, load(kept.content))]


def describe(filed: FiledEvidence, language: Language) -> dict[str, Any]:
    """One model's declaration and verdict, side by side."""
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
    said = filed.declaration
    relation = said.get("base_model_relation")
    bases = "、".join(said.get("base_model") or ()) if language == "zh" else ", ".join(said.get("base_model") or ())
    claims = {SELF_DEVELOPED: _("developed from scratch"), NOT_LISTED: _("no longer listed in the dossier")}
    claim = claims.get(said.get("claim") or "", _("derived from other models"))
    rows = [
        (_("Claim"), claim),
        (_("Base models"), bases or _("none")),
        (_("Relation"), RELATIONS[relation].in_(language) if relation in RELATIONS else ""),
        (_("License"), said.get("license") or ""),
    ]
    return [(name, value) for name, value in rows if value]


def _tone(code: str) -> str:
    return "warning" if code in AGAINST else "plain"

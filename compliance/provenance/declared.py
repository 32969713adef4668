"""Compare the declared base models with the evidence: structure and license obligations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compliance.dossier.lineage import TRAINED_ON_OUTPUTS
from compliance.provenance import findings as codes
from compliance.provenance.known_structures import References, references
from compliance.provenance.relations import KEEPS_THE_BLOCK, passes_no_copy, relation_of
from compliance.provenance.residues import named_bases
from registry.reference.base_models import families_with
from registry.reference.hub import license_of_card
from registry.reference.licenses import License, license_named

Declaration = Mapping[str, Any]


def is_consistent(declaration: Declaration, same_block: Sequence[str]) -> bool:
    """Whether a declared base model is among the known models with this block."""
    families = families_with(same_block)
    return any(
        bool(set(base.models) & set(same_block)) if base.models else bool(set(base.families) & families)
        for base in named_bases(declaration)
    )


def is_contradicted(
    declaration: Declaration,
    same_block: Sequence[str],
    *,
    has_block: bool,
    known: References | None = None,
) -> bool:
    """
    Whether the structure contradicts every declared base model. `same_block` are the ids of the known models with the same
    block. False unless the relation keeps the layers unchanged, the table has the base models, and the roles of the parts of
    a layer are known.
    """
    bases = named_bases(declaration)
    keeps = relation_of(declaration) in KEEPS_THE_BLOCK
    if not bases or not keeps or not has_block or is_consistent(declaration, same_block):
        return False
    known = references() if known is None else known
    return all(any(map(known.has, base.models)) for base in bases)


def license_findings(declaration: Declaration, card: Any) -> set[str]:
    """Return the license obligations of declared base models that are not met, if weights or outputs reach the model."""
    relation, name = relation_of(declaration), declaration.get("model_name")
    own_name = name.rsplit("/", 1)[-1] if isinstance(name, str) else None
    found = set[str]()
    for base in named_bases(declaration):
        license = license_named(base.license)
        if license is None or (passes_no_copy(relation) and not _by_outputs(relation, license)):
            continue
        if own_name and not license.names(own_name):
            found.add(codes.LICENSE_NAME_RULE)
        if any(license.is_contradicted_by(own) for own in _own_licenses(declaration, card)):
            found.add(codes.LICENSE_INCOMPATIBLE)
    return found


def _by_outputs(relation: str | None, license: License) -> bool:
    return relation in TRAINED_ON_OUTPUTS and license.reaches_outputs


def _own_licenses(declaration: Declaration, card: Any) -> Iterator[str | None]:
    for value in (declaration.get("license"), card.get("license") if isinstance(card, Mapping) else None):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield license_of_card(each)

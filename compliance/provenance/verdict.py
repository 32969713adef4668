"""The verdict on a model's evidence: findings and the facts behind them. Three separate answers, never one score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.provenance import findings as codes
from compliance.provenance.comparing import NONE, Comparison
from compliance.provenance.configurations import ConfigurationMatch
from compliance.provenance.faults import Unusable
from compliance.provenance.naming import Renaming
from compliance.provenance.references import Reference
from compliance.provenance.residues import Residue, declared_bases, named_bases
from compliance.provenance.sketches import MATCH, Weights
from compliance.provenance.structure import Structure
from compliance.provenance.tensors import Contradiction
from compliance.provenance.tokenizers import TokenizerFinding
from registry.names import folded_model
from registry.reference.series import base_model_named

SELF_DEVELOPED = "self-developed"


@dataclass(slots=True)
class Verdict:
    """The result of assessing one model: `codes` are the findings in the order of findings.py; the fields are the facts behind them."""

    declaration: Mapping[str, Any]
    found: set[str] = field(default_factory=set)
    structure: Structure | None = None
    comparison: Comparison = field(default_factory=lambda: Comparison(NONE))
    # The known models with this configuration, if no header was filed.
    configuration: ConfigurationMatch | None = None
    towers: tuple[tuple[str, int | None, int | None], ...] = ()
    has_header: bool = False
    has_own_names: bool = False
    is_incomplete: bool = False
    # The closest known model, if no model with this block has this depth.
    depth_changed_from: Reference | None = None
    vocabulary_change: int = 0
    renamed: list[Renaming] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    config_differs: list[Contradiction] = field(default_factory=list)
    residues: list[Residue] = field(default_factory=list)
    # The families of the known model that an adapter names as its base.
    adapter_of: tuple[str, ...] = ()
    tokenizer: TokenizerFinding | None = None
    weights: dict[str, Weights] = field(default_factory=dict)
    has_sketch: bool = False
    same_files: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, Unusable]] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return codes.in_order(self.found)

    @property
    def matched(self) -> list[str]:
        """The reference models whose weights match."""
        by_sketch = [name for name, weights in self.weights.items() if weights.verdict == MATCH]
        return list(dict.fromkeys([*self.same_files.values(), *by_sketch]))

    @property
    def is_self_developed(self) -> bool:
        claim = re.sub(r"[\s_-]+", "-", str(self.declaration.get("claim") or "").strip().casefold())
        return claim == SELF_DEVELOPED or (not claim and not declared_bases(self.declaration))

    @property
    def names_only_declared(self) -> bool:
        """Whether all known models named in the files belong to a declared family."""
        declared = {family for base in named_bases(self.declaration) for family in base.families}
        return all(set(residue.families) <= declared for residue in self.residues)

    @property
    def needs_sketch(self) -> bool:
        """Whether to ask for a sketch (provenance.md §1): a known structure without a declared base, or a contradicted base."""
        is_open = self.is_self_developed and self.comparison.kind != NONE
        return not self.has_sketch and (is_open or codes.DECLARED_BASE_CONTRADICTED in self.found)

    @property
    def needs_header(self) -> bool:
        """Whether to ask for a header: a configuration alone was filed, and it is that of a known model that is not declared."""
        match = self.configuration
        if match is None or not match.models:
            return False
        declared = {family for base in named_bases(self.declaration) for family in base.families}
        return not declared & set(match.families())

    def is_declared(self, name: str) -> bool:
        """Whether a reference is the model itself or a declared base model."""
        own = self.declaration.get("model_name")
        names = [*declared_bases(self.declaration), own if isinstance(own, str) else ""]
        folded = {folded_model(each.rsplit("/", 1)[-1]) for each in names if each}
        if folded_model(name.rsplit("/", 1)[-1]) in folded:
            return True
        matched = base_model_named(name)
        return matched is not None and any(matched.family in base.families for base in named_bases(self.declaration))

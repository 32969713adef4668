"""
Comparing a structure with those of the known base models: exactly, without any tolerance, naming every family that fits.

The nearest innocent neighbor of a known block is one per cent away in one dimension (provenance.md §2.3): a tolerance would
accuse it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.provenance.references import Reference
from compliance.provenance.structure import Structure

# The words of the reference's own answers.
IDENTICAL, SAME_BLOCK, NONE = "identical", "same_block", "unknown_or_none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The known models with the same layer block, those that fit best first; `identical` also in depth and vocabulary."""

    kind: str
    same_block: tuple[Reference, ...] = ()
    identical: tuple[Reference, ...] = ()

    @property
    def closest(self) -> tuple[Reference, ...]:
        """The identical ones, or those that agree in the same of depth and vocabulary as the first."""
        return self.identical or self._like_the_first

    _like_the_first: tuple[Reference, ...] = ()

    def families(self) -> list[str]:
        return sorted({reference.family for reference in self.same_block})

    def identical_families(self) -> list[str]:
        return sorted({reference.family for reference in self.identical})


def compared(structure: Structure, references: Sequence[Reference], config: Mapping[str, Any]) -> Comparison:
    """Compare a structure with references; `config` is config.json, which only orders those that fit."""
    same = [reference for reference in references if _has_same_layer(structure, reference)]
    if not same:
        return Comparison(NONE)
    same.sort(key=lambda reference: _distance(structure, reference, config))
    identical = tuple(reference for reference in same if _outside(structure, reference) == (False, False))
    first = _outside(structure, same[0])
    alike = tuple(reference for reference in same if _outside(structure, reference) == first)
    return Comparison(IDENTICAL if identical else SAME_BLOCK, tuple(same), identical, alike)


def _has_same_layer(structure: Structure, reference: Reference) -> bool:
    if structure.block is None:
        return reference.layer is not None and structure.layer == reference.layer
    return structure.block == reference.block


def _outside(structure: Structure, reference: Reference) -> tuple[bool, bool]:
    """Whether depth and vocabulary differ."""
    return structure.depth != reference.depth, structure.vocabulary != reference.vocabulary


def _distance(structure: Structure, reference: Reference, config: Mapping[str, Any]) -> tuple[Any, ...]:
    """What differs, what weighs most first; what a configuration does not say does not differ."""
    eps = config.get("rms_norm_eps", config.get("layer_norm_epsilon"))
    return (
        *_outside(structure, reference),
        _differs(config.get("rope_theta"), reference.rope_theta),
        _differs(eps, reference.norm_eps),
        (structure.heads == 1) != reference.is_tied,
        abs(structure.depth - reference.depth),
        abs((structure.vocabulary or 0) - reference.vocabulary),
    )


def _differs(found: Any, asked: float | None) -> bool:
    return isinstance(found, int | float) and asked is not None and found != asked


def depth_change(structure: Structure, comparison: Comparison) -> Reference | None:
    """Return the closest known model of another depth, where no model with this block has this depth."""
    if any(reference.depth == structure.depth for reference in comparison.same_block):
        return None
    return next(iter(comparison.same_block), None)


def vocabulary_change(structure: Structure, comparison: Comparison) -> int:
    """
    Return by how much the vocabulary is larger than that of the nearest model with this block, of this depth if there are
    any; 0 where one has the same, or where no vocabulary is told.
    """
    if structure.vocabulary is None or not comparison.same_block:
        return 0
    deep = [reference for reference in comparison.same_block if reference.depth == structure.depth]
    sizes = {reference.vocabulary for reference in deep or comparison.same_block}
    nearest = min(sizes, key=lambda size: (abs(size - (structure.vocabulary or 0)), size))
    return structure.vocabulary - nearest

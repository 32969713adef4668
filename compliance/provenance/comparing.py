"""
Compare a structure with the known base models: exactly, without tolerance, and name every family that matches.

The nearest independent neighbor of a known block differs by one percent in one dimension (provenance.md §2.3). A tolerance would
give a false match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.provenance.known_structures import References
from compliance.provenance.references import Reference
from compliance.provenance.structure import Structure

# A vocabulary of at most so many times the size may be an extended one (provenance.md §1.2).
MOST_EXTENDED = 2
# The values that the reference answers use.
IDENTICAL, SAME_BLOCK, NONE = "identical", "same_block", "unknown_or_none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The known models with the same layer block, best match first; those in `identical` also match in depth and vocabulary."""

    kind: str
    same_block: tuple[Reference, ...] = ()
    identical: tuple[Reference, ...] = ()

    @property
    def closest(self) -> tuple[Reference, ...]:
        """The identical models; otherwise those that match in depth and vocabulary to the same extent as the best match."""
        return self.identical or self._like_the_first

    _like_the_first: tuple[Reference, ...] = ()

    def families(self) -> list[str]:
        return sorted({reference.family for reference in self.same_block})

    def identical_families(self) -> list[str]:
        return sorted({reference.family for reference in self.identical})


def compared(structure: Structure, references: References, config: Mapping[str, Any]) -> Comparison:
    """Compare a structure with references; `config` is config.json, used only to order the matches."""
    same = list(references.with_layers(structure.block or structure.layer))
    if not same:
        return Comparison(NONE)
    same.sort(key=lambda reference: _distance(structure, reference, config))
    identical = tuple(reference for reference in same if _differs_outside(structure, reference) == (False, False))
    first = _differs_outside(structure, same[0])
    closest = tuple(reference for reference in same if _differs_outside(structure, reference) == first)
    return Comparison(IDENTICAL if identical else SAME_BLOCK, tuple(same), identical, closest)


def _differs_outside(structure: Structure, reference: Reference) -> tuple[bool, bool]:
    """Return whether depth and whether vocabulary differ."""
    return structure.depth != reference.depth, structure.vocabulary != reference.vocabulary


def _distance(structure: Structure, reference: Reference, config: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the differences as a sort key, most important first; a value missing in the configuration does not differ."""
    eps = config.get("rms_norm_eps", config.get("layer_norm_epsilon"))
    return (
        *_differs_outside(structure, reference),
        _differs(config.get("rope_theta"), reference.rope_theta),
        _differs(eps, reference.norm_eps),
        (structure.heads == 1) != reference.is_tied,
        abs(structure.depth - reference.depth),
        abs((structure.vocabulary or 0) - reference.vocabulary),
    )


def _differs(found: Any, expected: float | None) -> bool:
    return isinstance(found, int | float) and expected is not None and found != expected


def depth_change(structure: Structure, comparison: Comparison) -> Reference | None:
    """Return the closest known model, if no known model with this block has this depth; otherwise None."""
    if any(reference.depth == structure.depth for reference in comparison.same_block):
        return None
    return next(iter(comparison.same_block), None)


def vocabulary_change(structure: Structure, comparison: Comparison) -> int:
    """
    Return how much larger the vocabulary is than that of the nearest model with this block (and this depth, if there are
    any). Return 0 if one has the same size or if the vocabulary is unknown. Tokens are appended far more often than removed, so a
    smaller vocabulary is nearer than a larger one, unless more than as many tokens were appended.
    """
    if structure.vocabulary is None or not comparison.same_block:
        return 0
    deep = [reference for reference in comparison.same_block if reference.depth == structure.depth]
    sizes = sorted({reference.vocabulary for reference in deep or comparison.same_block})
    below = [size for size in sizes if size <= structure.vocabulary <= MOST_EXTENDED * size]
    nearest = max(below) if below else min(sizes, key=lambda size: abs(size - (structure.vocabulary or 0)))
    return structure.vocabulary - nearest

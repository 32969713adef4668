"""
What a verdict keeps for the rules: a few lines about a model's evidence, and what of them a declaration leaves unnamed.

The summary is made once, when evidence is filed; it knows nothing of the declaration, which may change every day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from compliance.dossier.lineage import Model
from compliance.provenance.declared import is_contradicted
from compliance.provenance.references import references
from compliance.provenance.verdict import SELF_DEVELOPED, Verdict
from registry.reference.series import base_model_named

WEIGHTS, STRUCTURE, BLOCK = "weights", "structure", "block"
FROM_SCRATCH = "from_scratch"
# Relations that differ from base model to base model: no structure is asked of any of them.
SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Summary:
    """
    The evidence of one model in short: families of identical structure, known models (ids) with the same layer block,
    whether a layer was found whose parts can be told by their roles, whether classes or tensors go by own names, and references with the same weights.
    """

    identical: tuple[str, ...] = ()
    same_block: tuple[str, ...] = ()
    has_block: bool = False
    has_own_names: bool = False
    matched: tuple[str, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict) -> Summary:
        return cls(
            tuple(verdict.comparison.identical_families()),
            tuple(reference.id for reference in verdict.comparison.same_block),
            verdict.structure is not None and verdict.structure.block is not None,
            verdict.goes_by_own_names,
            tuple(verdict.matched),
        )

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Summary:
        kept: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**kept)

    def as_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def declaration_of(model: Model, listed: Sequence[Model]) -> dict[str, Any]:
    """Return what a dossier says of one of its models, as `assess` asks for it: its claim, and all it derives from."""
    bases = list(_above(model, {other.key: other for other in listed if other.key}))
    relations = {relation for _, relation in bases}
    if not bases and model.development == "derived":
        claim = "derived, base model not declared"
    else:
        claim = "" if bases and model.development != FROM_SCRATCH else SELF_DEVELOPED
    return {
        "model_name": model.name,
        "claim": claim,
        "base_model": [name for name, _ in bases],
        "base_model_relation": (relations.pop() if len(relations) == 1 else SEVERAL) if relations else None,
        "license": model.license,
    }


def _above(model: Model, by_key: Mapping[str, Model]) -> Iterator[tuple[str, str | None]]:
    """The names of what a model derives from, through every generation, each with the relation of its step."""
    waiting, seen = [model], set[str]()
    while waiting:
        for parent in waiting.pop().derived_from or ():
            if not parent.key or parent.key in seen:
                continue
            seen.add(parent.key)
            above = by_key.get(parent.key)
            yield (above.name if above and above.name else parent.key), parent.relation
            if above:
                waiting.append(above)


def claims(summary: Summary, declaration: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """
    Return what evidence says of a model's origin that matters beside this declaration: the part, and known families, of
    which one should be named. A structure matters where no base model is declared, or one that it cannot be of; a layer block
    alone only where it speaks against the declaration.
    """
    found: list[tuple[str, tuple[str, ...]]] = [(WEIGHTS, (_family_of(name),)) for name in summary.matched]
    if summary.identical and (declaration.get("claim") == SELF_DEVELOPED or _speaks_against(summary, declaration)):
        found.append((STRUCTURE, summary.identical))
    elif summary.same_block and _speaks_against(summary, declaration):
        found.append((BLOCK, _families(summary.same_block)))
    return found


def _family_of(name: str) -> str:
    named = base_model_named(name)
    return named.family if named else name


def _families(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({reference.family for reference in references() if reference.id in ids}))


def _speaks_against(summary: Summary, declaration: Mapping[str, Any]) -> bool:
    if declaration.get("claim") == SELF_DEVELOPED and summary.has_own_names:
        return True
    return is_contradicted(declaration, summary.same_block, has_block=summary.has_block)

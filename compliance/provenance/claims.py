"""
The part of a verdict that the rules use: a summary of a model's evidence, and the origins that a declaration does not name.

The summary is computed once, when evidence is filed. It is independent of the declaration, which may change at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from compliance.dossier.lineage import Model
from compliance.provenance.declared import is_contradicted
from compliance.provenance.verdict import SELF_DEVELOPED, Verdict
from registry.reference.base_models import families_with
from registry.reference.series import base_model_named

WEIGHTS, STRUCTURE, BLOCK, ADAPTER = "weights", "structure", "block", "adapter"
FROM_SCRATCH = "from_scratch"
# The relations to the base models differ, so no structure is expected from any of them.
SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Summary:
    """
    A summary of the evidence of one model: families with an identical structure, ids of known models with the same layer block,
    whether a layer was found whose parts have identifiable roles, whether classes or tensors have their own names, references
    with matching weights, and the families that an adapter names as its base.
    """

    identical: tuple[str, ...] = ()
    same_block: tuple[str, ...] = ()
    has_block: bool = False
    has_own_names: bool = False
    matched: tuple[str, ...] = ()
    adapter_of: tuple[str, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict) -> Summary:
        return cls(
            tuple(verdict.comparison.identical_families()),
            tuple(reference.id for reference in verdict.comparison.same_block),
            verdict.structure is not None and verdict.structure.block is not None,
            verdict.has_own_names,
            tuple(verdict.matched),
            verdict.adapter_of,
        )

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Summary:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def declaration_of(model: Model, listed: Sequence[Model]) -> dict[str, Any]:
    """Return the declaration about one model of a dossier in the form that `assess` takes: its claim and all its ancestors."""
    bases = list(_ancestors(model, {other.key: other for other in listed if other.key}))
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


def _ancestors(model: Model, by_key: Mapping[str, Model]) -> Iterator[tuple[str, str | None]]:
    """Yield the names of all ancestors of a model, each with the relation to its child."""
    waiting, visited = [model], set[str]()
    while waiting:
        for parent in waiting.pop().derived_from or ():
            if not parent.key or parent.key in visited:
                continue
            visited.add(parent.key)
            ancestor = by_key.get(parent.key)
            yield (ancestor.name if ancestor and ancestor.name else parent.key), parent.relation
            if ancestor:
                waiting.append(ancestor)


def claims(summary: Summary, declaration: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """
    Return the origins that the evidence shows and this declaration should name: pairs of a part and the known families, one of
    which should be named. A structure counts if no base model is declared, or if it contradicts the declared one. A layer
    block alone counts only if it contradicts the declaration.
    """
    found: list[tuple[str, tuple[str, ...]]] = [(WEIGHTS, (_family_of(name),)) for name in summary.matched]
    if summary.adapter_of:
        found.append((ADAPTER, summary.adapter_of))
    if summary.identical and (declaration.get("claim") == SELF_DEVELOPED or _contradicts(summary, declaration)):
        found.append((STRUCTURE, summary.identical))
    elif summary.same_block and _contradicts(summary, declaration):
        found.append((BLOCK, _families(summary.same_block)))
    return found


def _family_of(name: str) -> str:
    named = base_model_named(name)
    return named.family if named else name


def _families(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(families_with(ids)))


def _contradicts(summary: Summary, declaration: Mapping[str, Any]) -> bool:
    if declaration.get("claim") == SELF_DEVELOPED and summary.has_own_names:
        return True
    return is_contradicted(declaration, summary.same_block, has_block=summary.has_block)

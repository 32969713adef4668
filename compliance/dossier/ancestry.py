"""Validation of the lineage inside one document: unique keys, listed parents, no cycles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from compliance.dossier.faults import Fault
from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.texts import tidy

MODELS_LIMIT = 500


class _Step(NamedTuple):
    """One entry of `derived_from`: its place, and the keys of child and parent."""

    at: Pointer
    child: str
    parent: str


def lineage_faults(tree: Any) -> list[Fault]:
    """Find duplicate model keys, unknown parents and cycles. Entries that are not models are left to the types."""
    models = list(_models(tree))
    if len(models) > MODELS_LIMIT:
        return []  # rejected for their number; comparing them with one another takes quadratic time
    keys = {key for _, key, _ in models}
    steps = list(_steps(models))
    known = [step for step in steps if step.parent in keys]
    return [
        *_duplicates(models),
        *(
            Fault(step.at, "unknown_model_key", {"found": step.parent[:40]})
            for step in steps
            if step.parent not in keys
        ),
        *(Fault(step.at, "lineage_cycle") for step in _steps_closing_a_cycle(known)),
    ]


def _models(tree: Any) -> Iterator[tuple[Pointer, str, Any]]:
    listed = tree.get("models") if isinstance(tree, dict) else None
    for i, model in enumerate(listed if isinstance(listed, list) else []):
        key = model.get("key") if isinstance(model, dict) else None
        if isinstance(model, dict):
            yield ROOT / "models" / i, _key(key), model.get("derived_from")


def _key(value: Any) -> str:
    return tidy(value) if isinstance(value, str) else ""


def _steps(models: list[tuple[Pointer, str, Any]]) -> Iterator[_Step]:
    for at, key, parents in models:
        for j, parent in enumerate(parents if isinstance(parents, list) else []):
            parent_key = _key(parent.get("key")) if isinstance(parent, dict) else ""
            if parent_key:
                yield _Step(at / "derived_from" / j / "key", key or at, parent_key)


def _duplicates(models: list[tuple[Pointer, str, Any]]) -> Iterator[Fault]:
    known: set[str] = set()
    for at, key, _ in models:
        if key and key in known:
            yield Fault(at / "key", "doubled_model_key", {"found": key[:40]})
        known.add(key)


def _steps_closing_a_cycle(steps: list[_Step]) -> Iterator[_Step]:
    """Yield, in document order, each step whose parent already descends from its child."""
    if not _has_cycle(steps):
        return
    index = {key: i for i, key in enumerate(dict.fromkeys(key for step in steps for key in step[1:]))}
    ancestors = [0] * len(index)  # the ancestors of each model, one bit per model
    for step in steps:
        child, parent = index[step.child], index[step.parent]
        reached = ancestors[parent] | 1 << parent
        if reached >> child & 1:
            yield step
        elif reached & ~ancestors[child]:
            _pass_down(ancestors, child, reached)


def _pass_down(ancestors: list[int], child: int, reached: int) -> None:
    ancestors[child] |= reached
    for i, own in enumerate(ancestors):
        if own >> child & 1:
            ancestors[i] = own | reached


def _has_cycle(steps: list[_Step]) -> bool:
    """Remove models without a parent until none is left to remove; the rest is a cycle or descends from one."""
    children: dict[str, list[str]] = {}
    waiting: dict[str, int] = {}
    for step in steps:
        children.setdefault(step.parent, []).append(step.child)
        waiting[step.child] = waiting.get(step.child, 0) + 1
    free = [key for key in children if key not in waiting]
    while free:
        for child in children.get(free.pop(), ()):
            waiting[child] -= 1
            if not waiting[child]:
                free.append(child)
    return any(waiting.values())

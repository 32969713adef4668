"""The lineage inside one document: keys that stand once, parents that are listed, no cycle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from compliance.dossier.faults import Fault
from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.texts import tidy

MODELS_LIMIT = 500


class _Step(NamedTuple):
    """One entry of derived_from: where it stands, whose it is, whom it names."""

    at: Pointer
    child: str
    parent: str


def lineage_faults(tree: Any) -> list[Fault]:
    """Find doubled model keys, unknown parents and cycles; whatever is no model is left to the types."""
    models = list(_models(tree))
    if len(models) > MODELS_LIMIT:
        return []  # refused for their number; what they say of one another would cost by its square
    keys = {key for _, key, _ in models}
    steps = list(_steps(models))
    known = [step for step in steps if step.parent in keys]
    return [
        *_doubled(models),
        *(
            Fault(step.at, "unknown_model_key", {"found": step.parent[:40]})
            for step in steps
            if step.parent not in keys
        ),
        *(Fault(step.at, "lineage_cycle") for step in _closing(known)),
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
            named = _key(parent.get("key")) if isinstance(parent, dict) else ""
            if named:
                yield _Step(at / "derived_from" / j / "key", key or at, named)


def _doubled(models: list[tuple[Pointer, str, Any]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, key, _ in models:
        if key and key in seen:
            yield Fault(at / "key", "doubled_model_key", {"found": key[:40]})
        seen.add(key)


def _closing(steps: list[_Step]) -> Iterator[_Step]:
    """Yield, in document order, each step from whose parent its child is already reachable."""
    if not _has_cycle(steps):
        return
    place = {key: i for i, key in enumerate(dict.fromkeys(key for step in steps for key in step[1:]))}
    above = [0] * len(place)  # the ancestors of each model, one bit a model
    for step in steps:
        child, parent = place[step.child], place[step.parent]
        reached = above[parent] | 1 << parent
        if reached >> child & 1:
            yield step
        elif reached & ~above[child]:
            _pass_down(above, child, reached)


def _pass_down(above: list[int], child: int, reached: int) -> None:
    above[child] |= reached
    for i, ancestors in enumerate(above):
        if ancestors >> child & 1:
            above[i] = ancestors | reached


def _has_cycle(steps: list[_Step]) -> bool:
    """Take away whatever has no parent left until nothing more goes; what stays is a cycle or hangs below one."""
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

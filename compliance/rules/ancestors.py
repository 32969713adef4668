"""The ancestors of the models of a dossier, through every generation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compliance.dossier.lineage import NO_WEIGHTS, TRAINED_ON_OUTPUTS, WITHOUT_A_COPY, Model, Parent
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules.reading import MODELS, used_models

Passes = Callable[[Parent], bool]
Listed = tuple[Pointer, Model]


def any_relation(parent: Parent) -> bool:
    return True


def weights_pass(parent: Parent) -> bool:
    """Return whether weights are inherited: by all relations except architecture, distillation and draft models, or by default."""
    return parent.relation not in NO_WEIGHTS


def a_copy_passes(parent: Parent) -> bool:
    """Return whether a copy of the weights is passed on: as `weights_pass`, but not by API calls."""
    return parent.relation not in WITHOUT_A_COPY


def a_copy_or_outputs_pass(parent: Parent) -> bool:
    """Return whether a copy is passed on, or the model was trained on the outputs of its parent."""
    return parent.relation in TRAINED_ON_OUTPUTS or a_copy_passes(parent)


def used_and_ancestors(dossier: Dossier, passes: Passes) -> Iterator[Listed]:
    """Yield the models that the service uses and their ancestors, each once, in document order."""
    used = [str(at) for at, _ in used_models(dossier)]
    reached = {at for at, _ in _walk(dossier, used_models(dossier), passes)}.union(used)
    yield from _in_order(dossier, reached)


def ancestors(dossier: Dossier, passes: Passes) -> Iterator[Listed]:
    """Yield the ancestors of the models that the service uses, each once, in document order."""
    yield from _in_order(dossier, {at for at, _ in _walk(dossier, used_models(dossier), passes)})


def ancestors_of(listed: Listed, dossier: Dossier, passes: Passes) -> Iterator[Listed]:
    """Yield the ancestors of one model, each once, in document order."""
    yield from _in_order(dossier, {at for at, _ in _walk(dossier, [listed], passes)})


def _in_order(dossier: Dossier, places: set[str]) -> Iterator[Listed]:
    for i, model in enumerate(dossier.models or ()):
        if MODELS / i in places:
            yield MODELS / i, model


def _walk(dossier: Dossier, children: Iterator[Listed] | list[Listed], passes: Passes) -> Iterator[Listed]:
    """Walk from children to parents, visiting each model once."""
    by_key = {model.key: (MODELS / i, model) for i, model in enumerate(dossier.models or ()) if model.key}
    waiting, visited = list(children), set[str]()
    while waiting:
        _, child = waiting.pop()
        for parent in child.derived_from or ():
            listed = by_key.get(parent.key or "")
            if listed and passes(parent) and listed[0] not in visited:
                visited.add(listed[0])
                yield listed
                waiting.append(listed)

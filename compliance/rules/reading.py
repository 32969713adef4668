"""Reading a dossier in the terms of the rulebook: missing fields, generative services, own models, documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from compliance.dossier.lineage import Model
from compliance.dossier.parties import Service
from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.schema import Dossier
from compliance.dossier.training import Corpus
from compliance.rules.context import Context, same_name
from compliance.rules.problems import TOO_HIGH, TOO_LOW, Problem, absent
from compliance.rules.thresholds import Figure, Threshold

APPLICANT, SERVICE, ALGORITHM_AT = ROOT / "applicant", ROOT / "service", ROOT / "algorithm"
MODELS, ASSESSMENT, LABELING, DOCUMENTS = ROOT / "models", ROOT / "assessment", ROOT / "labeling", ROOT / "documents"
NOT_GENERATIVE = frozenset({"recommendation", "search", "dispatch"})
BIOMETRIC = frozenset({"face_edit", "voice_edit"})


def is_missing(value: Any) -> bool:
    """Return whether a value is missing: null, an empty or blank text, an empty list, or an object without values."""
    if value is None:
        return True
    kind = type(value)
    if kind is str:
        return not value or value.isspace()
    if kind is list:
        return not value
    if kind is dict:
        return all(each is None for each in value.values())
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    # A loop, since rules ask this a hundred times of a dossier: the first value that is there ends it.
    for name in names:
        if not is_missing(getattr(value, name)):
            return False
    return bool(names)


# Cache of the field names of each section type; scalar types have none.
_FIELDS: dict[type, tuple[str, ...]] = {}


def gaps(at: Pointer, owner: Any, *names: str) -> Iterator[Problem]:
    """Yield a problem for each of the named fields that is missing."""
    for name in names:
        if is_missing(getattr(owner, name)):
            yield absent(at / name)


def gaps_in_section(at: Pointer, section: Any, *names: str) -> Iterator[Problem]:
    """Yield the same for a section, or a single problem at the section if it is missing as a whole."""
    if is_missing(section):
        yield absent(at)
    else:
        yield from gaps(at, section, *names)


def below(at: Pointer, section: Any, context: Context, **least: Threshold) -> Iterator[Problem]:
    """Yield a problem for each named figure that is missing or too low, or a single one for a missing section."""
    yield from _outside(at, section, context, least, TOO_LOW)


def above(at: Pointer, section: Any, context: Context, **most: Threshold) -> Iterator[Problem]:
    """Yield a problem for each named figure that is missing or too high, or a single one for a missing section."""
    yield from _outside(at, section, context, most, TOO_HIGH)


def _outside(
    at: Pointer, section: Any, context: Context, limits: dict[str, Threshold], variant: str
) -> Iterator[Problem]:
    if is_missing(section):
        yield absent(at)
        return
    for name, threshold in limits.items():
        found, asked = getattr(section, name), threshold.on(context.day)
        if found is None:
            yield absent(at / name)
        elif found < asked if variant == TOO_LOW else found > asked:
            yield Problem(at / name, variant, {"found": plain(found), "asked": plain(asked)})


def plain(figure: Figure) -> int | str:
    """Return a figure as plain data: a decimal as a text without trailing zeros."""
    return figure if isinstance(figure, int) else format(figure.normalize(), "f")


def functions(service: Service) -> frozenset[str]:
    return frozenset(service.functions or ())


def is_generative(service: Service) -> bool:
    return not functions(service) <= NOT_GENERATIVE


def used_models(dossier: Dossier) -> Iterator[tuple[Pointer, Model]]:
    for i, model in enumerate(dossier.models or ()):
        if model.used_by_service:
            yield MODELS / i, model


def own_models(dossier: Dossier) -> Iterator[tuple[Pointer, Model]]:
    """Yield the models that the applicant developed or derived."""
    for i, model in enumerate(dossier.models or ()):
        if is_applicants(model, dossier):
            yield MODELS / i, model


def own_corpora(dossier: Dossier) -> Iterator[tuple[Pointer, Corpus]]:
    """Yield the corpora of the applicant's own models; only these can be sampled."""
    for at, model in own_models(dossier):
        for j, corpus in enumerate(model.corpora or ()):
            yield at / "corpora" / j, corpus


def is_applicants(model: Model, dossier: Dossier) -> bool:
    """Return whether the applicant developed a model, by the developer's code or, if it has none, its name."""
    developer = model.developer
    if developer is None:
        return False
    if developer.uscc:
        return developer.uscc == dossier.applicant.uscc
    ours, theirs = dossier.applicant.name, developer.name
    return not is_missing(theirs) and not is_missing(ours) and same_name(theirs or "") == same_name(ours or "")


def has_document(dossier: Dossier, kind: str) -> bool:
    """Return whether a document is listed; a reason instead of a file does not count (except for annotation rules)."""
    return any(document.kind == kind and not is_excused(document) for document in dossier.documents or ())


def is_excused(document: Any) -> bool:
    """Return whether an entry gives a reason instead of a file."""
    return not is_missing(document.not_applicable_reason) and not document.sha256

"""
A second, independent reading of some rules, straight from the words of the rulebook and on the bare JSON of a dossier.

It shares no code with the rules: where both differ, one of them is wrong. `docs/decisions/0039` says which reading counts in the
corners where the words leave it open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

LICENSES = yaml.safe_load((Path(__file__).parent.parent / "licenses.yaml").read_text(encoding="utf-8"))["licenses"]
ATTACHMENTS = (
    *("security_assessment_report", "service_agreement", "privacy_policy", "annotation_rules", "keyword_list"),
    *("test_questions", "business_license"),
)
SEALED = ("commitment_letter", "responsibility_statement", "security_assessment_report")
COPY = ("finetune", "continued_pretraining", "adapter", "merge", "quantized", "pruning", None)
OUTPUTS = ("distillation", "draft_model")
Found = tuple[str, ...]


def is_missing(value: Any) -> bool:
    """Null, empty, only blanks; an object whose members are all missing says as little as an empty one."""
    if isinstance(value, dict):
        return all(map(is_missing, value.values()))
    return value in (None, []) or (isinstance(value, str) and not value.strip())


def is_own(model: dict[str, Any], dossier: dict[str, Any]) -> bool:
    developer, applicant = model.get("developer") or {}, dossier["applicant"]
    if not is_missing(developer.get("uscc")):
        return developer["uscc"] == applicant.get("uscc")
    return not is_missing(developer.get("name")) and developer["name"] == applicant.get("name")


def second_reading(dossier: dict[str, Any]) -> set[Found]:
    """Return what DOC-02, DOC-04, ANN-01, ANN-02, ANN-05 and PRO-08 find in a dossier."""
    return {*_documents(dossier), *_annotations(dossier), *_licenses(dossier)}


def _gives_a_reason(document: dict[str, Any]) -> bool:
    return not is_missing(document.get("not_applicable_reason")) and is_missing(document.get("sha256"))


def _documents(dossier: dict[str, Any]) -> Iterator[Found]:
    listed = dossier.get("documents") or []
    for kind in ATTACHMENTS if dossier["kind"] == "generative" else ():
        if not any(
            each["kind"] == kind and (kind == "annotation_rules" or not _gives_a_reason(each)) for each in listed
        ):
            yield "DOC-02", "/documents", kind
    for i, each in enumerate(listed if dossier["kind"] != "registration" else ()):
        if each["kind"] in SEALED and not _gives_a_reason(each) and each.get("sealed") is not True:
            yield "DOC-04", f"/documents/{i}/sealed"


def _annotations(dossier: dict[str, Any]) -> Iterator[Found]:
    rules = [each for each in dossier.get("documents") or [] if each["kind"] == "annotation_rules"]
    is_excused = any(not is_missing(each.get("not_applicable_reason")) for each in rules)
    for i, model in enumerate(dossier.get("models") or [] if dossier["kind"] == "generative" else ()):
        at, annotation = f"/models/{i}/annotation", model.get("annotation")
        if not is_own(model, dossier):
            continue
        if is_missing(annotation):
            yield from () if is_excused else [("ANN-05", at)]
            continue
        for rule, name in (("ANN-01", "trained"), ("ANN-01", "examined"), ("ANN-02", "roles_separated")):
            if annotation.get(name) is not True:
                yield rule, f"{at}/{name}"


def _licenses(dossier: dict[str, Any]) -> Iterator[Found]:
    models = dossier.get("models") or []
    for i, model in enumerate(models if dossier["kind"] != "algorithm" else ()):
        if model.get("used_by_service") is not True:
            continue
        for ancestor, by_copy in _ancestors(i, models).items():
            if not is_own(models[ancestor], dossier):
                yield from _unmet(f"/models/{i}", model, models[ancestor], dossier, by_copy=by_copy)


def _ancestors(start: int, models: list[dict[str, Any]]) -> dict[int, bool]:
    """Return the places of all ancestors from which something passes, and whether a copy passes on one of the ways."""
    places = {model["key"]: i for i, model in enumerate(models) if not is_missing(model.get("key"))}
    found: dict[int, bool] = {}
    waiting = [(start, True)]
    while waiting:
        child, by_copy = waiting.pop()
        for edge in models[child].get("derived_from") or []:
            parent, passes = places.get(edge.get("key")), edge.get("relation") in COPY
            if parent in (None, start) or not (passes or edge.get("relation") in OUTPUTS):
                continue
            copied = by_copy and passes
            if parent not in found or (copied and not found[parent]):
                found[parent] = copied
                waiting.append((parent, copied))
    return found


def _unmet(
    at: str, model: dict[str, Any], ancestor: dict[str, Any], dossier: dict[str, Any], *, by_copy: bool
) -> Iterator[Found]:
    name = _listed(ancestor.get("license"))
    license = LICENSES.get(name)
    if license is None or not (by_copy or license.get("outputs")):
        return
    key, met = ancestor["key"], model.get("license_terms_met") or []
    for term in license["terms"]:
        if term not in met:
            yield "PRO-08", f"{at}/license_terms_met", term, key
    if "prefix" in license and not _bare(model.get("name")).startswith(_bare(license["prefix"])):
        yield "PRO-08", f"{at}/name", "prefix", key
    users = dossier["service"].get("monthly_active_users")
    if "users" in license and (users is None or users > license["users"]) and "commercial_license" not in met:
        yield "PRO-08", f"{at}/license_terms_met", "users", key
    if _listed(model.get("license")) in license.get("laxer", []):
        yield "PRO-08", f"{at}/license", "laxer", key


def _listed(license: str | None) -> str:
    return next((name for name in LICENSES if name.casefold() == (license or "").strip().casefold()), "")


def _bare(name: str | None) -> str:
    return re.sub(r"[-_\s]+", " ", name or "").strip().casefold()

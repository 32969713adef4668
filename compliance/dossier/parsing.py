"""Strict parsing: from bytes to a dossier and its normal form, or to the list of all faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from compliance.dossier.ancestry import lineage_faults
from compliance.dossier.faults import CODES, Fault, Malformed
from compliance.dossier.normal import normal_form
from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import Canonical, load
from compliance.dossier.tree import read_tree

SCHEMA: TypeAdapter[Dossier] = TypeAdapter(Dossier)

_OF_PYDANTIC = {
    "unexpected_keyword_argument": "unknown_field",
    "missing": "required",
    "missing_keyword_only_argument": "required",
    "dataclass_type": "not_an_object",
    "dict_type": "not_an_object",
    "list_type": "not_a_list",
    "too_long": "list_too_long",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A well-formed dossier, with its normal form as canonical JSON."""

    dossier: Dossier
    canonical: Canonical


def parse(raw: bytes) -> Parsed:
    """
    Parse the raw bytes of a dossier as dossier.md §"Normal form and strictness" specifies.

    Raises Malformed with every fault, each with its JSON Pointer; nothing is repaired or guessed.
    """
    tree, faults = read_tree(raw)
    faults += schema_faults(tree)
    faults += lineage_faults(tree)
    if faults:
        raise Malformed(_one_per_place(faults))
    canonical = normal_form(tree)
    return Parsed(load(canonical.text), canonical)


def schema_faults(tree: Any) -> list[Fault]:
    try:
        SCHEMA.validate_python(tree)
    except ValidationError as error:
        return [_fault(detail) for detail in error.errors(include_url=False)]
    return []


def _fault(detail: ErrorDetails) -> Fault:
    code = _OF_PYDANTIC.get(detail["type"], detail["type"])
    at = _pointer(detail["loc"], detail.get("input"))
    if detail.get("input") is None and at and code != "unknown_field":
        code = "null_in_list" if isinstance(detail["loc"][-1], int) else "required"
    values = dict(detail.get("ctx") or {})
    if code == "list_too_long":
        values = {"found": values["actual_length"], "limit": values["max_length"]}
    return Fault(at, code if code in CODES else "not_an_object", values)


def _pointer(steps: tuple[int | str, ...], found: object) -> Pointer:
    """Pydantic appends a step `[key]` to the place of an invalid map key; a field or a key may also have that name."""
    at = ROOT
    for step in steps[:-1] if steps[-1:] == ("[key]",) and steps[-2:-1] == (found,) else steps:
        at = at / step
    return at


def _one_per_place(faults: list[Fault]) -> list[Fault]:
    """Keep the first fault of each place, so that one cause is reported once."""
    return sorted(_firsts(faults), key=lambda fault: _in_reading_order(fault.at))


def _firsts(faults: list[Fault]) -> Iterator[Fault]:
    reported: set[Pointer] = set()
    for fault in faults:
        if fault.at not in reported:
            reported.add(fault.at)
            yield fault


def _in_reading_order(at: Pointer) -> list[tuple[int, int, str]]:
    return [(0, int(step), "") if _is_index(step) else (1, 0, step) for step in at.steps]


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 10

"""Test helpers: complete dossiers with changes, and their findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from compliance.dossier.parsing import Parsed, parse
from compliance.dossier.patching import ABSENT, changed
from compliance.dossier.schema import Dossier
from compliance.rules.context import Facts
from compliance.rules.evaluation import Outcome, evaluate

EXAMPLES = Path(__file__).parent / "examples" / "dossiers"
# A day on which the complete examples have no findings; they were assessed on 2026-11-10.
A_DAY = "2026-11-20"
USCC = "91440300708461136T"
__all__ = [
    "ABSENT",
    "A_DAY",
    "EXAMPLES",
    "USCC",
    "a_document",
    "a_dossier",
    "example",
    "flagged",
    "flagged_in_full",
    "judged",
    "parsed",
]


@cache
def _example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_bytes())


def example(name: str) -> bytes:
    """Return the bytes of an example dossier."""
    return (EXAMPLES / f"{name}.json").read_bytes()


def a_document(kind: str = "algorithm", changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """
    Return a complete document of a kind (`algorithm`, `generative`, `registration`, or an example's name), changed.

    `changes` map JSON Pointers to values; ABSENT removes the field; `/list/-` appends.
    """
    return changed(_example(kind if "-" in kind else f"{kind}-complete"), changes or {})


def a_dossier(kind: str = "algorithm", changes: Mapping[str, Any] | None = None) -> Dossier:
    """Return the same as a parsed dossier, which has no findings unless it was changed."""
    return parsed(kind, changes).dossier


def parsed(kind: str = "algorithm", changes: Mapping[str, Any] | None = None) -> Parsed:
    return parse(json.dumps(a_document(kind, changes)).encode())


def judged(dossier: Dossier, on: str = A_DAY, **facts: Any) -> Outcome:
    """Evaluate as of a day; `facts` are the fields of compliance.rules.context.Facts."""
    return evaluate(dossier, Facts(**facts), today=date.fromisoformat(on))


def flagged(dossier: Dossier, on: str = A_DAY, **facts: Any) -> list[tuple[str, str]]:
    """Return all findings as (rule, pointer)."""
    return [(finding.rule, str(finding.at)) for finding in judged(dossier, on, **facts).findings]


def flagged_in_full(dossier: Dossier, on: str = A_DAY, **facts: Any) -> list[tuple[str, str, str, str]]:
    """Return all findings as (rule, pointer, level, variant)."""
    found = judged(dossier, on, **facts).findings
    return [(finding.rule, str(finding.at), str(finding.level), finding.variant) for finding in found]

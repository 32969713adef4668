"""
Mutants of the complete dossiers: every field deleted or spoiled in turn, and the rules that are raised.

`python -m tests.rules.mutating` prints the current table; `mutants.txt` is the table reviewed line by line against the
rulebook. A line without rules means that no rule requires the field.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from compliance.dossier import codes
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import parse
from compliance.dossier.patching import ABSENT, changed
from compliance.dossier.pointer import ROOT, Pointer
from compliance.rules.evaluation import evaluate
from tests.building import a_document

TABLE = Path(__file__).parent / "mutants.txt"
COMPLETE = {
    "algorithm-complete": "2026-11-20",
    "algorithm-cancellation": "2026-11-20",
    "generative-complete": "2026-11-20",
    "generative-complete-2024": "2024-06-20",
    "registration-complete": "2026-11-20",
}
_RATE, _DAY = re.compile(r"[01]\.\d{4}"), re.compile(r"\d{4}-\d{2}-\d{2}")
_CODES: Mapping[str, tuple[str, ...]] = {
    name: tuple(listed) for name, listed in vars(codes).items() if name.isupper() and isinstance(listed, Mapping)
}


class Mutant(NamedTuple):
    """A place, the mutation applied there, and the resulting document."""

    at: Pointer
    mutation: str
    document: Any


def mutants(document: Any) -> Iterator[Mutant]:
    """Yield every mutant of a document, place by place."""
    for at, value in _places(document, ROOT):
        for mutation, spoiled in [("deleted", ABSENT), *_spoiled(value)]:
            yield Mutant(at, mutation, changed(document, {at: spoiled}))


def _places(node: Any, at: Pointer) -> Iterator[tuple[Pointer, Any]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, value in children:
        if value is not None:
            yield at / step, value
            yield from _places(value, at / step)


def _spoiled(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield "flipped", not value
    elif isinstance(value, int):
        yield from (("zero", 0), ("huge", 2**53))
    elif isinstance(value, dict | list):
        yield "emptied", type(value)()
    elif _RATE.fullmatch(value):
        yield from (("zero", "0"), ("huge", "1"))
    elif _DAY.fullmatch(value):
        yield from (("long ago", "1999-01-01"), ("far ahead", "2999-12-31"))
    else:
        yield from (("blank", "  "), ("garbage", "???"))
        yield from (("another code", code) for code in _others(value))


def _others(value: str) -> list[str]:
    """Return the next code in the first list that contains the value."""
    for listed in _CODES.values():
        if value in listed:
            return [listed[(listed.index(value) + 1) % len(listed)]]
    return []


def answer(mutant: Mutant, day: str) -> str:
    """Return the rules raised for a mutant, or `malformed`."""
    try:
        dossier = parse(json.dumps(mutant.document).encode()).dossier
    except Malformed:
        return "malformed"
    found = evaluate(dossier, today=date.fromisoformat(day)).findings
    return " ".join(sorted({finding.rule for finding in found})) or "-"


def answers(name: str) -> dict[tuple[str, str], str]:
    """Return the answer to each mutant of a complete dossier, by place and mutation."""
    day = COMPLETE[name]
    return {(str(mutant.at), mutant.mutation): answer(mutant, day) for mutant in mutants(a_document(name))}


def table(name: str) -> list[str]:
    """Return the answers as lines; equal answers at places that differ only in an index or a risk share a line."""
    by_shape: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for (at, mutation), answered in answers(name).items():
        by_shape[_shape(at), mutation][at] = answered
    lines: list[str] = []
    for (shape, mutation), found in by_shape.items():
        if len(set(found.values())) == 1:
            lines.append(f"{shape}\t{mutation}\t{next(iter(found.values()))}")
        else:
            lines += [f"{at}\t{mutation}\t{answered}" for at, answered in found.items()]
    return lines


def _shape(at: str) -> str:
    return re.sub(r"/A\.(\d)\.[a-i]$", r"/A.\1.*", re.sub(r"/\d+(?=/|$)", "/*", at))


def reviewed() -> dict[str, list[str]]:
    """Return the reviewed lines of each complete dossier."""
    found: dict[str, list[str]] = {}
    for line in TABLE.read_text().splitlines():
        if line.startswith("# "):
            found[line[2:]] = []
        elif line:
            found[list(found)[-1]].append(line)
    return found


if __name__ == "__main__":
    print("\n\n".join("\n".join([f"# {name}", *table(name)]) for name in COMPLETE))

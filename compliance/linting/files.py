"""Files on disk: which ones are meant, what is wrong with each, and where in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from json_source_map import calculate
from json_source_map.errors import InvalidInputError

from compliance.dossier.faults import Fault, Malformed, unreadable
from compliance.dossier.parsing import parse
from compliance.rules.catalog import CATALOG, ERROR
from compliance.rules.comparing import Comparison, compared
from compliance.rules.context import A_FILE_ON_ITS_OWN
from compliance.rules.evaluation import evaluate
from compliance.rules.problems import Finding

CLEAN, WITH_ERRORS, MALFORMED = 0, 1, 2
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every file: the day, another day to compare with, and the rules that count (None: all)."""

    day: date
    compare_to: date | None = None
    rules: frozenset[str] | None = None

    def counts(self, finding: Finding) -> bool:
        return self.rules is None or finding.rule in self.rules


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file with what makes it no dossier, or with what the rules find."""

    name: str
    asked: Asked
    faults: list[Fault] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    comparison: Comparison | None = None
    text: str = ""

    @property
    def exit_status(self) -> int:
        if self.faults:
            return MALFORMED
        return WITH_ERRORS if any(finding.level is ERROR for finding in self.findings) else CLEAN

    def spots(self) -> Places:
        return Places(self.text)


class Places:
    """Lines and columns, both from 1, of the places of a document; for what is not there, of what it would stand in."""

    def __init__(self, text: str) -> None:
        try:
            self._map = calculate(text) if text else {}
        except (InvalidInputError, ValueError, IndexError, RecursionError):
            self._map = {}  # no JSON: there are no places in it

    def of(self, at: str) -> Spot | None:
        while at not in self._map and at:
            at = at.rpartition("/")[0]
        entry = self._map.get(at)
        if entry is None:
            return None
        start = entry.key_start or entry.value_start
        return start.line + 1, start.column + 1


def files_meant(names: Iterable[str]) -> Iterator[Path]:
    """Yield each named file, and for a folder the `.json` files in it and below, in the order of their names."""
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(each for each in path.rglob("*.json") if each.is_file())
            yield from found or [path]
        else:
            yield path


def rules_meant(select: Collection[str], ignore: Collection[str]) -> frozenset[str] | None:
    """
    Return the codes that count: those selected, or all, without those ignored; None for all. Each is a code or the
    letters of a family. ValueError names what is neither.
    """
    if not select and not ignore:
        return None
    chosen = _codes(select) if select else {rule.code for rule in CATALOG}
    return frozenset(chosen - _codes(ignore))


def _codes(asked: Collection[str]) -> set[str]:
    found: set[str] = set()
    for name in asked:
        meant = {rule.code for rule in CATALOG if name.upper() in (rule.code, rule.family)}
        if not meant:
            raise ValueError(f"{name!r} is neither the code of a rule nor a family, such as COR-05 or COR.")
        found |= meant
    return found


def check_file(path: Path, name: str, asked: Asked) -> CheckedFile:
    """Check one file. What cannot be read or is no dossier is told as a fault, not raised."""
    try:
        raw = path.read_bytes()
        dossier = parse(raw).dossier
    except OSError as error:
        return CheckedFile(name, asked, faults=[unreadable(error)])
    except Malformed as error:
        return CheckedFile(name, asked, faults=error.faults, text=raw.decode("utf-8-sig", "replace"))
    findings = [finding for finding in evaluate(dossier, today=asked.day).findings if asked.counts(finding)]
    comparison = None
    if asked.compare_to:
        whole = compared(dossier, A_FILE_ON_ITS_OWN, asked.day, asked.compare_to)
        comparison = whole.only(asked.counts)
    return CheckedFile(name, asked, findings=findings, comparison=comparison, text=raw.decode("utf-8-sig"))

"""Select files on disk, check each of them, and locate the findings in it."""

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
class CheckOptions:
    """The options for every file: the day, another day to compare with, and the selected rules (None: all)."""

    day: date
    compare_to: date | None = None
    rules: frozenset[str] | None = None

    def includes(self, finding: Finding) -> bool:
        return self.rules is None or finding.rule in self.rules


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A checked file with its faults (not a valid dossier) or with the findings of the rules."""

    name: str
    options: CheckOptions
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
    """Lines and columns, both from 1, of places in a document; for a missing place, those of its nearest existing parent."""

    def __init__(self, text: str) -> None:
        try:
            self._map = calculate(text) if text else {}
        except (InvalidInputError, ValueError, IndexError, RecursionError):
            self._map = {}  # not valid JSON: it has no places

    def of(self, at: str) -> Spot | None:
        while at not in self._map and at:
            at = at.rpartition("/")[0]
        entry = self._map.get(at)
        if entry is None:
            return None
        start = entry.key_start or entry.value_start
        return start.line + 1, start.column + 1


def json_files(names: Iterable[str]) -> Iterator[Path]:
    """Yield each named file, and for a folder all `.json` files in it recursively, in the order of their names."""
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(each for each in path.rglob("*.json") if each.is_file())
            yield from found or [path]
        else:
            yield path


def selected_rules(select: Collection[str], ignore: Collection[str]) -> frozenset[str] | None:
    """
    Return the codes of the selected rules (default: all) without the ignored ones; None for all rules. Each name is a rule
    code or a family. Raises ValueError for any other name.
    """
    if not select and not ignore:
        return None
    chosen = _codes(select) if select else {rule.code for rule in CATALOG}
    return frozenset(chosen - _codes(ignore))


def _codes(names: Collection[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        matching = {rule.code for rule in CATALOG if name.upper() in (rule.code, rule.family)}
        if not matching:
            raise ValueError(f"{name!r} is neither a rule code, such as COR-05, nor a family, such as COR.")
        found |= matching
    return found


def check_file(path: Path, name: str, options: CheckOptions) -> CheckedFile:
    """Check one file. A file that is unreadable or not a valid dossier is reported as a fault; nothing is raised."""
    try:
        raw = path.read_bytes()
        dossier = parse(raw).dossier
    except OSError as error:
        return CheckedFile(name, options, faults=[unreadable(error)])
    except Malformed as error:
        return CheckedFile(name, options, faults=error.faults, text=raw.decode("utf-8-sig", "replace"))
    findings = [finding for finding in evaluate(dossier, today=options.day).findings if options.includes(finding)]
    comparison = None
    if options.compare_to:
        whole = compared(dossier, A_FILE_ON_ITS_OWN, options.day, options.compare_to)
        comparison = whole.only(options.includes)
    return CheckedFile(name, options, findings=findings, comparison=comparison, text=raw.decode("utf-8-sig"))

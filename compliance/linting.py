"""Checking files as a linter does: what is wrong with each, and how a person or a program is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.parsing import parse
from compliance.dossier.pointer import ROOT
from compliance.rules.catalog import CATALOG, ERROR, Level
from compliance.rules.evaluation import evaluate
from compliance.rules.instruments import spelled_out
from compliance.rules.problems import Finding
from compliance.rules.wording import in_words
from compliance.words import Language, Words, listed

CLEAN, WITH_ERRORS, MALFORMED = 0, 1, 2
_LEVELS = {
    "malformed": Words("malformed", "格式错误"),
    Level.ERROR: Words("error", "错误"),
    Level.WARNING: Words("warning", "警告"),
    Level.INFO: Words("info", "提示"),
}
_FIX, _CITES = Words("Fix: ", "补正："), Words("By: ", "依据：")
_WHOLE = Words("(the whole file)", "（整个文件）")
_NOTHING = Words("nothing missing", "未发现问题")
_SUMMARY = Words(
    "Files checked as of {day}: {files}. Malformed: {malformed}, errors: {errors}, warnings: {warnings}.",
    "截至 {day} 共检查 {files} 个文件：格式错误 {malformed} 个，错误 {errors} 项，警告 {warnings} 项。",
)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file with what makes it no dossier, or with what the rules find."""

    name: str
    day: date
    faults: list[Fault] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        if self.faults:
            return MALFORMED
        return WITH_ERRORS if any(finding.level is ERROR for finding in self.findings) else CLEAN


def check_file(path: Path, name: str, *, today: date) -> CheckedFile:
    """Check one file. What cannot be read or is no dossier is told as a fault, not raised."""
    try:
        parsed = parse(path.read_bytes())
    except OSError as error:
        return CheckedFile(name, today, faults=[_unreadable(error)])
    except Malformed as error:
        return CheckedFile(name, today, faults=error.faults)
    return CheckedFile(name, today, findings=evaluate(parsed.dossier, today=today).findings)


def _unreadable(error: OSError) -> Fault:
    codes = {FileNotFoundError: "no_such_file", IsADirectoryError: "is_a_folder", PermissionError: "no_permission"}
    return Fault(ROOT, codes.get(type(error), "unreadable"), {"found": error.strerror or str(error)})


def as_json(file: CheckedFile, language: Language) -> dict[str, Any]:
    return {
        "file": file.name,
        "malformed": [{"at": str(fault.at), "message": fault.message(language)} for fault in file.faults],
        "findings": [in_words(finding, language) for finding in file.findings],
    }


def as_text(files: list[CheckedFile], language: Language, style: Any) -> str:
    """Write files as a linter does: a block a file, a line a finding, a summary. `style` is Django's color style."""
    blocks = [_block(file, language, style) for file in files]
    return "\n\n".join([*blocks, _summary(files, language)])


def _block(file: CheckedFile, language: Language, style: Any) -> str:
    lines = [style.MIGRATE_HEADING(file.name)]
    lines += [_fault_line(fault, language, style) for fault in file.faults]
    lines += [_finding_lines(finding, language, style) for finding in sorted(file.findings, key=_by_level)]
    if len(lines) == 1:
        lines.append("  " + style.SUCCESS(_NOTHING.in_(language)))
    return "\n".join(lines)


def _by_level(finding: Finding) -> int:
    return list(Level).index(finding.level)


def _fault_line(fault: Fault, language: Language, style: Any) -> str:
    level = style.ERROR(_LEVELS["malformed"].in_(language))
    return f"  {level}  {fault.at or _WHOLE.in_(language)}\n      {fault.message(language)}"


def _finding_lines(finding: Finding, language: Language, style: Any) -> str:
    told = in_words(finding, language)
    paint = style.ERROR if finding.level is ERROR else style.WARNING
    cites = listed([spelled_out(citation, language) for citation in CATALOG[finding.rule].cites], language)
    return "\n".join(
        [
            f"  {paint(_LEVELS[finding.level].in_(language))}  {finding.rule}  {finding.at}  {told['title']}",
            f"      {told['message']}",
            f"      {_FIX.in_(language)}{told['fix']}",
            f"      {_CITES.in_(language)}{cites}",
        ]
    )


def _summary(files: list[CheckedFile], language: Language) -> str:
    counts = Counter(finding.level for file in files for finding in file.findings)
    return _SUMMARY.filled(
        language,
        {
            "files": len(files),
            "day": files[0].day.isoformat(),
            "malformed": sum(bool(file.faults) for file in files),
            "errors": counts[Level.ERROR],
            "warnings": counts[Level.WARNING],
        },
    )

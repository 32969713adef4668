"""Reports for people: one block per file, one entry per finding, a summary; and the explanation of a rule."""

from __future__ import annotations

from collections import Counter
from typing import Any

from compliance.dossier.codes import ACTIONS, KINDS
from compliance.dossier.faults import Fault
from compliance.language import Bilingual, Language, listed
from compliance.linting.files import CheckedFile, Places
from compliance.rules.catalog import CATALOG, ERROR, INFO, Level, Rule
from compliance.rules.comparing import Comparison
from compliance.rules.explanation import BASES, DAYS, FORCES, Line, example_of
from compliance.rules.instruments import spelled_out
from compliance.rules.problems import Finding
from compliance.rules.wording import describe

LEVELS = {
    "malformed": Bilingual("malformed", "格式错误"),
    Level.ERROR: Bilingual("error", "错误"),
    Level.WARNING: Bilingual("warning", "警告"),
    Level.INFO: Bilingual("info", "提示"),
}
_FIX, _CITES = Bilingual("How to fix: ", "补正："), Bilingual("Legal basis: ", "法律依据：")
_WHOLE = Bilingual("(the whole file)", "（整个文件）")
_NOTHING = Bilingual("no findings", "未发现问题")
_SUMMARY = Bilingual(
    "Files checked as of {day}: {files}. Malformed: {malformed}, errors: {errors}, warnings: {warnings}.",
    "截至 {day} 共检查 {files} 个文件：格式错误 {malformed} 个，错误 {errors} 项，警告 {warnings} 项。",
)
_COMPARED = {
    "new": Bilingual("New on {second} compared with {first}", "与 {first} 相比，{second} 新增"),
    "gone": Bilingual("No longer applicable on {second} compared with {first}", "与 {first} 相比，{second} 不再适用"),
    "changed": Bilingual("Changed on {second} compared with {first}", "与 {first} 相比，{second} 有变化"),
}
_SAME = Bilingual("Nothing changes between {first} and {second}.", "{first} 与 {second} 之间没有变化。")
_WHY, _IN_FORCE, _FOR = (
    Bilingual("Why: ", "理由："),
    Bilingual("In force: ", "施行："),
    Bilingual("Applies to: ", "适用："),
)
_JUDGED = Bilingual("Assessed as of: ", "判断日：")
_FAILING, _PASSING = (
    Bilingual("Non-compliant example (as of {day}):", "违反示例（截至 {day}）："),
    Bilingual("Compliant example:", "符合示例："),
)
_UNCHANGED = Bilingual("the complete dossier, unchanged", "完整的申报文件，未作修改")
_OPEN = Bilingual("open", "未定")


def as_text(files: list[CheckedFile], language: Language, style: Any) -> str:
    """Return the report like a linter: one block per file, a summary at the end. `style` is Django's color style."""
    blocks = [_block(file, language, style) for file in files]
    return "\n\n".join([*blocks, _summary(files, language, style)])


def _block(file: CheckedFile, language: Language, style: Any) -> str:
    places = file.spots() if file.faults or file.findings or file.comparison else Places("")
    lines = [style.MIGRATE_HEADING(file.name)]
    lines += [_fault_line(fault, places, language, style) for fault in file.faults]
    lines += [_finding_lines(finding, places, language, style) for finding in sorted(file.findings, key=_by_level)]
    if len(lines) == 1:
        lines.append("  " + style.SUCCESS(_NOTHING.in_(language)))
    if file.comparison:
        lines += _comparison_lines(file.comparison, places, language, style)
    return "\n".join(lines)


def _by_level(finding: Finding) -> int:
    return list(Level).index(finding.level)


def _fault_line(fault: Fault, places: Places, language: Language, style: Any) -> str:
    level = style.ERROR(LEVELS["malformed"].in_(language))
    spot = _spot(places, fault.at)
    return f"  {level}  {fault.at or _WHOLE.in_(language)}{spot}\n      {fault.message(language)}"


def _finding_lines(finding: Finding, places: Places, language: Language, style: Any) -> str:
    description = describe(finding, language)
    paint = {ERROR: style.ERROR, INFO: style.NOTICE}.get(finding.level, style.WARNING)
    cites = listed([spelled_out(citation, language) for citation in CATALOG[finding.rule].cites], language)
    where = f"{finding.at or _WHOLE.in_(language)}{_spot(places, finding.at)}"
    return "\n".join(
        [
            f"  {paint(LEVELS[finding.level].in_(language))}  {finding.rule}  {where}  {description['title']}",
            f"      {description['message']}",
            f"      {_FIX.in_(language)}{description['fix']}",
            f"      {_CITES.in_(language)}{cites}",
        ]
    )


def _spot(places: Places, at: str) -> str:
    spot = places.of(at)
    return f" ({spot[0]}:{spot[1]})" if spot else ""


def _comparison_lines(comparison: Comparison, places: Places, language: Language, style: Any) -> list[str]:
    days = {"first": comparison.first.isoformat(), "second": comparison.second.isoformat()}
    lines: list[str] = []
    for name, label in _COMPARED.items():
        findings = getattr(comparison, name)
        if findings:
            lines.append("  " + style.MIGRATE_LABEL(label.filled(language, days)))
            lines += [_finding_lines(finding, places, language, style) for finding in findings]
    return lines or ["  " + _SAME.filled(language, days)]


def _summary(files: list[CheckedFile], language: Language, style: Any) -> str:
    counts = Counter(finding.level for file in files for finding in file.findings)
    malformed = sum(bool(file.faults) for file in files)
    values = {
        "files": len(files),
        "day": files[0].options.day.isoformat(),
        "malformed": malformed,
        "errors": counts[Level.ERROR],
        "warnings": counts[Level.WARNING],
    }
    paint = style.ERROR if malformed or counts[Level.ERROR] else style.SUCCESS
    return str(paint(_SUMMARY.filled(language, values)))


def explained(rule: Rule, language: Language, style: Any) -> str:
    """Explain one rule: its duty, its legal basis, a non-compliant and a compliant example."""
    cites = listed([spelled_out(citation, language) for citation in rule.cites], language)
    kinds = listed([KINDS[kind].in_(language) for kind in KINDS if kind in rule.kinds], language)
    actions = listed([ACTIONS[action].in_(language) for action in ACTIONS if action in rule.actions], language)
    days = f"{rule.since or _OPEN.in_(language)} – {rule.until or _OPEN.in_(language)}"
    example = example_of(rule.code, language)
    return "\n".join(
        [
            style.MIGRATE_HEADING(f"{rule.code}  {rule.title.in_(language)}")
            + f"  [{LEVELS[rule.level].in_(language)}]",
            "",
            rule.duty.in_(language),
            "",
            _WHY.in_(language) + rule.why.in_(language),
            _FIX.in_(language) + rule.fix.in_(language),
            f"{_CITES.in_(language)}{cites} ({FORCES[rule.force].in_(language)}, {BASES[rule.basis].in_(language)})",
            _IN_FORCE.in_(language) + days,
            _JUDGED.in_(language) + DAYS[rule.judged_on].in_(language),
            f"{_FOR.in_(language)}{kinds} ({actions})",
            "",
            style.ERROR(_FAILING.filled(language, {"day": example["on"].isoformat()})),
            *_example_lines(example["failing"], example["given"], language),
            *(f"  → {finding['message']}" for finding in example["findings"]),
            style.SUCCESS(_PASSING.in_(language)),
            *_example_lines(example["passing"], example["passing_given"], language),
        ]
    )


def _example_lines(lines: list[Line], given: str, language: Language) -> list[str]:
    shown = [f"  {line.at}: {line.value}" for line in lines]
    return [*([f"  {given}"] if given else []), *(shown or [f"  {_UNCHANGED.in_(language)}"])]

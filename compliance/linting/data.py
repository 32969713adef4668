"""Reports for programs: our own JSON format, and SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from compliance.dossier.faults import Fault
from compliance.language import Bilingual, Language
from compliance.linting.files import CheckedFile, Places
from compliance.rules.catalog import CATALOG, ERROR, WARNING, Rule
from compliance.rules.instruments import spelled_out
from compliance.rules.problems import Finding
from compliance.rules.wording import describe

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MALFORMED = "MALFORMED"
_MALFORMED = Bilingual("Not a valid dossier", "不是有效的申报文件")
_MALFORMED_HELP = Bilingual(
    "The file is refused as a whole; compare it with the schema of the dossier.",
    "文件整体不予接受，请对照申报文件的结构说明。",
)
_LEVELS = {ERROR: "error", WARNING: "warning"}
_LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


def as_json(file: CheckedFile, language: Language) -> dict[str, Any]:
    report: dict[str, Any] = {
        "file": file.name,
        "malformed": [{"at": str(fault.at), "message": fault.message(language)} for fault in file.faults],
        "findings": [describe(finding, language) for finding in file.findings],
    }
    if file.comparison:
        parts = {name: getattr(file.comparison, name) for name in ("new", "gone", "changed")}
        report["compared"] = {
            "as_of": file.comparison.first.isoformat(),
            "compare_to": file.comparison.second.isoformat(),
            **{name: [describe(finding, language) for finding in part] for name, part in parts.items()},
        }
    return report


def as_sarif(files: list[CheckedFile], language: Language) -> dict[str, Any]:
    """Return one run with the findings of all files and the descriptions of their rules."""
    codes = sorted({finding.rule for file in files for finding in file.findings})
    rules = [_rule(CATALOG[code], language) for code in codes]
    if any(file.faults for file in files):
        rules.append(_malformed_rule(language))
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "check_dossier", "rules": rules}},
                "language": _LANGUAGES[language],
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": _uri(file.name)}, "mimeType": "application/json"} for file in files],
                "results": [result for file in files for result in _results(file, places, language)],
            }
        ],
    }


def _rule(rule: Rule, language: Language) -> dict[str, Any]:
    citations = [spelled_out(citation, language) for citation in rule.cites]
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title.in_(language)},
        "fullDescription": {"text": rule.duty.in_(language)},
        "help": {"text": f"{rule.why.in_(language)} {rule.fix.in_(language)}"},
        "defaultConfiguration": {"level": _LEVELS.get(rule.level, "note")},
        "properties": {
            "citations": citations,
            "force": str(rule.force),
            "basis": str(rule.basis),
            "since": rule.since.isoformat() if rule.since else None,
            "until": rule.until.isoformat() if rule.until else None,
        },
    }


def _malformed_rule(language: Language) -> dict[str, Any]:
    return {
        "id": MALFORMED,
        "shortDescription": {"text": _MALFORMED.in_(language)},
        "help": {"text": _MALFORMED_HELP.in_(language)},
        "defaultConfiguration": {"level": "error"},
    }


def _results(file: CheckedFile, places: dict[str, int], language: Language) -> list[dict[str, Any]]:
    spots = file.spots() if file.faults or file.findings else Places("")
    return [
        *(_of_fault(fault, file, places, spots, language) for fault in file.faults),
        *(_of_finding(finding, file, places, spots, language) for finding in file.findings),
    ]


def _of_fault(
    fault: Fault, file: CheckedFile, places: dict[str, int], spots: Places, language: Language
) -> dict[str, Any]:
    return {
        "ruleId": MALFORMED,
        "ruleIndex": places[MALFORMED],
        "level": "error",
        "message": {"text": fault.message(language)},
        "locations": [_location(file.name, fault.at, spots)],
        "partialFingerprints": {"gap/v1": _fingerprint(MALFORMED, fault.code, fault.at)},
    }


def _of_finding(
    finding: Finding, file: CheckedFile, places: dict[str, int], spots: Places, language: Language
) -> dict[str, Any]:
    description = describe(finding, language)
    return {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "level": _LEVELS.get(finding.level, "note"),
        "message": {"text": f"{description['message']} {description['fix']}"},
        "locations": [_location(file.name, finding.at, spots)],
        "partialFingerprints": {"gap/v1": _fingerprint(*finding.identity)},
        "properties": {"variant": finding.variant},
    }


def _location(name: str, at: str, spots: Places) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(name)}}
    if spot := spots.of(at):
        physical["region"] = {"startLine": spot[0], "startColumn": spot[1]}
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": at or "/"}]}


def _fingerprint(*identity: str) -> str:
    """Return a fingerprint that identifies a gap in a file independent of its line."""
    return hashlib.sha256("\x1f".join(identity).encode()).hexdigest()[:32]


def _uri(name: str) -> str:
    """Return a name as a URI: relative names stay relative to the working directory, special characters are escaped."""
    path = Path(name)
    return path.as_uri() if path.is_absolute() else _relative(path)


def _relative(path: Path) -> str:
    root = Path("/").resolve()
    return (root / path.as_posix().lstrip("/")).as_uri().removeprefix(root.as_uri())

"""Explanation of a rule for its page: labels of its attributes, and its examples by place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from compliance.dossier.parsing import parse
from compliance.dossier.patching import ABSENT
from compliance.dossier.pointer import Pointer
from compliance.language import Bilingual, Language
from compliance.rules.catalog import (
    ASSESSMENT_DAY,
    OFFICIAL,
    PRACTICE,
    SECONDARY,
    SHALL,
    SHOULD,
    SUBMISSION_DAY,
    TODAY,
    UNCONFIRMED,
)
from compliance.rules.evaluation import evaluate
from compliance.rules.examples import EXAMPLES
from compliance.rules.wording import describe, place

MAX_FINDINGS = 3
FORCES = MappingProxyType(
    {
        SHALL: Bilingual("shall (应)", "应"),
        SHOULD: Bilingual("should (宜)", "宜"),
        PRACTICE: Bilingual("practice", "实践做法"),
    }
)
BASES = MappingProxyType(
    {
        OFFICIAL: Bilingual("read in the official text", "依据官方文本"),
        SECONDARY: Bilingual("read in a restatement", "依据转述文本"),
        UNCONFIRMED: Bilingual("not read in any text", "未经文本核实"),
    }
)
DAYS = MappingProxyType(
    {
        SUBMISSION_DAY: Bilingual("the day of submission; for a draft, today", "提交日；草稿按当日"),
        ASSESSMENT_DAY: Bilingual(
            "the day of the assessment; if not given, the day of submission", "评估日；未填写的按提交日"
        ),
        TODAY: Bilingual("today, regardless of the day of submission", "当日，与提交日无关"),
    }
)
_REMOVED = Bilingual("(removed)", "（删除）")
_ADDED = Bilingual("(added)", "（新增）")


@dataclass(frozen=True, slots=True)
class Line:
    """A place of a dossier and its value."""

    at: str
    place: str
    value: str


@lru_cache(maxsize=512)
def example_of(code: str, language: Language) -> dict[str, Any]:
    """Return the examples of a rule: the changes to a complete dossier, the facts, and the resulting findings."""
    example = EXAMPLES[code]
    parsed = parse(json.dumps(example.failing_document).encode())
    findings = evaluate(parsed.dossier, example.facts, today=example.on).findings
    described = [describe(finding, language) for finding in findings if finding.rule == code]
    return {
        "on": example.on,
        "failing": _lines(example.failing, language),
        "passing": _lines(example.passing, language),
        "given": example.given.in_(language) if example.given else "",
        "passing_given": example.passing_given.in_(language) if example.passing_given else "",
        "findings": described[:MAX_FINDINGS],
        "beside": sorted(example.beside),
    }


def _lines(changes: Mapping[str, Any], language: Language) -> list[Line]:
    return [
        Line(at.removesuffix("/-"), place(Pointer(at.removesuffix("/-")), language), _value(at, value, language))
        for at, value in changes.items()
    ]


def _value(at: str, value: Any, language: Language) -> str:
    if value is ABSENT:
        return _REMOVED.in_(language)
    written = json.dumps(value, ensure_ascii=False, indent=1 if isinstance(value, dict) else None)
    if len(written) > 600:
        written = f"{written[:80]} … ({len(value)})"
    return f"{_ADDED.in_(language)} {written}" if at.endswith("/-") else written
